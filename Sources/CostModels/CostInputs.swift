public import Hardware
public import Parallelism
public import Workload

/// Everything that prices a strategy: model, cluster, job, stack and the run's choices.
public struct CostInputs: Sendable {
    /// The model to train.
    public var model: TransformerModel
    /// The cluster to train on.
    public var cluster: ClusterProfile
    /// Batch, sequence and formats.
    public var job: TrainingJob
    /// The software that runs it.
    public var stack: SoftwareStack
    /// Kernels and options of the run; the stack's defaults unless stated.
    public var choices: ExecutionChoices
    /// Constants shared by all.
    public var constants: SharedConstants

    /// Inputs with the stack's default choices unless others are given.
    public init(
        model: TransformerModel, cluster: ClusterProfile, job: TrainingJob, stack: SoftwareStack, choices: ExecutionChoices? = nil,
        constants: SharedConstants = .fitted
    ) {
        self.model = model
        self.cluster = cluster
        self.job = job
        self.stack = stack
        self.choices = choices ?? stack.defaults
        self.constants = constants
    }

    /// The GPU that sets the pace: the first group's, which is every group's unless the cluster is mixed.
    public var gpu: GPU { cluster.first.gpu }

    /// The width class of the job's linear layers; a GPU without the format runs them at 16 bits.
    var format: PrecisionFormat {
        switch job.precision {
        case .fp32: .thirtyTwo
        case .bf16, .fp16: .sixteen
        case .fp8, .mxfp8: gpu.peak.eight == nil ? .sixteen : .eight
        case .nvfp4: gpu.peak.four != nil ? .four : gpu.peak.eight != nil ? .eight : .sixteen
        }
    }

    /// Whether linear layers run below 16 bits on this GPU.
    var runsLow: Bool { format.isLow }
}
