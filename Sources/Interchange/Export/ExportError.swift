/// Why a plan cannot be written for a target.
public enum ExportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The layers of the strategy are not those of the model.
    case layers(stages: Int, layers: Int)
    /// The strategy needs more GPUs than the cluster has.
    case tooFewGPUs(needed: Int, available: Int)
    /// The GPUs do not fill whole nodes, so that no launcher can start the job.
    case partialNodes(gpus: Int, perNode: Int)
    /// The nodes differ in their number of GPUs, which the target cannot say.
    case mixedNodes(target: ExportTarget)
    /// A map of ranks to GPUs that does not give every rank its own GPU of the cluster.
    case badPlacement(String)
    /// A map of ranks to GPUs that the target cannot express.
    case inexpressiblePlacement(target: ExportTarget, reason: String)
    /// A name that no file of the target can hold.
    case unusableName(String, target: ExportTarget, reason: String)
    /// A plan that the target refuses to start.
    case refusedPlan(target: ExportTarget, reason: String)
    /// A target that cannot be tried from a script of ours.
    case noTrial(target: ExportTarget, reason: String)

    /// One line for people: what is wrong and what would be right.
    public var description: String {
        switch self {
        case .layers(let stages, let layers):
            "the \(layers) layers of the model cannot be dealt to \(stages) stages as the plan says; plan again with this model"
        case .tooFewGPUs(let needed, let available):
            "the plan runs on \(needed) GPUs and the cluster has \(available); name the cluster that it was made for, or scale it with --gpus"
        case .partialNodes(let gpus, let perNode):
            "\(gpus) GPUs do not fill nodes of \(perNode); launchers start whole nodes, so plan for a multiple of \(perNode)"
        case .mixedNodes(let target):
            "\(target.rawValue) starts the same number of processes on every node, and this cluster's nodes differ; use slurm or openmpi"
        case .badPlacement(let problem): "the placement is no map of ranks to GPUs: \(problem)"
        case .inexpressiblePlacement(let target, let reason): "\(target.rawValue) cannot express this placement: \(reason)"
        case .unusableName(let name, let target, let reason): "the name '\(name)' cannot stand in a file of \(target.rawValue): \(reason)"
        case .refusedPlan(let target, let reason): "\(target.rawValue) does not start this plan: \(reason)"
        case .noTrial(let target, let reason):
            "plans cannot be tried with \(target.rawValue): \(reason); use "
                + ExportTarget.allCases.filter { TrialStack($0) != nil }.map(\.rawValue).joined(separator: ", ")
        }
    }
}
