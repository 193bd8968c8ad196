/// What one step looked like: every operation with its start and end, and memory over time, rank by rank.
///
/// A timeline is what pictures and traces are drawn from; the simulator fills it only when asked, so that searching stays free of it.
public struct Timeline: Sendable {
    /// What an operation does, and on which of a rank's lanes it runs.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// Forward of a chunk.
        case forward
        /// Input gradient of a chunk.
        case backwardInput
        /// Weight gradient of a chunk.
        case backwardWeight
        /// Input and weight gradient of a chunk in one operation.
        case backward
        /// A forward and a backward whose communication hides under each other's compute.
        case overlappedPair
        /// A point-to-point transfer to another rank.
        case send
        /// Reduction of a bucket of gradients over the data-parallel group.
        case gradientReduce
        /// Gathering of a bucket of parameters over the data-parallel group.
        case parameterGather
        /// The optimizer's update of the local shard.
        case optimizer
        /// A copy from the GPU to its host, and back.
        case copyDown, copyUp
        /// The host's share of an update, its drives included.
        case hostUpdate
        /// Collectives of tensor-parallel ranks inside a pass.
        case tensorExchange
        /// What context ranks send each other inside a pass.
        case contextExchange
        /// Tokens on their way to experts and back inside a pass.
        case expertExchange

        /// Whether the operation occupies the rank's compute lane rather than a communication lane.
        public var isCompute: Bool {
            switch self {
            case .send, .gradientReduce, .parameterGather, .copyDown, .copyUp, .hostUpdate, .tensorExchange, .contextExchange,
                .expertExchange:
                false
            default: true
            }
        }
    }

    /// One operation as it ran.
    public struct Span: Sendable {
        /// What it does.
        public var kind: Kind
        /// The rank (pipeline position) on which it runs.
        public var rank: Int32
        /// The global stage (chunk) it belongs to; −1 where none applies.
        public var stage: Int32
        /// The micro-batch, from 0; −1 where none applies.
        public var microBatch: Int32
        /// For an overlapped pair, stage and micro-batch of its backward half; −1 otherwise.
        public var pairedStage: Int32 = -1
        /// See `pairedStage`.
        public var pairedMicroBatch: Int32 = -1
        /// For a send, the rank that receives; −1 otherwise.
        public var peer: Int32 = -1
        /// Start, in seconds from the beginning of the step.
        public var start: Double
        /// End, in seconds from the beginning of the step.
        public var end: Double
        /// Index in `spans` of the operation whose end let this one start; −1 where it started unhindered.
        public var waitsFor: Int32 = -1
        /// Whether it lies on the critical path of the step.
        public var isCritical: Bool = false

        /// A span with the facts every operation has; the others keep their defaults.
        public init(kind: Kind, rank: Int32, stage: Int32, microBatch: Int32, start: Double, end: Double) {
            self.kind = kind
            self.rank = rank
            self.stage = stage
            self.microBatch = microBatch
            self.start = start
            self.end = end
        }
    }

    /// Memory in use on a rank from a moment on.
    public struct MemoryPoint: Sendable {
        /// The moment, in seconds from the beginning of the step.
        public var time: Double
        /// The amount from then on, in `Timeline.memoryUnit`.
        public var amount: Double

        /// A step of the memory curve.
        public init(time: Double, amount: Double) {
            self.time = time
            self.amount = amount
        }
    }

    /// What the memory curve counts.
    public enum MemoryUnit: Sendable {
        /// Activations of chunks in flight, in chunks.
        case chunks
        /// Bytes, states included.
        case bytes
    }

    /// A name to print above the picture, such as `zb-h1, p = 8, m = 32`.
    public var title: String
    /// The number of ranks (pipeline positions); each has a row.
    public var rankCount: Int
    /// The number of virtual stages a rank holds.
    public var chunksPerRank: Int
    /// Every operation; those of one rank's compute lane do not overlap.
    public var spans: [Span]
    /// Memory over time, one step curve a rank.
    public var memory: [[MemoryPoint]]
    /// What the memory curves count.
    public var memoryUnit: MemoryUnit
    /// The end of the last operation, in seconds.
    public var makespan: Double
    /// What a rank's memory can hold, in `memoryUnit`; nil where that is not known.
    public var memoryLimit: Double?
    /// What was simulated, line by line, such as model, cluster and sizes; empty for abstract times.
    public var facts: [String] = []

    /// A timeline from its parts.
    public init(
        title: String, rankCount: Int, chunksPerRank: Int, spans: [Span], memory: [[MemoryPoint]], memoryUnit: MemoryUnit, makespan: Double
    ) {
        self.title = title
        self.rankCount = rankCount
        self.chunksPerRank = chunksPerRank
        self.spans = spans
        self.memory = memory
        self.memoryUnit = memoryUnit
        self.makespan = makespan
    }
}
