import CostModels
import Foundation
import Interchange
import Parallelism
import Sequences
import Workload

extension SimulateModelOptions {
    /// A plan's cost models and strategy, by its file or its number in the answer remembered last.
    func planned(_ plan: String, _ choice: ClusterChoice) throws -> Configuration {
        // A number means a remembered plan, unless a file has that name.
        let number = FileManager.default.fileExists(atPath: plan) ? nil : Int(plan)
        let document = try number == nil ? PlanDocument.read(path: plan) : RememberedPlan.latest()
        let priced = try ExportPlan(
            document, file: number == nil ? plan : "the plan remembered last", model: model, cluster: choice.name, stack: stack
        ).priced(rank: rank ?? number ?? 1, routing: routed)
        let configuration = Configuration(model: priced.model, strategy: priced.strategy)
        return try studied(configuration, document.lengths, beside: number == nil ? plan : nil)
    }

    /// A plan on the software and with the lengths that its sequences have here: those given, or else those that the plan was made with.
    ///
    /// - Parameter file: the plan's file, beside which a file of lengths may lie; nil for a remembered plan.
    func studied(_ configuration: Configuration, _ planned: PlanDocument.Lengths?, beside file: String?) throws -> Configuration {
        var (configuration, inputs) = (configuration, configuration.model.inputs)
        var sequences = sequences
        if sequences.lengths == nil, let planned {
            sequences.lengths = try Self.source(planned, beside: file)
            sequences.packing = PackingMode(rawValue: planned.packing)
            sequences.draws = planned.draws
        }
        configuration.lengths = try sequences.read(
            inputs.model, rows: inputs.job.globalBatch, sequence: inputs.job.sequenceLength)
        if self.sequences.lengths == nil, let mean = planned?.mean, let read = configuration.lengths?.lengths.mean,
            abs(read - mean) > 1e-6 * mean
        {
            ErrorReporting.warn("\(sequences.lengths ?? "") has changed since the plan was made; its times may be others by now")
        }
        inputs.choices = released.applied(to: inputs.choices, stack: inputs.stack, cluster: inputs.cluster)
        guard configuration.lengths != nil || released.release != nil else { return configuration }
        if let drawn = configuration.lengths { inputs.job.documents = drawn.documents }
        configuration.model = StepModel(inputs)
        return configuration
    }

    /// The shipped distribution or the file that a plan's lengths came from, where it was or beside the plan.
    private static func source(_ planned: PlanDocument.Lengths, beside file: String?) throws -> String {
        let name = planned.name
        if ShippedLengths.names.contains(name) || FileManager.default.fileExists(atPath: name) { return name }
        let moved = URL(filePath: file ?? ".").deletingLastPathComponent().appending(path: URL(filePath: name).lastPathComponent).path
        guard file != nil, FileManager.default.fileExists(atPath: moved) else {
            throw CommandFailure(
                .badInput,
                "\(planned.location): the file \(name) of lengths that the plan was made with is gone; name it with --lengths FILE")
        }
        return moved
    }
}
