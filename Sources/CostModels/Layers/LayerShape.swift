public import Parallelism
import Workload

/// What a layer's cost depends on, besides model, GPU and job: a few hundred combinations, each priced once.
public struct LayerShape: Hashable, Sendable {
    /// Tensor-parallel size, t.
    public var tensor: Int
    /// Context-parallel size, c.
    public var context: Int
    /// How context parallelism moves keys and values.
    public var contextKind: ContextParallelKind
    /// Ranks of an inner group of a nested kind of context parallelism; 1 for flat kinds.
    public var contextInner: Int
    /// The kind of attention that sees a window or chunk only; nil for the same.
    public var localContextKind: ContextParallelKind?
    /// Expert-parallel size, e.
    public var expert: Int
    /// Expert tensor-parallel size, x.
    public var expertTensor: Int
    /// Sequences of a micro-batch, b.
    public var microBatch: Int
    /// Whether activations are sharded along the sequence between tensor-parallel blocks.
    public var sequenceParallel: Bool

    /// A shape from its parts.
    public init(
        tensor: Int, context: Int, contextKind: ContextParallelKind, expert: Int, expertTensor: Int, microBatch: Int,
        sequenceParallel: Bool,
        contextInner: Int = 1, localContextKind: ContextParallelKind? = nil
    ) {
        self.tensor = tensor
        self.context = context
        self.contextKind = contextKind
        self.contextInner = contextInner
        self.localContextKind = localContextKind
        self.expert = expert
        self.expertTensor = expertTensor
        self.microBatch = microBatch
        self.sequenceParallel = sequenceParallel
    }

    /// The shape of a strategy's layers.
    public init(_ s: ParallelStrategy) {
        self.init(
            tensor: s.tensor, context: s.context, contextKind: s.contextKind, expert: s.expert, expertTensor: s.expertTensor,
            microBatch: s.microBatch, sequenceParallel: s.sequenceParallel, contextInner: s.contextInner,
            localContextKind: s.localContextKind)
    }

    /// The kind of context parallelism of attention that sees so much.
    @inline(__always)
    func context(of sight: Sight) -> LayerContext {
        LayerContext(sight, kind: contextKind, inner: contextInner, local: localContextKind)
    }
}
