public import CostModels
import Hardware
public import Parallelism
import Quantities
import Schedules
import Workload

/// What a simulation of a model's configuration simulates, in lines for people: above a chart, in a picture, on a page.
public struct SimulatedConfiguration: Sendable {
    /// Model and job, where it runs, and how.
    public let lines: [String]
    /// What a GPU has, bytes.
    public let memoryLimit: Double

    /// The lines of a strategy; `order` names an order of one's own that runs in place of the schedule.
    public init(_ strategy: ParallelStrategy, _ inputs: CostInputs, layersPerStage: [Int], order: String? = nil) {
        let job = inputs.job
        let gpu = inputs.cluster.groups.map { "\($0.gpus) × \($0.gpu.name)" }.joined(separator: " + ")
        let text = StrategyText(PlanReport.Strategy(strategy, layersPerStage: layersPerStage, choices: inputs.choices))
        let routing =
            job.routing.map { routing in
                "; routing \(routing.source)\(routing.treatment == .dropless ? "" : ", \(routing.treatment.name)"), busiest rank \(DurationText.decimal(routing.busiest(ranks: strategy.expert), 3)) × the mean"
            } ?? ""
        lines = [
            "\(inputs.model.name), \(job.globalBatch) sequences of \(job.sequenceLength) tokens a step, \(job.precision.rawValue), "
                + "\(job.optimizer.rawValue), gradients in \(inputs.gradientFormat.rawValue) "
                + (inputs.choices.overlapsDataParallel ? "reduced beside compute" : "reduced after compute")
                + (PlanReport.Method(job.method, inputs.model).map { "; \($0.text)" } ?? "") + routing
                + (inputs.choices.exchangeWords(beside: inputs.stack.defaults).map { "; \($0)" } ?? "")
                + (inputs.choices.overlapWords(beside: inputs.stack.defaults).map { "; \($0)" } ?? ""),
            "\(inputs.cluster.name): \(gpu), \(Self.memory(inputs.memory)) each; stack \(inputs.stack.name)"
                + (inputs.choices.release.map { " of \(SoftwareRelease.month($0))" } ?? ""),
            "\(order.map { text.short.replacing(strategy.schedule.rawValue, with: "order \($0)") } ?? text.short), "
                + "\(strategy.microBatches) micro-batches, layers a stage: \(text.layers)",
        ]
        memoryLimit = inputs.memory.count
    }

    private static func memory(_ bytes: Bytes) -> String { "\(DurationText.decimal(bytes.inGibibytes, 1)) GiB" }
}
