import CostModels
import Foundation
import Parallelism
import Reports
import Schedules

/// `simulate --compare` as a table and as JSON: abstract times, or those of a model's configuration.
struct ComparisonReport {
    /// One schedule, with its price where there is a model.
    struct Entry {
        var row: ScheduleComparison.Row
        var price: StepEstimate?
    }

    /// Legal schedules, the fastest first.
    let entries: [Entry]
    /// Why the others are missing.
    let refusals: [String]
    let ranks: Int
    let microBatches: Int
    /// The configuration; nil for abstract times.
    let configuration: SimulatedConfiguration?

    /// A comparison of abstract times.
    init(_ comparison: ScheduleComparison, ranks: Int, microBatches: Int) {
        entries = comparison.rows.map { Entry(row: $0) }
        refusals = comparison.refusals.map(\.description)
        self.ranks = ranks
        self.microBatches = microBatches
        configuration = nil
    }

    /// A model's configuration under every schedule, whether or not the stack can launch it.
    init(_ model: StepModel, _ strategy: ParallelStrategy) throws {
        let legality = Legality(model: model.inputs.model, job: model.inputs.job)
        var entries: [Entry] = []
        var refusals: [String] = []
        var simulator = PipelineSimulator()
        for schedule in PipelineSchedule.allCases {
            let other = schedule == strategy.schedule ? strategy : strategy.under(schedule)
            if let violation = legality.violations(of: other).first {
                refusals.append("\(schedule.rawValue): \(violation.description)")
                continue
            }
            do {
                let input = try model.simulationInput(other)
                let row = try ScheduleComparison.Row(
                    schedule, model.scheduleShape(of: other), input.order, input.times, perMessage: 0, &simulator)
                entries.append(Entry(row: row, price: input.estimate))
            } catch let error as StepError {
                refusals.append(error.description)
            }
        }
        self.entries = entries.enumerated().sorted { a, b in
            (a.element.row.step.result.makespan, a.offset) < (b.element.row.step.result.makespan, b.offset)
        }.map(\.element)
        self.refusals = refusals
        (ranks, microBatches) = (strategy.pipeline, strategy.microBatches)
        configuration = SimulatedConfiguration(
            strategy, model.inputs, layersPerStage: model.stages(for: strategy)?.stageLayers.counts ?? [])
    }

    private typealias Column = (title: TextTable.Column, value: (Entry) -> String)

    /// The columns of the table; those of prices with a model only, those of messages without.
    private var columns: [Column] {
        let ends: [Column] = [
            (.init("SCHEDULE"), { $0.row.schedule.rawValue + ($0.row.shape.slices > 1 ? " (\($0.row.shape.slices) slices)" : "") }),
            (.init("VPP", .trailing), { "\($0.row.shape.chunksPerRank)" }),
            (.init("STEP", .trailing), { SimulationText.milliseconds($0.row.step.result.makespan) }),
            (.init("SPAN", .trailing), { SimulationText.milliseconds($0.row.step.result.span) }),
            (.init("BUBBLE", .trailing), { String(format: "%.1f %%", 100 * $0.row.step.bubbleOfTotal) }),
            (
                .init("PEAK ACTIVATIONS", .trailing, expendability: configuration == nil ? 0 : 2),
                { String(format: "%.2f", $0.row.peakActivations) }
            ),
            (.init("WEIGHTS", .trailing, expendability: 1), { "\($0.row.replicas)×" }),
        ]
        if let limit = configuration?.memoryLimit {
            return ends + [
                (.init("MEMORY", .trailing), { Self.gibibytes($0.price?.memoryExpected) }),
                (.init("AT MOST", .trailing, expendability: 3), { Self.gibibytes($0.price?.memoryHigh) }),
                (.init("FITS"), { Self.fits($0.price, limit) }),
                (.init("PRICE", .trailing), { SimulationText.milliseconds($0.price?.stepTime ?? 0) }),
            ]
        }
        return ends + [
            (.init("MESSAGES", .trailing, expendability: 2), { "\($0.row.messages)" }),
            (.init("COMMUNICATION", .trailing, expendability: 3), { SimulationText.milliseconds($0.row.messageTime) }),
        ]
    }

    private static func gibibytes(_ bytes: Double?) -> String {
        bytes.map { String(format: "%.1f GiB", $0 / SimulateTimeOptions.gibibyte) } ?? ""
    }

    private static func fits(_ price: StepEstimate?, _ limit: Double) -> String {
        guard let price else { return "" }
        return price.memoryHigh <= limit ? "yes" : price.memoryExpected <= limit ? "perhaps" : "no"
    }

    /// The table, what its columns mean, and why schedules are missing.
    func text(width: Int, colour: TerminalColour) -> String {
        let columns = columns
        var table = TextTable(columns.map(\.title))
        table.rows = entries.map { entry in columns.map { StyledText($0.value(entry)) } }
        var text = (configuration?.lines.map { $0 + "\n" }.joined() ?? "")
        if !text.isEmpty { text += "\n" }
        text += table.rendered(width: width, colour: colour)
        text += """

            step: the makespan, the end of everything; span: the longest time from one rank's first start to its last end, in which
            schedules without bubbles show none
            bubble: share of the step in which a rank waits, on average (idle / total)
            peak activations: of the fullest rank, in micro-batches through all that one rank holds of the model

            """
        if let configuration {
            let limit = Self.gibibytes(configuration.memoryLimit)
            text += "memory: of the fullest rank, as expected and at most, of \(limit); price: the step with stragglers and fixed costs\n"
        } else {
            text += "messages, communication: what one rank sends in a step, and how long that is on the way, hidden or not\n"
        }
        for refusal in refusals { text += "left out: \(refusal)\n" }
        return text
    }
}
