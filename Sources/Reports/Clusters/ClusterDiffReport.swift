public import Hardware

/// What `cluster diff` finds; its JSON form is the contract `meshwright.cluster-diff/1`.
public struct ClusterDiffReport: Encodable, Sendable {
    /// The contract.
    public let schema = "meshwright.cluster-diff/1"
    /// The names of the two profiles.
    public let before, after: String
    /// What differs, by area.
    public let changes: [Change]
    /// What chance allows where many links or curves were compared.
    public let chance: [Chance]
    /// What could not be compared, a sentence each.
    public let notCompared: [String]
    /// Areas of the profiles in which nothing differs.
    public let same: [String]
    /// Whether something got worse, the plan included.
    public let isWorse: Bool
    /// What it costs a plan; nil where none was given.
    public let plan: PlanPrice?

    /// Something that differs.
    public struct Change: Encodable, Hashable, Sendable {
        /// The part of the profile, as `ClusterChange.Area` names it.
        public let area: String
        /// The key of the profile, or the node, link or curve.
        public let subject: String
        /// What either profile says, with its unit.
        public let before, after: String?
        /// The second value over the first; of measured times that of speeds.
        public let ratio: Double?
        /// `worse`, `better`, `changed` or `within-chance`.
        public let verdict: String
        /// What else is to be said of it.
        public let note: String?

        init(_ change: ClusterChange) {
            (area, subject, before, after) = (change.area.rawValue, change.subject, change.before, change.after)
            (ratio, verdict, note) = (change.ratio, change.verdict.rawValue, change.note)
        }
    }

    /// What chance allows.
    public struct Chance: Encodable, Hashable, Sendable {
        /// What was compared.
        public let area: String
        /// How many ratios.
        public let count: Int
        /// Their median and their spread, of healthy ones.
        public let median, noise: Double
        /// The ratio under which a single one is told from chance.
        public let single: Double

        enum CodingKeys: String, CodingKey {
            case area, count, noise
            case median = "median_ratio"
            case single = "single_told_under"
        }
    }

    enum CodingKeys: String, CodingKey {
        case schema, before, after, changes, chance, same, plan
        case notCompared = "not_compared"
        case isWorse = "worse"
    }

    /// The report of a comparison, and of what it costs a plan.
    public init(_ diff: ClusterDiff, plan: PlanPrice? = nil) {
        (before, after) = (diff.before.name, diff.after.name)
        changes = diff.changes.map(Change.init)
        chance = diff.limits.map { Chance(area: $0.area.rawValue, count: $0.count, median: $0.median, noise: $0.noise, single: $0.single) }
        notCompared = diff.notCompared
        let touched = Set(diff.changes.map(\.area)).union(diff.partlyCompared)
        same = ClusterChange.Area.allCases.filter { !touched.contains($0) }.map(\.rawValue)
        isWorse = diff.isWorse || plan?.isWorse == true
        self.plan = plan
    }
}

extension ClusterDiffReport {
    /// What a change of cluster costs a plan.
    public struct PlanPrice: Encodable, Sendable {
        /// The model, and the configuration on either profile in one line each; that on the second is nil where it cannot run there.
        public var model, configuration: String
        /// See `model`.
        public var configurationAfter: String?
        /// GPUs of the configuration on either profile.
        public var gpus: Int
        /// See `gpus`.
        public var gpusAfter: Int?
        /// Seconds of a step on either profile.
        public var stepTime: Double
        /// See `stepTime`.
        public var stepTimeAfter: Double?
        /// Why the configuration cannot run on the second profile; nil where it can.
        public var problem: String?
        /// What each area of the profile adds to the step, in s, in the order in which they were changed; they add up to the whole difference.
        public var contributions: [Contribution]
        /// What each part of the step gained, in s, by key, the largest first.
        public var parts: [Part]
        /// GiB that the plan may need at most, and that a GPU has, on either profile.
        public var memory, memoryLimit: Double
        /// See `memory`.
        public var memoryAfter, memoryLimitAfter: Double?
        /// US dollars for a million tokens on either profile; nil without a price.
        public var costPerMillionTokens, costPerMillionTokensAfter: Double?
        /// Days of the whole training with failures on either profile, with as many spare nodes on the second as the first counts with; nil without
        /// tokens.
        public var days, daysAfter: Double?
        /// GPU-hours of it, spare nodes included.
        public var gpuHours, gpuHoursAfter: Double?
        /// The best plan on the second profile, and the seconds of its step; nil where none fits.
        public var best: String?
        /// See `best`.
        public var bestStepTime: Double?
        /// What was assumed.
        public var assumed: [String]

        /// What an area of the profile adds to a step.
        public struct Contribution: Encodable, Hashable, Sendable {
            /// The area.
            public var area: String
            /// Seconds of a step.
            public var seconds: Double

            /// A contribution.
            public init(area: String, seconds: Double) { (self.area, self.seconds) = (area, seconds) }
        }

        /// What a part of the step gained.
        public struct Part: Encodable, Hashable, Sendable {
            /// Its key, as in a plan's breakdown.
            public var key: String
            /// Seconds of a step.
            public var seconds: Double
        }

        enum CodingKeys: String, CodingKey {
            case model, configuration, gpus, problem, contributions, parts, days, best, assumed
            case configurationAfter = "configuration_after"
            case gpusAfter = "gpus_after"
            case stepTime = "step_time_s"
            case stepTimeAfter = "step_time_after_s"
            case memory = "memory_gib"
            case memoryLimit = "memory_limit_gib"
            case memoryAfter = "memory_after_gib"
            case memoryLimitAfter = "memory_limit_after_gib"
            case costPerMillionTokens = "usd_per_million_tokens"
            case costPerMillionTokensAfter = "usd_per_million_tokens_after"
            case daysAfter = "days_after"
            case gpuHours = "gpu_hours"
            case gpuHoursAfter = "gpu_hours_after"
            case bestStepTime = "best_step_time_s"
        }

        /// Tokens per second over those of before; nil where it cannot run. A shrunk plan trains the same batch.
        public var speed: Double? { stepTimeAfter.map { stepTime / $0 } }

        /// Whether the plan fits the memory of the second profile's GPUs.
        public var fitsAfter: Bool {
            guard let memoryAfter, let memoryLimitAfter else { return false }
            return memoryAfter <= memoryLimitAfter
        }

        /// Whether the plan runs slower, dearer or not at all: steps of the same plan on the same profile are the same to the last digit.
        public var isWorse: Bool {
            guard let speed else { return true }
            if speed < 1 - 1e-9 || !fitsAfter { return true }
            if let costPerMillionTokens, let costPerMillionTokensAfter, costPerMillionTokensAfter > costPerMillionTokens * (1 + 1e-9) {
                return true
            }
            guard let days, let daysAfter else { return false }
            return daysAfter > days * (1 + 1e-9)
        }

        /// A plan on the first profile.
        public init(_ entry: PlanReport.Entry, model: String, gpus: Int, memoryLimit: Double, price: Double?, tokens: Double) {
            self.model = model
            self.gpus = gpus
            self.memoryLimit = memoryLimit
            configuration = StrategyText(entry.strategy).short
            stepTime = entry.stepTime
            memory = entry.memory.high
            costPerMillionTokens = price.map { Self.cost(entry, gpus, $0, tokens) }
            days = entry.training.map { $0.failures?.days ?? $0.days }
            gpuHours = entry.training.map { $0.failures?.gpuHours ?? $0.gpuHours }
            (contributions, parts, assumed) = ([], [], [])
        }

        /// Sets the plan beside what it is on the second profile.
        public mutating func add(
            _ entry: PlanReport.Entry, beside old: PlanReport.Entry, gpus: Int, memoryLimit: Double, price: Double?, tokens: Double
        ) {
            configurationAfter = StrategyText(entry.strategy).short
            gpusAfter = gpus
            stepTimeAfter = entry.stepTime
            (memoryAfter, memoryLimitAfter) = (entry.memory.high, memoryLimit)
            costPerMillionTokensAfter = price.map { Self.cost(entry, gpus, $0, tokens) }
            daysAfter = entry.training.map { $0.failures?.days ?? $0.days }
            gpuHoursAfter = entry.training.map { $0.failures?.gpuHours ?? $0.gpuHours }
            parts = zip(entry.breakdown, old.breakdown).map { Part(key: $0.key, seconds: $0.value - $1.value) }.filter { $0.seconds != 0 }
                .enumerated().sorted { (abs($1.element.seconds), $0.offset) < (abs($0.element.seconds), $1.offset) }.map(\.element)
        }

        /// The best plan on the second profile.
        public mutating func add(best entry: PlanReport.Entry) {
            best = StrategyText(entry.strategy).short
            bestStepTime = entry.stepTime
        }

        private static func cost(_ entry: PlanReport.Entry, _ gpus: Int, _ price: Double, _ tokens: Double) -> Double {
            price * Double(gpus) * entry.stepTime / 3600 / tokens * 1e6
        }
    }
}
