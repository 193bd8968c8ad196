import CostModels
import Reports
import Schedules

extension ComparisonReport {
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
            var communication: Double?
            var stepTime: Double?
            var memory: Memory?

            enum CodingKeys: String, CodingKey {
                case schedule, vpp, slices, messages
                case makespan = "makespan_s"
                case span = "span_s"
                case bubbleOfTotal = "bubble_of_total"
                case bubbleOfIdeal = "bubble_of_ideal"
                case peakActivations = "peak_activations_micro_batches"
                case weightCopies = "weight_copies"
                case communication = "communication_s"
                case stepTime = "step_time_s"
                case memory = "memory_gib"
            }
        }

        /// GiB of the fullest rank.
        struct Memory: Encodable {
            var low: Double
            var expected: Double
            var high: Double
        }

        var schema = "meshwright.simulate-comparison/1"
        var configuration: [String]?
        var memoryLimit: Double?
        var pp: Int
        var microBatches: Int
        var schedules: [Row]
        var leftOut: [String]

        enum CodingKeys: String, CodingKey {
            case schema, configuration, pp, schedules
            case memoryLimit = "memory_limit_gib"
            case microBatches = "micro_batches"
            case leftOut = "left_out"
        }
    }

    /// The comparison in plain values.
    var document: Document {
        Document(
            configuration: configuration?.lines, memoryLimit: configuration.map { $0.memoryLimit / SimulateTimeOptions.gibibyte },
            pp: ranks,
            microBatches: microBatches,
            schedules: entries.map { entry in
                let row = entry.row
                return Document.Row(
                    schedule: row.schedule.rawValue, vpp: row.shape.chunksPerRank, slices: row.shape.slices,
                    makespan: row.step.result.makespan, span: row.step.result.span, bubbleOfTotal: row.step.bubbleOfTotal,
                    bubbleOfIdeal: row.step.bubbleOfIdeal, peakActivations: row.peakActivations, weightCopies: row.replicas,
                    messages: row.messages, communication: entry.price == nil ? row.messageTime : nil, stepTime: entry.price?.stepTime,
                    memory: entry.price.map { price in
                        let gibibyte = SimulateTimeOptions.gibibyte
                        return .init(
                            low: price.memoryLow / gibibyte, expected: price.memoryExpected / gibibyte, high: price.memoryHigh / gibibyte)
                    })
            }, leftOut: refusals)
    }
}
