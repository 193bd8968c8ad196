/// Runs an order whose stages pass micro-batches on in turn, and keeps nothing of what it has read.
///
/// Neighbours take micro-batches in the order in which they are passed on, so that an edge is a queue of arrivals and a micro-batch needs no
/// number. A rank works until its next input has not arrived, or until it is far ahead of the others, which keeps queues short: a run of
/// tens of millions of operations stays in the cache. What it computes is what `Worklist` does, bit for bit.
struct StreamedRun: Sendable {
    /// What a run does besides adding up; the compiler makes one loop for each.
    protocol Mode {
        /// Whether links, blocking sends, gathers and jitter count, and last backwards are noted.
        static var isDetailed: Bool { get }
        /// Whether every operation goes into `recorder`.
        static var isCharted: Bool { get }
    }

    enum Plain: Mode {
        static var isDetailed: Bool { false }
        static var isCharted: Bool { false }
    }

    enum Detailed: Mode {
        static var isDetailed: Bool { true }
        static var isCharted: Bool { false }
    }

    enum PlainChart: Mode {
        static var isDetailed: Bool { false }
        static var isCharted: Bool { true }
    }

    enum DetailedChart: Mode {
        static var isDetailed: Bool { true }
        static var isCharted: Bool { true }
    }

    /// How far a rank is in its program: one line of the cache.
    struct Cursor: Sendable {
        /// End of the last operation, s.
        var clock = 0.0
        /// Time it computed, s.
        var worked = 0.0
        /// When the first operation's input was there, s; −1 before.
        var started = -1.0
        /// Operations done.
        var done = 0
        /// The next operation, and the round that it belongs to, in the program's words.
        var place: Int32 = 0
        var roundStart: Int32 = 0
        var roundEnd: Int32 = 0
        /// Rounds after this one.
        var roundsLeft: Int32 = 0
        /// The next run, and the one that belongs to the next rank.
        var run: Int32
        var endRun: Int32
        /// The edge on which it waits; −1 for none.
        var awaited: Int32 = -1

        /// Whether nothing is left to do.
        var isDone: Bool { run == endRun && place == roundEnd && roundsLeft == 0 }
    }

    /// Arrivals on an edge that nobody has taken: a ring in `arrivals`, whose length is a power of two.
    struct Queue: Sendable {
        var start: Int32
        var mask: Int32
        var head: Int32 = 0
        var tail: Int32 = 0
    }

    /// The last operation that adds to a stage's weight gradient.
    struct LastBackward: Hashable, Sendable {
        var start = 0.0
        var end = 0.0
        /// Its number on its rank; −1 for none.
        var number = -1
    }

    private(set) var cursors: [Cursor] = []
    private(set) var lastBackwards: [LastBackward] = []
    private var queues: [Queue] = []
    private var arrivals: [Double] = []
    private var runnable = RankDeque()
    private var linkFree: [Double] = []
    /// Where every rank's time goes, column by column; filled by charted runs.
    var recorder = ColumnRecorder()

    /// Operations that a rank does in a row.
    private static let stretch = 64
    /// Arrivals that an edge has room for at first.
    private static let room: Int32 = 32

    /// Runs an order to its end; false where ranks wait for each other forever.
    mutating func run<M: Mode>(
        _ order: ScheduleOrder, _ table: StageTable, _ mode: M.Type, sendsBlock: Bool = false, perturbation: Perturbation? = nil
    ) -> Bool {
        prepare(order, table)
        if M.isDetailed {
            linkFree.reset(0, table.linkCount)
            lastBackwards.reset(LastBackward(), order.stageCount)
        }
        let program = order.program
        let disturbed = perturbation ?? Perturbation()
        var open = recorder.open
        defer { recorder.open = open }
        while let full = Self.drain(
            program, table, mode, sendsBlock, disturbed, cursors: &cursors, queues: &queues, arrivals: &arrivals, linkFree: &linkFree,
            lastBackwards: &lastBackwards, runnable: &runnable, recorder: &recorder, open: &open)
        {
            grow(full)
        }
        return cursors.allSatisfy(\.isDone)
    }

    private mutating func prepare(_ order: ScheduleOrder, _ table: StageTable) {
        cursors.removeAll(keepingCapacity: true)
        runnable.reset(order.rankCount)
        for rank in 0..<order.rankCount {
            cursors.append(Cursor(run: Int32(order.program.rankRuns[rank]), endRun: Int32(order.program.rankRuns[rank + 1])))
        }
        for rank in (0..<order.rankCount).reversed() { runnable.push(Int32(rank)) }
        queues.removeAll(keepingCapacity: true)
        for edge in 0..<Int32(table.edgeCount) { queues.append(Queue(start: edge * Self.room, mask: Self.room - 1)) }
        arrivals.reset(0, table.edgeCount * Int(Self.room))
    }

    /// Doubles a queue's room, behind all others.
    private mutating func grow(_ edge: Int32) {
        let queue = queues[Int(edge)]
        let room = queue.mask + 1
        let start = arrivals.count
        arrivals.append(contentsOf: repeatElement(0, count: 2 * Int(room)))
        for index in 0..<room { arrivals[start + Int(index)] = arrivals[Int(queue.start + (queue.head &+ index) & queue.mask)] }
        queues[Int(edge)] = Queue(start: Int32(start), mask: 2 * room - 1, head: 0, tail: room)
    }

    /// Works off every rank in `runnable` and all that they wake; the edge whose queue is full where one is.
    ///
    /// The arrays come one by one, since spans of several properties of one value would exclude each other.
    private static func drain<M: Mode>(
        _ program: OrderProgram, _ table: StageTable, _: M.Type, _ sendsBlock: Bool, _ perturbation: Perturbation,
        cursors allCursors: inout [Cursor], queues allQueues: inout [Queue], arrivals allArrivals: inout [Double],
        linkFree allLinks: inout [Double], lastBackwards allBackwards: inout [LastBackward], runnable: inout RankDeque,
        recorder: inout ColumnRecorder, open allOpen: inout [Double]
    ) -> Int32? {
        let words = program.words.span
        let runs = program.runs.span
        let rankStarts = program.rankStarts.span
        let rows = table.rows.span
        let pairs = table.pairs.span
        let edgeTimes = table.edgeTimes.span
        var cursors = allCursors.mutableSpan
        var queues = allQueues.mutableSpan
        var arrivals = allArrivals.mutableSpan
        var linkFree = allLinks.mutableSpan
        var lastBackwards = allBackwards.mutableSpan
        var open = allOpen.mutableSpan
        var full: Int32?

        ranks: while full == nil, let next = runnable.pop() {
            let rank = Int(next)
            var cursor = cursors[unchecked: rank]
            var left = stretch
            operations: while true {
                if cursor.place == cursor.roundEnd {
                    if cursor.roundsLeft > 0 {
                        cursor.roundsLeft -= 1
                        cursor.place = cursor.roundStart
                    } else if cursor.run < cursor.endRun {
                        let run = runs[unchecked: Int(cursor.run)]
                        cursor.run += 1
                        cursor.place = run.start
                        cursor.roundStart = run.start
                        cursor.roundEnd = run.start &+ run.length
                        cursor.roundsLeft = run.rounds - 1
                    } else {
                        break operations
                    }
                }
                guard left > 0 else {
                    runnable.pushBehind(next)
                    break operations
                }
                left -= 1
                let word = words[unchecked: Int(cursor.place)]
                let row = rows[unchecked: Int(word >> 18 & 0x3FFF)]
                var ready = 0.0
                var waitedOn = row.needs
                if row.needs >= 0 {
                    let queue = queues[unchecked: Int(row.needs)]
                    if queue.head == queue.tail {
                        cursor.awaited = row.needs
                        break operations
                    }
                    ready = arrivals[unchecked: Int(queue.start &+ queue.head & queue.mask)]
                }
                var duration = row.duration
                let isPair = word >> 32 != 0
                var half = row
                if isPair {
                    half = rows[unchecked: Int(word >> 50)]
                    if half.needs >= 0 {
                        let queue = queues[unchecked: Int(half.needs)]
                        if queue.head == queue.tail {
                            cursor.awaited = half.needs
                            break operations
                        }
                        let alsoReady = arrivals[unchecked: Int(queue.start &+ queue.head & queue.mask)]
                        if alsoReady > ready { (ready, waitedOn) = (alsoReady, half.needs) }
                    }
                    duration = pairs[unchecked: Int(word >> 20 & 0xFFF)].forward + pairs[unchecked: Int(word >> 52)].backward
                }
                if isFull(row.feeds, queues) { full = row.feeds }
                if isPair, isFull(half.feeds, queues) { full = half.feeds }
                if full != nil {
                    runnable.push(next)
                    break operations
                }
                if row.needs >= 0 { queues[unchecked: Int(row.needs)].head &+= 1 }
                if isPair, half.needs >= 0 { queues[unchecked: Int(half.needs)].head &+= 1 }
                if M.isDetailed {
                    ready = max(ready, row.earliest)
                    if perturbation.jitter > 0 { duration *= perturbation.factor(rankStarts[unchecked: rank] + cursor.done) }
                }
                if cursor.done == 0 { cursor.started = ready }
                let start = max(cursor.clock, ready)
                let ended = start + duration
                if M.isCharted {
                    let kind = isPair ? Int(Timeline.Kind.overlappedPair.rawValue) : Int(word >> 18 & 3)
                    if ready > cursor.clock, waitedOn >= 0 {
                        let from = max(cursor.clock, ready - edgeTimes[unchecked: Int(waitedOn)])
                        record(rank, ColumnRecorder.waiting, from, ready, &open, &recorder)
                    }
                    record(rank, kind, start, ended, &open, &recorder)
                }
                cursor.clock = ended
                cursor.worked += duration
                if M.isDetailed {
                    let stage = isPair ? Int(word >> 52) : Int(word >> 20 & 0xFFF)
                    if isPair || word >> 18 & 3 >= firstThatEndsABackward {
                        lastBackwards[unchecked: stage] = LastBackward(start: start, end: ended, number: cursor.done)
                    }
                }
                cursor.done += 1
                cursor.place += 1

                var arrives = ended + row.latency
                if M.isDetailed, row.link >= 0 {
                    arrives = send(row, ended, &linkFree)
                    if sendsBlock { cursor.clock = arrives }
                }
                if row.feeds >= 0 {
                    pass(row, arrives, &queues, &arrivals)
                    if cursors[unchecked: Int(row.consumer)].awaited == row.feeds {
                        cursors[unchecked: Int(row.consumer)].awaited = -1
                        runnable.push(row.consumer)
                    }
                }
                guard isPair else { continue }
                arrives = ended + half.latency
                if M.isDetailed, half.link >= 0 {
                    arrives = send(half, ended, &linkFree)
                    if sendsBlock { cursor.clock = max(cursor.clock, arrives) }
                }
                if half.feeds >= 0 {
                    pass(half, arrives, &queues, &arrivals)
                    if cursors[unchecked: Int(half.consumer)].awaited == half.feeds {
                        cursors[unchecked: Int(half.consumer)].awaited = -1
                        runnable.push(half.consumer)
                    }
                }
            }
            cursors[unchecked: rank] = cursor
        }
        return full
    }

    /// Adds an operation to its rank's open column, or passes on to the next one.
    @inline(__always)
    private static func record(
        _ rank: Int, _ kind: Int, _ start: Double, _ end: Double, _ open: inout MutableSpan<Double>, _ recorder: inout ColumnRecorder
    ) {
        let base = rank * ColumnRecorder.stride
        if end <= open[unchecked: base + ColumnRecorder.stride - 1] {
            open[unchecked: base + kind] += end - start
            return
        }
        var sums = SIMD8<Double>.zero
        for place in 0..<ColumnRecorder.stride { sums[place] = open[unchecked: base + place] }
        sums = recorder.pass(rank, kind, from: start, to: end, open: sums)
        for place in 0..<ColumnRecorder.stride { open[unchecked: base + place] = sums[place] }
    }

    /// Weight gradients and whole backwards, whose kinds are the last two, add to a stage's weight gradient.
    private static let firstThatEndsABackward = UInt64(PipelineOperation.Kind.backwardWeight.rawValue)

    @inline(__always)
    private static func isFull(_ edge: Int32, _ queues: borrowing MutableSpan<Queue>) -> Bool {
        guard edge >= 0 else { return false }
        let queue = queues[unchecked: Int(edge)]
        return queue.tail &- queue.head > queue.mask
    }

    @inline(__always)
    private static func pass(
        _ row: StageTable.Row, _ time: Double, _ queues: inout MutableSpan<Queue>, _ arrivals: inout MutableSpan<Double>
    ) {
        let queue = queues[unchecked: Int(row.feeds)]
        arrivals[unchecked: Int(queue.start &+ queue.tail & queue.mask)] = time
        queues[unchecked: Int(row.feeds)].tail = queue.tail &+ 1
    }

    /// Puts a message on its link when the link is free; when it arrives.
    @inline(__always)
    private static func send(_ row: StageTable.Row, _ end: Double, _ linkFree: inout MutableSpan<Double>) -> Double {
        let departs = max(end, linkFree[unchecked: Int(row.link)])
        linkFree[unchecked: Int(row.link)] = departs + row.transfer
        return departs + row.transfer + row.latency
    }
}
