public import Workload

/// The kind of context parallelism of a layer: one for attention that sees everything, and one for attention that sees a window or chunk only.
///
/// Megatron-Core takes a kind a layer (`--cp-comm-type`). Kernels that run no window as a ring run layers without one as a ring, and under a window few of the
/// keys that a ring brings are seen.
public struct LayerContext: Hashable, Sendable {
    /// How keys and values move.
    public var kind: ContextParallelKind
    /// Ranks of an inner group of a nested kind; 1 for flat kinds.
    public var inner: Int

    /// A kind with the ranks of its inner groups.
    public init(_ kind: ContextParallelKind, inner: Int = 1) {
        self.kind = kind
        self.inner = inner
    }

    /// The kind that attention of some sight has.
    @inline(__always)
    public init(_ sight: Sight, kind: ContextParallelKind, inner: Int, local: ContextParallelKind?) {
        guard let local, sight.isLocal else { (self.kind, self.inner) = (kind, inner); return }
        (self.kind, self.inner) = (local, 1)
    }
}

extension ParallelStrategy {
    /// The kind of context parallelism of attention that sees so much.
    public func context(of sight: Sight) -> LayerContext {
        LayerContext(sight, kind: contextKind, inner: contextInner, local: localContextKind)
    }

    /// Whether the ranks that trade heads of an attention share them evenly.
    func tradesEvenly(_ attention: Attention) -> Bool {
        let way = context(of: attention.sight)
        let trading = way.kind.headRanks(of: context, inner: way.inner)
        return trading <= 1 || (attention.heads / tensor) % trading == 0
    }

    /// The kinds of context parallelism that it uses.
    public var contextKinds: Set<ContextParallelKind> { Set([contextKind, localContextKind].compactMap(\.self)) }
}
