public import CostModels
public import Parallelism
import Workload

/// A run as the cost models see it: inputs and strategy, with what had to be assumed.
public struct RunConfiguration: Sendable {
    /// Model, cluster, job, stack and choices.
    public var inputs: CostInputs
    /// The strategy.
    public var strategy: ParallelStrategy
    /// Facts that the row does not state and what was taken instead.
    public var assumptions: [String]
    /// Whether the pipeline's stages are taken to be equally long.
    public var assumesEqualStages = false
    /// How the framework counts the arithmetic of attention; nil where that is not known.
    var modelFLOPs: AttentionCounting?
    /// Whether something was offloaded that is priced as if it stayed on the GPU, since the table does not say what.
    public var ignoresOffloading = false

    /// A configuration of which everything is known.
    public init(inputs: CostInputs, strategy: ParallelStrategy, assumptions: [String] = []) {
        self.inputs = inputs
        self.strategy = strategy
        self.assumptions = assumptions
    }
}

/// Why a run cannot be predicted.
public struct RunSkip: Error, Hashable, Sendable {
    /// The reason, in words.
    public let reason: String
    /// What contradicts what in this run, with its numbers; nil where the run is only not understood.
    public let contradiction: String?

    init(reason: String, contradiction: String? = nil) {
        self.reason = reason
        self.contradiction = contradiction
    }
}

extension RunRecord {
    /// A whole number of the row.
    func int(_ column: String) -> Int? {
        guard let value = self[column], value.rounded() == value, abs(value) < 1e15 else { return nil }
        return Int(value)
    }

    /// A parallel size: at least 1, and 1 where the row is silent.
    func size(_ column: String) -> Int { max(1, int(column) ?? 1) }

    /// The size of data parallelism: where the row is silent, what the GPUs leave.
    var dataParallel: Int {
        int("dp").map { max(1, $0) } ?? max(1, (int("n_gpus") ?? 1) / max(1, ["tp", "pp", "cp"].reduce(1) { $0 * size($1) }))
    }
}
