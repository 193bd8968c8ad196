/// Work of one layer on two lanes, compute and exchange, each in its order, and how much each slows the other down.
///
/// The one mechanism behind every way of hiding collectives: a technique says what waits for what (`OverlapTechnique`), whoever moves the bytes says
/// what that costs the other lane (`LaneContention`), and the lanes are run exactly. While both are busy, a task that takes `t` alone progresses
/// at `1/(1 + σ)` of its rate, σ that of its lane; compute that outlasts what runs beside it so ends at `max + σ·min` where both σ are equal.
public struct Lanes: Sendable {
    /// A lane.
    public enum Lane: Int, CaseIterable, Hashable, Sendable {
        /// Products, attention and kernels.
        case compute
        /// Collectives and sends.
        case exchange
    }

    /// A piece of work.
    public struct Task: Hashable, Sendable {
        /// What it is, for pictures.
        public var name: String
        /// Where it runs.
        public var lane: Lane
        /// Seconds that it takes alone.
        public var seconds: Double
        /// Tasks, by their places, that must have ended; all before it in the list.
        public var needs: [Int]
        /// Which block it is of, counted from 0, and from where to where in that block's compute; nil of exchange and of what is no block's.
        var part: Part?
    }

    /// A piece of a block's compute.
    struct Part: Hashable, Sendable {
        /// The block.
        var block: Int
        /// Seconds of the block's compute before the piece, and with it.
        var from, to: Double
    }

    /// A task as it ran.
    public struct Span: Hashable, Sendable {
        /// Its place among the tasks.
        public var task: Int
        /// Seconds from the start.
        public var start, end: Double
    }

    /// The tasks, in the order of their lanes.
    public private(set) var tasks: [Task] = []

    /// No work.
    public init() {}

    /// Adds a task that begins after others; returns its place. Tasks of no time end when they may begin.
    public mutating func add(_ name: String, _ lane: Lane, _ seconds: Double, after needs: [Int] = []) -> Int {
        add(name, lane, seconds, after: needs, part: nil)
    }

    /// The same of a piece of a block's compute.
    mutating func add(_ name: String, _ lane: Lane, _ seconds: Double, after needs: [Int] = [], part: Part?) -> Int {
        let known = needs.filter { $0 < tasks.count }
        tasks.append(Task(name: name, lane: lane, seconds: seconds.isFinite ? max(0, seconds) : 0, needs: known, part: part))
        return tasks.count - 1
    }

    /// Runs the lanes; the end of the last span is the makespan.
    public func run(_ contention: LaneContention) -> [Span] {
        var end = [Double](repeating: .infinity, count: tasks.count)
        var spans: [Span] = []
        let queues = Lane.allCases.map { lane in tasks.indices.filter { tasks[$0].lane == lane } }
        var next = [0, 0]
        // What each lane runs: its task, since when, and the seconds alone that are left.
        var running: [(task: Int, start: Double, left: Double)?] = [nil, nil]
        var now = 0.0
        while true {
            for lane in 0..<2 where running[lane] == nil && next[lane] < queues[lane].count {
                let task = queues[lane][next[lane]]
                guard tasks[task].needs.allSatisfy({ end[$0] <= now }) else { continue }
                running[lane] = (task, now, tasks[task].seconds)
                next[lane] += 1
            }
            let isBoth = running[0] != nil && running[1] != nil
            var step = Double.infinity
            for lane in 0..<2 {
                guard let one = running[lane] else { continue }
                step = min(step, one.left * (isBoth ? 1 + contention[lane] : 1))
            }
            // Every need stands before what needs it, so that some lane always runs until all have ended.
            guard step.isFinite else { return spans }
            now += step
            for lane in 0..<2 {
                guard let one = running[lane] else { continue }
                let left = one.left - step / (isBoth ? 1 + contention[lane] : 1)
                if left <= 1e-15 + 1e-12 * tasks[one.task].seconds {
                    end[one.task] = now
                    spans.append(Span(task: one.task, start: one.start, end: now))
                    running[lane] = nil
                } else {
                    running[lane] = (one.task, one.start, left)
                }
            }
        }
    }

    /// Seconds until all has ended.
    public func makespan(_ contention: LaneContention) -> Double { run(contention).reduce(0) { max($0, $1.end) } }

    /// Seconds of exchange that no compute runs beside.
    public func exposed(_ contention: LaneContention) -> Double {
        let spans = run(contention)
        let compute = spans.filter { tasks[$0.task].lane == .compute }.sorted { $0.start < $1.start }
        return spans.filter { tasks[$0.task].lane == .exchange }.reduce(0) { sum, span in
            sum + span.end - span.start
                - compute.reduce(0) { $0 + max(0, min($1.end, span.end) - max($1.start, span.start)) }
        }
    }
}

/// How much longer each lane takes while the other is busy.
public struct LaneContention: Hashable, Sendable {
    /// What compute takes longer beside exchange, and exchange beside compute, as shares.
    public var compute, exchange: Double

    /// Both shares, 0 or more.
    public init(compute: Double, exchange: Double) { (self.compute, self.exchange) = (max(0, compute), max(0, exchange)) }

    subscript(lane: Int) -> Double { lane == 0 ? compute : exchange }

    /// Kernels on multiprocessors move the bytes, as NCCL's do: 20 of the 132 of a Hopper GPU (DeepSeek-V3, arXiv:2412.19437, §3.2.2), so that compute has 112 and
    /// takes 132/112 of its time. What moves shares the memory with it and is taken to lose as much.
    public static let multiprocessors = LaneContention(compute: 20.0 / 112, exchange: 20.0 / 112)
    /// Kernels of user buffers move them beside products: as much of a collective shows as of the stack's in fitted runs (`visible_tensor_share` of
    /// megatron-core, 0.33).
    public static let userBuffers = LaneContention(compute: 0.15, exchange: 0.15)
    /// Copies between peers and kernels of pieces: TorchTitan's asynchronous tensor parallelism on its 70B and 8B (597.3 to 652.4 and 4,378 to 4,809
    /// tokens/s a GPU, benchmarks of June 2025).
    public static let peerCopies = LaneContention(compute: 0.6, exchange: 0.6)
    /// The memory itself adds what arrives (Pati et al., T3, arXiv:2401.16677, §5): on its GPU 150 GB/s of 1 TB/s, of which its products need from a tenth to all
    /// while they run, and 27 % in the mean.
    public static let nearMemory = LaneContention(compute: 0.04, exchange: 0.04)
    /// Nothing slows anything down.
    public static let none = LaneContention(compute: 0, exchange: 0)
}
