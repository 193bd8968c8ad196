public import Schedules
public import Workload

/// One way to train: every parallel size, the micro-batch, sharding, recomputation, schedule and layer layout.
public struct ParallelStrategy: Hashable, Sendable {
    /// Tensor-parallel size, t.
    public var tensor: Int
    /// Pipeline-parallel size, p.
    public var pipeline: Int
    /// Virtual stages a rank, v.
    public var virtualStages: Int
    /// Context-parallel size, c.
    public var context: Int
    /// How context parallelism moves keys and values.
    public var contextKind: ContextParallelKind
    /// Ranks of an inner group of a nested kind of context parallelism; 1 for flat kinds.
    public var contextInner: Int
    /// How context parallelism moves keys and values of attention that sees a window or chunk only; nil for the same as elsewhere. A flat kind.
    public var localContextKind: ContextParallelKind?
    /// Expert-parallel size, e.
    public var expert: Int
    /// Tensor-parallel size of expert layers, x.
    public var expertTensor: Int
    /// Data-parallel size, d: replicas of the dense part, counted without context parallelism.
    public var data: Int
    /// Data-parallel ranks that share one shard of the sharded state: `data` unless sharding is hybrid, 1 without sharding.
    public var shardGroup: Int
    /// Sequences of a micro-batch, b.
    public var microBatch: Int
    /// Micro-batches of a step and replica, m.
    public var microBatches: Int
    /// Micro-batches of a group of an interleaved schedule, N; equals p unless chosen.
    public var groupSize: Int
    /// Whether activations between tensor-parallel blocks are sharded along the sequence.
    public var sequenceParallel: Bool
    /// How state is sharded.
    public var sharding: OptimizerSharding
    /// What is recomputed.
    public var recompute: Recompute
    /// Layers of each virtual stage that are recomputed when `recompute` is full, the first ones; 0 otherwise.
    public var recomputeLayers: Int
    /// Modules that selective recomputation drops.
    public var recomputeModules: RecomputeModules
    /// What lives beside the GPU.
    public var offload: Offload
    /// The pipeline schedule.
    public var schedule: PipelineSchedule
    /// How layers are dealt to stages.
    public var layout: LayerLayout
    /// How ranks enumerate the dimensions.
    public var rankOrder: RankOrder

    /// A strategy; every dimension is 1 and every choice the plainest unless given.
    public init(
        tensor: Int = 1, pipeline: Int = 1, virtualStages: Int = 1, context: Int = 1, contextKind: ContextParallelKind = .ring,
        contextInner: Int = 1, localContextKind: ContextParallelKind? = nil, expert: Int = 1, expertTensor: Int = 1, data: Int = 1,
        shardGroup: Int = 1, microBatch: Int = 1,
        microBatches: Int = 1,
        groupSize: Int = 0, sequenceParallel: Bool = false, sharding: OptimizerSharding = .none, recompute: Recompute = .none,
        recomputeLayers: Int = 0, recomputeModules: RecomputeModules = [], offload: Offload = .none,
        schedule: PipelineSchedule = .oneForwardOneBackward,
        layout: LayerLayout = .even, rankOrder: RankOrder = .tpCpEpDpPp
    ) {
        self.tensor = tensor
        self.pipeline = pipeline
        self.virtualStages = virtualStages
        self.context = context
        self.contextKind = contextKind
        self.contextInner = contextInner
        self.localContextKind = localContextKind
        self.expert = expert
        self.expertTensor = expertTensor
        self.data = data
        self.shardGroup = shardGroup
        self.microBatch = microBatch
        self.microBatches = microBatches
        self.groupSize = groupSize == 0 ? pipeline : groupSize
        self.sequenceParallel = sequenceParallel
        self.sharding = sharding
        self.recompute = recompute
        self.recomputeLayers = recomputeLayers
        self.recomputeModules = recomputeModules
        self.offload = offload
        self.schedule = schedule
        self.layout = layout
        self.rankOrder = rankOrder
    }

    /// GPUs the strategy occupies: t · c · d · p.
    public var worldSize: Int { tensor * context * data * pipeline }
    /// Data-parallel size of expert parameters: W ÷ (p · e · x).
    public var expertData: Int { worldSize / (pipeline * expert * expertTensor) }
    /// Replicas of each shard of the sharded state.
    public var replicas: Int { data / max(1, shardGroup) }
    /// Layers of each virtual stage, the first ones, whose activations do not stay: they are recomputed, or moved beside the GPU.
    public var releasedLayers: Int { recompute == .full ? recomputeLayers : offload.modules.isEmpty ? offload.layers : .max }
    /// Virtual stages of the whole pipeline: p · v.
    public var stages: Int { pipeline * virtualStages }
}
