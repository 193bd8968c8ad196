/// Runs an order against times: the longest path through operations whose order on each rank is fixed.
///
/// A rank works through its list until an operation's input has not arrived; the operation that produces it puts the rank back on the list
/// of ranks that can go on. Every operation is visited once and nothing is sorted, so a run is linear in the number of operations.
/// A simulator keeps its buffers: one that runs many orders allocates only when a larger one comes.
public struct PipelineSimulator: Sendable {
    /// The two durations of a step; papers about zero bubbles use the second.
    public struct Result: Hashable, Sendable {
        /// The end of everything, s: pipeline, gradient reduction, optimizer and parameter gathering.
        public var makespan: Double
        /// The largest time between a rank's first start and its last end in the pipeline, s.
        public var span: Double
        /// The end of the last operation of the pipeline, s.
        public var pipelineEnd: Double
    }

    /// Time each rank computes in the pipeline, s; of the last run.
    public private(set) var rankBusy: [Double] = []
    /// When each rank's first operation started, s; of the last run.
    public private(set) var rankStart: [Double] = []
    /// When each rank's last operation ended, s; of the last run.
    public private(set) var rankEnd: [Double] = []

    /// When inputs arrive; see `StageTable`.
    private(set) var arrival: [Double] = []
    private(set) var table = StageTable()
    /// What detailed runs keep.
    private(set) var details = Worklist.Details()
    private var position: [Int] = []
    private var awaited: [Int32] = []
    private var runnable: [Int32] = []

    /// A simulator without buffers; the first run makes them.
    public init() {}

    /// Simulates one step. Throws `deadlock` where ranks wait for each other forever, and where times do not fit the order.
    public mutating func run(
        _ order: ScheduleOrder, _ times: StageTimes, perturbation: Perturbation? = nil
    ) throws(ScheduleError) -> Result {
        guard times.isPlain && (perturbation?.jitter ?? 0) == 0 else {
            return try runInDetail(order, times, perturbation: perturbation).result
        }
        try prepare(order, times, perturbation, isDetailed: false)
        Worklist.drain(
            order, table, Worklist.Plain.self, arrival: &arrival, awaited: &awaited, position: &position, clocks: &rankEnd,
            busy: &rankBusy, runnable: &runnable, details: &details)
        try checkCompletion(order)
        return result(order)
    }

    /// As `run`, with everything that times can say, and with the start and end of every operation kept.
    mutating func runInDetail(
        _ order: ScheduleOrder, _ times: StageTimes, perturbation: Perturbation?
    ) throws(ScheduleError) -> (result: Result, around: AroundPipeline?) {
        try prepare(order, times, perturbation, isDetailed: true)
        details.reset(
            operations: order.operations.count, links: table.linkCount, sendsBlock: times.sendsBlock, perturbation: perturbation)
        Worklist.drain(
            order, table, Worklist.Detailed.self, arrival: &arrival, awaited: &awaited, position: &position, clocks: &rankEnd,
            busy: &rankBusy, runnable: &runnable, details: &details)
        try checkCompletion(order)
        var result = result(order)
        let around = times.dataParallel.map { AroundPipeline(order, $0, starts: details.starts, ends: details.ends, rankEnd: rankEnd) }
        if let around { result.makespan = max(result.makespan, around.end) }
        return (result, around)
    }

    private mutating func prepare(
        _ order: ScheduleOrder, _ times: StageTimes, _ perturbation: Perturbation?, isDetailed: Bool
    ) throws(ScheduleError) {
        try times.check(against: order)
        try perturbation?.check(ranks: order.rankCount)
        try table.fill(order, times, slowdown: perturbation?.slowdown ?? [], numbersLinks: isDetailed)
        table.resetArrivals(&arrival, order)
        let ranks = order.rankCount
        rankBusy.reset(0, ranks)
        rankStart.reset(0, ranks)
        rankEnd.reset(0, ranks)
        awaited.reset(-1, ranks)
        position.removeAll(keepingCapacity: true)
        position.append(contentsOf: order.rankStarts.dropLast())
        runnable.removeAll(keepingCapacity: true)
        for rank in (0..<ranks).reversed() { runnable.append(Int32(rank)) }
    }

    private mutating func result(_ order: ScheduleOrder) -> Result {
        var (end, span) = (0.0, 0.0)
        for rank in 0..<order.rankCount {
            guard let first = order.operations(ofRank: rank).first else { continue }
            rankStart[rank] = table.ready(first, arrival)
            end = max(end, rankEnd[rank])
            span = max(span, rankEnd[rank] - rankStart[rank])
        }
        return Result(makespan: end, span: span, pipelineEnd: end)
    }

    private func checkCompletion(_ order: ScheduleOrder) throws(ScheduleError) {
        for rank in 0..<order.rankCount where position[rank] < order.rankStarts[rank + 1] {
            throw .deadlock(cycle: DeadlockCycle(order, position).names(from: rank))
        }
    }
}

extension Array {
    /// Makes this `count` equal elements without giving up its buffer.
    mutating func reset(_ element: Element, _ count: Int) {
        removeAll(keepingCapacity: true)
        append(contentsOf: repeatElement(element, count: count))
    }
}
