import Documents

extension PlanReport {
    /// A training with failures: how long it takes and where the time goes.
    public struct Failures: Codable, Hashable, Sendable {
        /// Days from start to end in the mean, and in the shortest and longest tenth of trainings drawn; nil where it never ends.
        public var days, daysLow, daysHigh: Double?
        /// GPU-hours and cost with the spare nodes that were counted; see `days`.
        public var gpuHours, cost: Double?
        /// Useful time over time from start to end.
        public var goodput: Double
        /// Failures a day while it runs.
        public var failuresADay: Double
        /// How checkpoints leave the GPUs, their bytes, and seconds: between two, as Young and Daly have it, of standing still for one, until one is
        /// safe, and to load one.
        public var mode: String
        /// See `mode`.
        public var bytes, interval, young, daly, stall, pending, load: Double
        /// Seconds from a failure until training goes on, without loading.
        public var recovery: Double
        /// Shares of the time that go into checkpoints, work done again, recovery and waiting for nodes.
        public var lost: [Term]
        /// Spare nodes that were counted with, and with which useful time is cheapest.
        public var spares, cheapestSpares: Int
        /// GPUs beyond which failures take more than more GPUs give, if speed grew with their number; nil where there are none.
        public var mostGPUs: Int?
        /// Figures of the cluster that nobody stated, as `reliability` has them.
        public var assumed: [String]

        /// The values as a JSON document of their own.
        public func text(schema: String) -> String { JSONWriter.text(.mapping([YAMLField("schema", .text(schema))] + fields)) }

        /// The values as plans write them.
        var document: YAMLContent { .mapping(fields) }

        private var fields: [YAMLField] {
            var fields: [YAMLField] = []
            fields.add("days", days)
            fields.add("days_low", daysLow)
            fields.add("days_high", daysHigh)
            fields.add("gpu_hours", gpuHours)
            fields.add("cost", cost)
            fields.add("goodput", goodput)
            fields.add("failures_per_day", failuresADay)
            var saving = [YAMLField("mode", .text(mode))]
            saving.add("bytes", bytes)
            // Without failures no interval is the best, and these are infinite.
            saving.add("interval_s", interval)
            saving.add("young_s", young)
            saving.add("daly_s", daly)
            saving.add("stall_s", stall)
            saving.add("pending_s", pending)
            saving.add("load_s", load)
            fields.append(YAMLField("checkpoint", .mapping(saving)))
            fields.add("recovery_s", recovery)
            fields.append(YAMLField("lost", lost.document))
            fields.append(YAMLField("spare_nodes", .integer(spares)))
            fields.append(YAMLField("spare_nodes_worth_their_price", .integer(cheapestSpares)))
            if let mostGPUs { fields.append(YAMLField("most_gpus", .integer(mostGPUs))) }
            fields.append(YAMLField("assumed", assumed.document))
            return fields
        }
    }
}
