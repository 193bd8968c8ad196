import Foundation
public import Hardware
public import Parallelism
public import Quantities
public import Workload

/// Everything that prices a strategy: model, cluster, job, stack and the run's choices.
public struct CostInputs: Sendable {
    /// The model to train.
    public var model: TransformerModel { didSet { divisions = ModelDivisions(model) } }
    /// What parallelism divides in the model.
    public private(set) var divisions: ModelDivisions
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
    /// Time of a step of the model over what the stack's constants say, by a user's own runs of it.
    private var modelFactor = 1.0

    /// Inputs with the stack's default choices unless others are given.
    public init(
        model: TransformerModel, cluster: ClusterProfile, job: TrainingJob, stack: SoftwareStack, choices: ExecutionChoices? = nil,
        constants: SharedConstants = .fitted
    ) {
        self.model = model
        divisions = ModelDivisions(model)
        self.cluster = cluster
        self.job = job
        self.stack = stack
        self.choices = choices ?? stack.defaults
        self.constants = constants
        if let own = stack.ownRuns {
            modelFactor = own.timeFactor(ofModel: model.name)
            own.apply(to: &self)
        }
    }

    /// Time of a step over what the models say, of the installation and of the model on it, by a user's own runs; 1 where there are none.
    var timeFactor: Double { stack.costs.timeFactor * modelFactor }

    /// The format in which gradients are accumulated and reduced: the job's, or the stack's for its precision.
    public var gradientFormat: GradientFormat {
        job.precision == .fp32 ? .fp32 : job.gradientFormat ?? stack.gradients.format(job.precision)
    }

    /// The classes of the model's layers, those apart that the job's method treats apart or that tokens visit differently: found from all layers, so ask
    /// once and pass it on.
    public var layerClasses: LayerClasses {
        model.layerClasses.trained(by: job.method).routed(by: job.routing, predictionBlocks: model.predictionBlocks)
    }

    /// The GPU whose times are priced: the first group's; those of others in a mixed cluster follow by their speed.
    public var gpu: GPU { cluster.first.gpu }

    /// Relative error of a step time that is expected on the stack and the cluster's GPUs: the largest of their types.
    public var expectedError: Double { cluster.groups.map { stack.expectedError(on: $0.gpu) }.max() ?? 0 }

    /// Dense 16-bit peak of a GPU in FLOP/s, the mean over the cluster's.
    public var peak: Double {
        cluster.groups.reduce(0) { $0 + Double($1.gpus) * $1.gpu.peak.half.value } / Double(max(1, cluster.gpus))
    }

    /// The memory that every GPU of the cluster has.
    public var memory: Bytes { Self.memory(of: cluster) }

    /// The memory that every GPU of a cluster has.
    public static func memory(of cluster: ClusterProfile) -> Bytes { cluster.groups.map(\.gpu.memory).min() ?? .zero }

    /// The width class of the job's linear layers; they run at 16 bits unless every GPU has the format.
    var format: PrecisionFormat {
        let peaks = cluster.groups.map(\.gpu.peak)
        let eight: PrecisionFormat = peaks.allSatisfy { $0.eight != nil } ? .eight : .sixteen
        switch job.precision {
        case .fp32: return .thirtyTwo
        case .bf16, .fp16: return .sixteen
        case .fp8, .mxfp8: return eight
        case .fp8Rowwise: return eight == .eight ? .eightByRow : eight
        case .nvfp4: return peaks.allSatisfy { $0.four != nil } ? .four : eight
        }
    }

    /// What the software's release makes of the rates of kernels: 1 on the date that the constants stand for, and on architectures of which one
    /// release was measured only.
    var releaseSpeed: Double {
        guard let release = choices.release else { return 1 }
        return switch gpu.architecture {
        case "hopper": exp(constants.hopperReleaseGain * (release - Self.referenceRelease))
        case "blackwell": exp(constants.blackwellReleaseGain * (release - Self.referenceRelease))
        default: 1
        }
    }

    /// Architectures of which runs of several releases were measured, so that `releaseSpeed` says something.
    public static let datedArchitectures: Set = ["blackwell", "hopper"]

    /// The date of software that the constants of kernels stand for.
    public static let referenceRelease = 2026.0

    /// Whether linear layers run below 16 bits on this GPU.
    var runsLow: Bool { format.isLow }
}
