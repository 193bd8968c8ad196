import Foundation
import Reports
import Schedules

/// `simulate --compare` as a table and as JSON.
struct ComparisonReport {
    var comparison: ScheduleComparison

    /// The table, what its columns mean, and why schedules are missing.
    func text(width: Int, colour: TerminalColour) -> String {
        var table = TextTable([
            .init("SCHEDULE"), .init("VPP", .trailing), .init("STEP", .trailing), .init("BUBBLE", .trailing),
            .init("PEAK ACTIVATIONS", .trailing), .init("WEIGHTS", .trailing, expendability: 1),
            .init("MESSAGES", .trailing, expendability: 2), .init("COMMUNICATION", .trailing, expendability: 3),
        ])
        for row in comparison.rows {
            let name = row.schedule.rawValue + (row.shape.slices > 1 ? " (\(row.shape.slices) slices)" : "")
            table.rows.append([
                StyledText(name), StyledText("\(row.shape.chunksPerRank)"),
                StyledText(SimulationText.milliseconds(row.step.result.makespan)),
                StyledText(String(format: "%.1f %%", 100 * row.step.bubbleOfTotal)),
                StyledText(String(format: "%.2f", row.peakActivations)),
                StyledText("\(row.replicas)×"), StyledText("\(row.messages)"), StyledText(SimulationText.milliseconds(row.messageTime)),
            ])
        }
        var text = table.rendered(width: width, colour: colour)
        text += """

            bubble: share of the step in which a rank waits, on average (idle / total)
            peak activations: of the fullest rank, in micro-batches through all that one rank holds of the model
            messages, communication: what one rank sends in a step, and how long that is on the way, hidden or not

            """
        for refusal in comparison.refusals { text += "left out: \(refusal.description)\n" }
        return text
    }

    /// The JSON form, `meshwright.simulate-comparison/1`.
    struct Document: Encodable {
        struct Row: Encodable {
            var schedule: String
            var vpp: Int
            var slices: Int
            var makespan: Double
            var span: Double
            var bubbleOfTotal: Double
            var bubbleOfIdeal: Double
            var peakActivations: Double
            var weightCopies: Int
            var messages: Int
            var communication: Double

            enum CodingKeys: String, CodingKey {
                case schedule, vpp, slices, messages
                case makespan = "makespan_s"
                case span = "span_s"
                case bubbleOfTotal = "bubble_of_total"
                case bubbleOfIdeal = "bubble_of_ideal"
                case peakActivations = "peak_activations_micro_batches"
                case weightCopies = "weight_copies"
                case communication = "communication_s"
            }
        }

        var schema = "meshwright.simulate-comparison/1"
        var pp: Int
        var microBatches: Int
        var schedules: [Row]
        var leftOut: [String]

        enum CodingKeys: String, CodingKey {
            case schema, pp, schedules
            case microBatches = "micro_batches"
            case leftOut = "left_out"
        }
    }

    func document(ranks: Int, microBatches: Int) -> Document {
        Document(
            pp: ranks, microBatches: microBatches,
            schedules: comparison.rows.map { row in
                Document.Row(
                    schedule: row.schedule.rawValue, vpp: row.shape.chunksPerRank, slices: row.shape.slices,
                    makespan: row.step.result.makespan, span: row.step.result.span, bubbleOfTotal: row.step.bubbleOfTotal,
                    bubbleOfIdeal: row.step.bubbleOfIdeal, peakActivations: row.peakActivations, weightCopies: row.replicas,
                    messages: row.messages, communication: row.messageTime)
            }, leftOut: comparison.refusals.map(\.description))
    }
}
