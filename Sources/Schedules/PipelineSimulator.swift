/// Runs an order against times: the longest path through operations whose order on each rank is fixed.
///
/// A rank works through its program until an operation's input has not arrived; the operation that produces it puts the rank back on the
/// list of ranks that can go on. Every operation is visited once and nothing is sorted, so a run is linear in the number of operations.
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

    /// When inputs arrive, in runs that are kept; see `StageTable.place`.
    private(set) var arrival: [Double] = []
    private(set) var table = StageTable()
    /// What kept runs keep.
    private(set) var details = Worklist.Details()
    var streamed = StreamedRun()
    private var position: [Int] = []
    private var awaited: [Int] = []
    private var runnable: [Int32] = []

    /// A simulator without buffers; the first run makes them.
    public init() {}

    /// Simulates one step. Throws `deadlock` where ranks wait for each other forever, and where times do not fit the order.
    public mutating func run(
        _ order: ScheduleOrder, _ times: StageTimes, perturbation: Perturbation? = nil
    ) throws(ScheduleError) -> Result {
        try runWithSurroundings(order, times, perturbation: perturbation).result
    }

    /// As `run`, with what surrounds the pipeline; a charted run also records where every rank's time goes.
    mutating func runWithSurroundings(
        _ order: ScheduleOrder, _ times: StageTimes, perturbation: Perturbation?, isCharted: Bool = false
    ) throws(ScheduleError) -> (result: Result, around: AroundPipeline?) {
        guard order.passesInTurn else { return try runKept(order, times, perturbation: perturbation) }
        let isDetailed = !times.isPlain || (perturbation?.jitter ?? 0) > 0
        try prepare(order, times, perturbation, numbersLinks: isDetailed)
        if isCharted { streamed.recorder.reset(ranks: order.rankCount, length: work(order)) }
        let ends =
            switch (isDetailed, isCharted) {
            case (false, false): streamed.run(order, table, StreamedRun.Plain.self)
            case (false, true): streamed.run(order, table, StreamedRun.PlainChart.self)
            case (true, false):
                streamed.run(order, table, StreamedRun.Detailed.self, sendsBlock: times.sendsBlock, perturbation: perturbation)
            case (true, true):
                streamed.run(order, table, StreamedRun.DetailedChart.self, sendsBlock: times.sendsBlock, perturbation: perturbation)
            }
        // A run that keeps everything can say which operations wait for each other.
        guard ends else { return try runKept(order, times, perturbation: perturbation) }
        for (rank, cursor) in streamed.cursors.enumerated() {
            rankBusy[rank] = cursor.worked
            rankStart[rank] = max(cursor.started, 0)
            rankEnd[rank] = cursor.clock
        }
        return surrounded(result(), order, times) { streamed.lastBackwards[$0] }
    }

    /// The most that a rank computes, s: no step is shorter.
    private func work(_ order: ScheduleOrder) -> Double {
        (0..<order.rankCount).map { rank in
            order.program.runs(ofRank: rank).reduce(0) { sum, run in
                sum + Double(run.rounds) * order.program.round(run).reduce(0) { $0 + table.duration($1) }
            }
        }.max() ?? 0
    }

    /// As `run`, for any order, with the start and end of every operation kept.
    mutating func runKept(
        _ order: ScheduleOrder, _ times: StageTimes, perturbation: Perturbation?
    ) throws(ScheduleError) -> (result: Result, around: AroundPipeline?) {
        try prepare(order, times, perturbation, numbersLinks: true)
        let ranks = order.rankCount
        arrival.reset(-1, table.edgeCount * order.microBatches)
        awaited.reset(-1, ranks)
        position.removeAll(keepingCapacity: true)
        position.append(contentsOf: order.rankStarts.dropLast())
        runnable.removeAll(keepingCapacity: true)
        for rank in (0..<ranks).reversed() { runnable.append(Int32(rank)) }
        details.reset(order, links: table.linkCount, sendsBlock: times.sendsBlock, perturbation: perturbation)
        Worklist.drain(
            order, table, arrival: &arrival, awaited: &awaited, position: &position, clocks: &rankEnd, busy: &rankBusy,
            runnable: &runnable, details: &details)
        for rank in 0..<ranks where position[rank] < order.rankStarts[rank + 1] {
            throw .deadlock(cycle: DeadlockCycle(order, position).names(from: rank))
        }
        for rank in 0..<ranks where order.rankStarts[rank] < order.rankStarts[rank + 1] {
            rankStart[rank] = table.ready(details.operations[order.rankStarts[rank]], arrival)
        }
        let last = details.lastBackwards(order)
        return surrounded(result(), order, times) { last[$0] }
    }

    private mutating func prepare(
        _ order: ScheduleOrder, _ times: StageTimes, _ perturbation: Perturbation?, numbersLinks: Bool
    ) throws(ScheduleError) {
        try times.check(against: order)
        try perturbation?.check(ranks: order.rankCount)
        table.fill(order, times, slowdown: perturbation?.slowdown ?? [], numbersLinks: numbersLinks)
        rankBusy.reset(0, order.rankCount)
        rankStart.reset(0, order.rankCount)
        rankEnd.reset(0, order.rankCount)
    }

    private func result() -> Result {
        let end = rankEnd.max() ?? 0
        return Result(makespan: end, span: zip(rankEnd, rankStart).map { $0 - $1 }.max() ?? 0, pipelineEnd: end)
    }

    /// A result with what surrounds the pipeline.
    private func surrounded(
        _ result: Result, _ order: ScheduleOrder, _ times: StageTimes, _ last: (Int) -> StreamedRun.LastBackward
    ) -> (result: Result, around: AroundPipeline?) {
        var result = result
        let around = times.dataParallel.map {
            AroundPipeline(order, $0, lastBackwards: (0..<order.stageCount).map(last), rankEnd: rankEnd)
        }
        if let around { result.makespan = max(result.makespan, around.end) }
        return (result, around)
    }
}

extension Array {
    /// Makes this `count` equal elements without giving up its buffer.
    mutating func reset(_ element: Element, _ count: Int) {
        removeAll(keepingCapacity: true)
        append(contentsOf: repeatElement(element, count: count))
    }
}
