public import Hardware
public import Schedules
public import Workload

/// A training framework at a version: what it can launch, what it overlaps and keeps, and how fast its host issues work.
public struct SoftwareStack: Hashable, Sendable {
    /// The shipped name, such as `megatron-core`.
    public var name: String
    /// The framework and versions it describes.
    public var describes: String
    /// What the framework can run.
    public var launches: Launchable
    /// Execution choices a run may state; these are the stack's defaults.
    public var defaults: ExecutionChoices
    /// Formats of gradients where a job states none.
    public var gradients: GradientDefaults
    /// Constants of its cost models.
    public var costs: StackConstants
    /// Constants of its memory model.
    public var memory: StackMemory
    /// Mean absolute error of predicted step times on unseen runs, as a share, by GPU architecture (docs/accuracy.md).
    public var accuracy: [String: Double]
    /// What those and the fitted runs cover, by GPU architecture.
    public var measured: [String: MeasuredExtent]
    /// What its loss of distillation takes; nil where it has none.
    public var distillation: DistillationLoss?
    /// What a user's own runs made of the fitted constants; nil where none were taken in.
    public var ownRuns: OwnRuns?
    /// Where each number comes from, by YAML key.
    public var provenance: [String: Provenance]

    /// The error of a stack on a GPU that none of its measured runs used: a whole source unseen (docs/accuracy.md).
    public static let unmeasuredError = 0.18

    /// A stack from its parts.
    public init(
        name: String, describes: String, launches: Launchable, defaults: ExecutionChoices, gradients: GradientDefaults,
        costs: StackConstants, memory: StackMemory,
        accuracy: [String: Double] = [:], measured: [String: MeasuredExtent] = [:], provenance: [String: Provenance] = [:]
    ) {
        self.name = name
        self.describes = describes
        self.launches = launches
        self.defaults = defaults
        self.gradients = gradients
        self.costs = costs
        self.memory = memory
        self.accuracy = accuracy
        self.measured = measured
        self.provenance = provenance
    }

    /// The relative error to expect of a step time on a GPU.
    public func expectedError(on gpu: GPU) -> Double { accuracy[gpu.architecture] ?? Self.unmeasuredError }
}

/// What a framework can launch; `plan` offers nothing else unless told to.
public struct Launchable: Hashable, Sendable {
    /// Pipeline schedules it implements.
    public var schedules: Set<PipelineSchedule>
    /// Ways of sharding state.
    public var shardings: Set<OptimizerSharding>
    /// Recomputation modes.
    public var recompute: Set<Recompute>
    /// Modules its selective recomputation can drop.
    public var recomputeModules: RecomputeModules
    /// Whether full recomputation may cover some layers of a stage and leave the others.
    public var partialRecompute: Bool
    /// Kinds of context parallelism; empty where it has none.
    public var contextKinds: Set<ContextParallelKind>
    /// Whether layers may have different kinds of context parallelism.
    public var choosesContextByLayer = false
    /// Number formats it trains in.
    public var precisions: Set<Precision>
    /// What its attention kernels assert of context parallelism.
    public var contextRules: ContextRules
    /// What its own code asserts of sizes otherwise.
    public var argumentRules: ArgumentRules
    /// What it can train of a model.
    public var methods: Set<TrainingMethod.Kind>
    /// Optimizers that its code has.
    public var optimizers = Set(Optimizer.allCases)
    /// What it can move beside the GPU; nil where nothing.
    public var offload: OffloadSupport?
    /// Kinds of blocks that it has code for; nil where it runs the model's own code, whatever that is.
    public var blocks: Set<String>?
    /// Whether recurrent mixers run over context ranks, their heads exchanged all to all.
    public var recurrentContext: Bool
    /// Whether recurrent mixers run over context ranks that pass the states of their pieces instead.
    public var passesRecurrentStates = false
    /// Whether latent keys and values travel between context ranks as they are, to be projected up by whoever meets them.
    public var sendsLatentKeys = false
    /// Whether every sequence may get a group of context and data ranks of its own.
    public var formsSequenceGroups = false
    /// Ways of hiding tensor-parallel collectives that it runs, first that for which its `visible_tensor_share` was fitted.
    public var tensorOverlap: [OverlapTechnique] = [.none]
    /// Ways of hiding the exchange of tokens that it runs.
    public var expertOverlap: [ExpertOverlap] = [.none]
    /// How it groups micro-batches in interleaved schedules.
    public var groupRule: GroupRule
    /// Whether group sizes other than p can be chosen.
    public var choosesGroupSize: Bool
    /// Whether sequence parallelism always accompanies tensor parallelism (true), never (false), or as chosen (nil).
    public var sequenceParallel: Bool?
    /// Whether it trains mixtures of experts over expert-parallel ranks.
    public var expertParallel: Bool
    /// Whether experts may have another tensor-parallel size than the dense part.
    public var expertTensor: ExpertTensor
    /// Whether state may be sharded over a part of the data-parallel ranks.
    public var hybridSharding: Bool
    /// Whether end stages may hold other numbers of layers than the middle.
    public var unevenLayers: Bool
    /// Whether tensor parallelism and pipelines exist at all.
    public var tensorParallel: Bool
    /// Whether pipelines exist at all.
    public var pipelineParallel: Bool
    /// Whether ZeRO-2 or ZeRO-3 may be combined with a pipeline.
    public var shardsGradientsInPipeline: Bool

    /// What expert tensor parallelism a stack allows.
    public enum ExpertTensor: String, CaseIterable, Hashable, Sendable {
        /// Any divisor.
        case any
        /// 1 or the dense tensor-parallel size.
        case oneOrTensor = "one-or-tensor"
        /// Only the dense tensor-parallel size.
        case tensor
        /// Only 1.
        case one
    }

    /// The whole capability list.
    public init(
        schedules: Set<PipelineSchedule>, shardings: Set<OptimizerSharding>, recompute: Set<Recompute>, recomputeModules: RecomputeModules,
        contextKinds: Set<ContextParallelKind>, groupRule: GroupRule, choosesGroupSize: Bool, sequenceParallel: Bool?, expertParallel: Bool,
        expertTensor: ExpertTensor, hybridSharding: Bool, unevenLayers: Bool, tensorParallel: Bool, pipelineParallel: Bool,
        shardsGradientsInPipeline: Bool, partialRecompute: Bool = true, contextRules: ContextRules = .none,
        argumentRules: ArgumentRules = .none,
        precisions: Set<Precision> = Set(Precision.allCases), blocks: Set<String>? = nil, recurrentContext: Bool = false,
        methods: Set<TrainingMethod.Kind> = [.pretrain, .full], offload: OffloadSupport? = nil
    ) {
        self.schedules = schedules
        self.shardings = shardings
        self.recompute = recompute
        self.recomputeModules = recomputeModules
        self.partialRecompute = partialRecompute
        self.contextKinds = contextKinds
        self.contextRules = contextRules
        self.argumentRules = argumentRules
        self.blocks = blocks
        self.methods = methods
        self.offload = offload
        self.recurrentContext = recurrentContext
        self.precisions = precisions
        self.groupRule = groupRule
        self.choosesGroupSize = choosesGroupSize
        self.sequenceParallel = sequenceParallel
        self.expertParallel = expertParallel
        self.expertTensor = expertTensor
        self.hybridSharding = hybridSharding
        self.unevenLayers = unevenLayers
        self.tensorParallel = tensorParallel
        self.pipelineParallel = pipelineParallel
        self.shardsGradientsInPipeline = shardsGradientsInPipeline
    }
}
