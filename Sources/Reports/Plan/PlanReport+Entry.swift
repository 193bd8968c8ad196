import CostModels

extension PlanReport {
    /// A part of a step or of a memory: its key, and its seconds or GiB.
    public struct Term: Codable, Hashable, Sendable {
        /// The key in JSON.
        public var key: String
        /// Seconds or GiB.
        public var value: Double
    }

    /// A ranked plan.
    public struct Entry: Codable, Hashable, Sendable {
        /// Its place, from 1.
        public var rank: Int
        /// Its strategy.
        public var strategy: Strategy
        /// Time of a step, in s: expected, and the interval that holds 80 %.
        public var stepTime, stepTimeLow, stepTimeHigh: Double
        /// How far the time rests on measured runs: `measured`, `interpolated` or `extrapolated`.
        public var trust: String
        /// What lies between or outside the measured runs.
        public var trustReasons: [String]
        /// Whether the model is less than 80 % sure that the fastest plan is faster than it.
        public var tiesWithBest: Bool
        /// The chance that it is the fastest of those listed; nil for one alone.
        public var chanceFastest: Double?
        /// The chance of choosing the fastest of those listed once this one was tried; nil for one alone.
        public var chanceAfterTrial: Double?
        /// Why it is the one to take of those that tie: `leanest`, `simplest` or `fastest`; nil for all others.
        public var recommended: String?
        /// Tokens per second and GPU.
        public var tokensPerSecondPerGPU: Double
        /// Model FLOPs over the dense bf16 peak, causal attention halved.
        public var mfu: Double
        /// Where the step goes on the busiest rank; sums to `stepTime`.
        public var breakdown: [Term]
        /// Memory of the heaviest rank in GiB.
        public var memory: Memory
        /// The pipeline rank whose work bounds the step.
        public var busiestRank: Int
        /// Names of shipped stacks that can launch it; filled where strategies were searched that the chosen one cannot.
        public var launchableBy: [String]?
        /// The whole training, where its tokens are known.
        public var training: Training?
        /// Which GPU each rank takes; nil for strategies that nobody asked to place.
        public var placement: Placement?
        /// What a reader should know before running it.
        public var notes: [String]
        /// Why no framework of its stack can be given it; nil where one can.
        public var export: Export?
        /// Seconds of expert exchange that another micro-batch's compute hides; nil where none does.
        public var hiddenExchange: Double?
    }

    /// Which GPU each rank takes, and what that is worth.
    public struct Placement: Codable, Hashable, Sendable {
        /// How the map came about: `identity`, `exact`, `anneal` or `given`.
        public var method: String
        /// Step time in s of the map, of ranks in order on nodes in order, and what no map beats.
        public var objective, identity, lowerBound: Double
        /// The node and the GPU of every rank, by rank; empty where ranks take the GPUs in order.
        public var nodes, gpus: [Int]

        /// How far the map is from the best one at most, as a share.
        public var gap: Double { lowerBound > 0 ? max(0, objective / lowerBound - 1) : 0 }
    }

    /// Memory of the heaviest rank, in GiB.
    public struct Memory: Codable, Hashable, Sendable {
        /// With a lucky allocator, with the usual one, and what a plan must fit.
        public var low, expected, high: Double
        /// Its parts; sums to `high`.
        public var breakdown: [Term]
        /// The pipeline rank that needs it.
        public var rank: Int
        /// What the GPUs of a node have in its host's memory and on its drives together.
        public var host, storage: Double
    }

    /// A whole training run.
    public struct Training: Codable, Hashable, Sendable {
        /// Optimizer steps.
        public var steps: Double
        /// Days of 24 hours, without interruptions.
        public var days: Double
        /// GPU-hours.
        public var gpuHours: Double
        /// Its cost, where the price of a GPU-hour is known.
        public var cost: Double?
        /// The same with failures.
        public var failures: Failures?
    }

    /// A plan explained: what bounds it, and what one change would cost.
    public struct Explanation: Codable, Hashable, Sendable {
        /// The place of the plan, from 1.
        public var rank: Int
        /// Sentences that say what bounds it.
        public var bounds: [String]
        /// The strategies one change away, fastest first.
        public var changes: [Change]
    }

    /// One change to a plan.
    public struct Change: Codable, Hashable, Sendable {
        /// What changes, as its flag names it, from what and to what.
        public var dimension, before, after: String
        /// Step time in s and GiB needed afterwards.
        public var stepTime, memory: Double
        /// Whether it fits.
        public var fits: Bool
        /// Whether the user pinned what changes.
        public var isPinned: Bool
    }

    /// A hand-written configuration beside the best plan.
    public struct Comparison: Codable, Hashable, Sendable {
        /// The configuration, priced as a plan of rank 0.
        public var entry: Entry
        /// Whether it fits in memory.
        public var fits: Bool
        /// Where it loses and gains against the best plan in s, largest loss first; sums to the difference of the step times.
        public var differences: [Term]
        /// Sentences that say why it loses.
        public var reasons: [String]
        /// What was read of the file that it comes from; nil where it comes from none.
        public var readFrom: ConfigurationEcho?
    }
}

extension PlanReport.Entry {
    /// The keys of the breakdown of a step, in order.
    public static var timeKeys: [String] { StepBreakdown.Term.allCases.map(\.rawValue) }
    /// The keys of the breakdown of a memory, in order.
    public static let memoryKeys = ["states", "activations", "transient", "buffers", "fixed", "allocator"]
}
