/// A rule that a strategy must keep; the raw value names it in counts and messages.
public enum LegalityRule: String, CaseIterable, Hashable, Sendable {
    /// W = t · c · d · p.
    case worldSize = "world-size"
    /// W must be divisible by p · lcm(t·c, e·x), so that dense and expert grids tile the same ranks.
    case expertGrid = "expert-grid"
    /// Attention heads divide by t.
    case headsByTensor = "heads-by-tensor"
    /// Key/value heads are a multiple or a divisor of t.
    case keyValueHeadsByTensor = "kv-heads-by-tensor"
    /// The feed-forward width divides by t.
    case feedForwardByTensor = "ffn-by-tensor"
    /// The heads of recurrent mixers divide by t.
    case recurrenceByTensor = "recurrence-by-tensor"
    /// Over context ranks the heads of recurrent mixers, which are exchanged all to all, divide by t · c.
    case recurrenceByContext = "recurrence-by-context"
    /// A recurrence that goes token by token cannot be cut along the sequence.
    case sequentialByContext = "sequential-by-context"
    /// The expert width divides by x.
    case expertWidthByExpertTensor = "expert-width-by-expert-tensor"
    /// The experts divide by e.
    case expertsByExpert = "experts-by-expert"
    /// Expert parallelism needs experts.
    case expertWithoutExperts = "expert-without-experts"
    /// The sequence divides by 2c when c > 1, since causal load balancing cuts it in 2c pieces.
    case sequenceByContext = "sequence-by-context"
    /// With sequence parallelism s/c divides by t.
    case sequenceByTensor = "sequence-by-tensor"
    /// Nested kinds of context parallelism have an inner size that properly divides c; others have none.
    case contextHierarchy = "context-hierarchy"
    /// Kinds that trade heads need heads/t divisible by the ranks that trade them, c for Ulysses.
    case headsByContext = "heads-by-context"
    /// The kernels of all-to-all context parallelism need key/value heads/t divisible by c.
    case contextKeyValueHeads = "context-kv-heads"
    /// The kernels of ring context parallelism know no sliding windows.
    case contextWindow = "context-window"
    /// The kernels of this kind of context parallelism know no attention sinks.
    case contextSinks = "context-sinks"
    /// The stack's kernels run sparse attention over context ranks with the kind.
    case contextIndexer = "context-indexer"
    /// The kernels of context parallelism run plain causal attention only.
    case contextPlainAttention = "context-plain-attention"
    /// The stack wants the sequence to divide by 2·t·c, whatever c is.
    case sequenceByTensorAndContext = "sequence-by-tensor-and-context"
    /// Experts with biases are not split over tensor ranks.
    case expertBiasByExpertTensor = "expert-bias-by-expert-tensor"
    /// Every shard group holds whole expert grids: groups · c · t divides by e · x.
    case expertsInShardGroup = "experts-in-shard-group"
    /// Products in 8 and 4 bits take rows by 8 and columns by 16.
    case eightBitSizes = "eight-bit-sizes"
    /// The stack's compiled kernels of a format know no tensor parallelism.
    case compiledPrecisionWithTensor = "compiled-precision-with-tensor"
    /// Selective recomputation drops modules that the model has.
    case recomputeModules = "recompute-modules"
    /// Sequence parallelism only with t > 1.
    case sequenceParallelAlone = "sequence-parallel-without-tensor"
    /// Mixtures with t > 1 require sequence parallelism.
    case mixtureNeedsSequenceParallel = "experts-need-sequence-parallel"
    /// The global batch divides by b · d.
    case batch
    /// Layers are dealt as the layout says.
    case layers
    /// Interleaving needs p > 1.
    case interleavingNeedsPipeline = "interleaving-needs-pipeline"
    /// The schedule's own conditions on p, v, m and N.
    case schedule
    /// Expert all-to-all overlap needs v > 1 when p > 1.
    case expertOverlapNeedsChunks = "expert-overlap-needs-chunks"
    /// Expert all-to-all overlap needs experts spread over ranks.
    case expertOverlapNeedsExpertParallel = "expert-overlap-needs-expert-parallel"
    /// Expert all-to-all overlap takes one predicted token more at most, and 16 bits.
    case expertOverlapLimits = "expert-overlap-limits"
    /// A shard group divides d, and is 1 without sharding.
    case shardGroup = "shard-group"
    /// Recomputed layers lie between 1 and those of a rank.
    case recomputeLayers = "recompute-layers"
    /// Shares of offload make sense together: 0 to 100 % of the optimizer, a stride of 2 or more with all of it.
    case offloadShares = "offload-shares"
    /// What is offloaded needs another way of sharding.
    case offloadSharding = "offload-sharding"
    /// Layers whose activations move: fewer than a stage has, none of them recomputed.
    case offloadLayers = "offload-layers"
    /// Checkpoints move only where there are any.
    case offloadCheckpoints = "offload-checkpoints"
    /// Modules whose inputs move: ones that the model has, of layers that are neither computed again as a whole nor moved as a whole, and
    /// attention's output only with its core.
    case offloadModules = "offload-modules"
    /// The stack cannot move it.
    case stackOffload = "stack-offload"
    /// What divides the student divides its teacher too.
    case teacherShape = "teacher-shape"
    /// A teacher's layers share a pipeline's stages evenly, one chunk a stage.
    case teacherPipeline = "teacher-pipeline"
    /// A tensor group stays inside one fabric domain unless asked for.
    case tensorInDomain = "tensor-in-domain"
    /// The stack cannot launch the schedule.
    case stackSchedule = "stack-schedule"
    /// The stack cannot launch the sharding.
    case stackSharding = "stack-sharding"
    /// The stack cannot launch the recomputation.
    case stackRecompute = "stack-recompute"
    /// The stack computes all layers of a stage again or none.
    case stackPartialRecompute = "stack-partial-recompute"
    /// The stack cannot launch the kind of context parallelism.
    case stackContext = "stack-context"
    /// The stack has one kind of context parallelism for all layers.
    case stackContextByLayer = "stack-context-by-layer"
    /// The stack runs context parallelism without tensor parallelism and pipelines only.
    case stackContextAlone = "stack-context-alone"
    /// The stack cannot launch tensor parallelism.
    case stackTensor = "stack-tensor"
    /// The stack cannot launch pipelines.
    case stackPipeline = "stack-pipeline"
    /// The stack cannot launch expert parallelism, or not with this expert tensor size.
    case stackExpert = "stack-expert"
    /// The stack cannot launch uneven layers.
    case stackLayers = "stack-layers"
    /// The stack has no code for a kind of block of the model.
    case stackBlocks = "stack-blocks"
    /// The stack cannot launch sequence parallelism as chosen.
    case stackSequenceParallel = "stack-sequence-parallel"
}
