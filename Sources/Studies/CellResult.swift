/// What the planner answers to a cell: its best plan, or why there is none.
public struct CellResult: Codable, Hashable, Sendable {
    /// GPUs and nodes of the cluster at the cell's size.
    public var gpus, nodes: Int
    /// The GPU type's name.
    public var gpu: String
    /// The job, with what the cell left open filled in.
    public var job: Job
    /// The fastest plan that fits; nil where none does.
    public var plan: Plan?
    /// Why there is no plan; nil where there is one.
    public var reason: String?

    /// What is trained.
    public struct Job: Codable, Hashable, Sendable {
        /// Sequences of a step.
        public var globalBatch: Int
        /// Tokens of a sequence.
        public var sequenceLength: Int
        /// Format of the matrix products, what is trained, and the stack.
        public var precision, method, stack: String

        /// A job by its values.
        public init(globalBatch: Int, sequenceLength: Int, precision: String, method: String, stack: String) {
            (self.globalBatch, self.sequenceLength) = (globalBatch, sequenceLength)
            (self.precision, self.method, self.stack) = (precision, method, stack)
        }

        /// Tokens of a step.
        public var tokensPerStep: Double { Double(globalBatch) * Double(sequenceLength) }
    }

    /// A plan in the values that are compared along a grid.
    public struct Plan: Codable, Hashable, Sendable {
        /// Parallel sizes: tensor, pipeline, virtual stages, context, expert, expert tensor, data.
        public var tp, pp, vpp, cp, ep, etp, dp: Int
        /// Sequences of a micro-batch.
        public var microBatch: Int
        /// The schedule, how state is sharded, and what is recomputed.
        public var schedule, sharding, recompute: String
        /// Whether states or activations live beside the GPU.
        public var offloads: Bool
        /// Time of a step in s: expected, and the interval that holds 80 %.
        public var stepTime, stepTimeLow, stepTimeHigh: Double
        /// How far the time rests on measured runs.
        public var trust: String
        /// Model FLOPs over the dense bf16 peak.
        public var mfu: Double
        /// GiB of the heaviest GPU.
        public var memory: Double
        /// Useful time over time of a long training with failures, with so many spare nodes.
        public var goodput: Double
        /// See `goodput`.
        public var spareNodes: Int

        /// A plan by its values.
        public init(
            tp: Int, pp: Int, vpp: Int, cp: Int, ep: Int, etp: Int, dp: Int, microBatch: Int, schedule: String, sharding: String,
            recompute: String, offloads: Bool, stepTime: Double, stepTimeLow: Double, stepTimeHigh: Double, trust: String, mfu: Double,
            memory: Double, goodput: Double, spareNodes: Int
        ) {
            (self.tp, self.pp, self.vpp, self.cp, self.ep, self.etp, self.dp) = (tp, pp, vpp, cp, ep, etp, dp)
            (self.microBatch, self.schedule, self.sharding, self.recompute) = (microBatch, schedule, sharding, recompute)
            (self.offloads, self.trust, self.mfu, self.memory) = (offloads, trust, mfu, memory)
            (self.stepTime, self.stepTimeLow, self.stepTimeHigh) = (stepTime, stepTimeLow, stepTimeHigh)
            (self.goodput, self.spareNodes) = (goodput, spareNodes)
        }

        /// The sizes that change along a grid, those above one: `TP4 PP2 EP8`; `DP` alone where nothing else is.
        public var layout: String {
            let sizes = [("TP", tp), ("PP", pp), ("VPP", vpp), ("CP", cp), ("EP", ep), ("ETP", etp)].filter { $0.1 > 1 }
            return sizes.isEmpty ? "DP" : sizes.map { "\($0.0)\($0.1)" }.joined(separator: " ")
        }
    }

    /// An answer; with a plan or with a reason.
    public init(gpus: Int, nodes: Int, gpu: String, job: Job, plan: Plan?, reason: String?) {
        (self.gpus, self.nodes, self.gpu, self.job, self.plan, self.reason) = (gpus, nodes, gpu, job, plan, reason)
    }

    /// Tokens per second of all GPUs; nil without a plan.
    public var tokensPerSecond: Double? { plan.map { job.tokensPerStep / $0.stepTime } }
}
