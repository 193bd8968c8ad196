public import Parallelism
public import Schedules
public import Workload

/// Which values of a dimension the user allows.
public enum Allowed: Hashable, Sendable {
    /// Whatever the default space holds.
    case any
    /// These values only.
    case values([Int])
    /// Values from the first to the last, both included.
    case range(ClosedRange<Int>)

    /// Whether a value is allowed.
    public func contains(_ value: Int) -> Bool {
        switch self {
        case .any: true
        case .values(let values): values.contains(value)
        case .range(let range): range.contains(value)
        }
    }

    /// Whether the user said anything, which lifts the default space's cuts.
    public var isPinned: Bool { self != .any }

    /// The pinned values among candidates, or those of the candidates that the default space keeps.
    func choose(from candidates: [Int], default keep: (Int) -> Bool) -> [Int] {
        candidates.filter { isPinned ? contains($0) : keep($0) }
    }
}

/// What the user pins or limits in the search.
public struct StrategyConstraints: Hashable, Sendable {
    /// Tensor-parallel sizes.
    public var tensor = Allowed.any
    /// Pipeline-parallel sizes.
    public var pipeline = Allowed.any
    /// Virtual stages a rank.
    public var virtualStages = Allowed.any
    /// Context-parallel sizes.
    public var context = Allowed.any
    /// Expert-parallel sizes.
    public var expert = Allowed.any
    /// Expert tensor-parallel sizes.
    public var expertTensor = Allowed.any
    /// Data-parallel sizes.
    public var data = Allowed.any
    /// Micro-batch sizes.
    public var microBatch = Allowed.any
    /// Recomputed layers of a virtual stage under full recomputation.
    public var recomputeLayers = Allowed.any
    /// Data-parallel ranks of a shard group.
    public var shardGroup = Allowed.any
    /// Micro-batches of a group of an interleaved schedule.
    public var groupSize = Allowed.any
    /// Recomputation modes; nil allows all.
    public var recompute: Set<Recompute>?
    /// Modules of selective recomputation; nil takes what pays for the model.
    public var recomputeModules: RecomputeModules?
    /// Schedules; nil allows all.
    public var schedules: Set<PipelineSchedule>?
    /// Ways of sharding; nil allows all.
    public var sharding: Set<OptimizerSharding>?
    /// Kinds of context parallelism; nil allows all.
    public var contextKinds: Set<ContextParallelKind>?
    /// Inner sizes of nested kinds of context parallelism.
    public var contextInner: Allowed = .any
    /// Whether sequence parallelism must be on or off; nil allows both.
    public var sequenceParallel: Bool?
    /// What may move beside the GPU.
    public var offload = OffloadPolicy.auto
    /// Percent of the optimizer's state that the host holds, where any of it moves.
    public var offloadPercent = Allowed.any
    /// Of how many groups of state one is updated on the GPU, where the host updates the others.
    public var offloadStride = Allowed.any
    /// Layers of a virtual stage whose activations move, where any do.
    public var offloadLayers = Allowed.any
    /// Modules whose inputs move, where any do; nil leaves them open.
    public var offloadModules: OffloadModules?
    /// The layer layout; nil allows even and embedding-aware.
    public var layout: LayerLayout?

    /// No constraints.
    public init() {}
}
