/// The simulator's loop: ranks that can go on, each worked off until it must wait.
///
/// The arrays come one by one, since spans of several properties of one value would exclude each other.
enum Worklist {
    /// Whether a run keeps to durations and latencies; the compiler makes one loop for each.
    protocol Mode {
        static var isDetailed: Bool { get }
    }

    /// Durations and latencies only.
    enum Plain: Mode {
        static var isDetailed: Bool { false }
    }

    /// Also links that messages occupy, sends that block, gathers, jitter; keeps starts and ends.
    enum Detailed: Mode {
        static var isDetailed: Bool { true }
    }

    /// What only detailed runs read and write.
    struct Details: Sendable {
        /// Start and end of every operation, s, by its index in the order.
        var starts: [Double] = []
        var ends: [Double] = []
        /// When each direction of a link can take its next message, s.
        var linkFree: [Double] = []
        var sendsBlock = false
        var perturbation = Perturbation()

        mutating func reset(operations: Int, links: Int, sendsBlock: Bool, perturbation: Perturbation?) {
            starts.reset(0, operations)
            ends.reset(0, operations)
            linkFree.reset(0, links)
            self.sendsBlock = sendsBlock
            self.perturbation = perturbation ?? Perturbation()
        }

        /// Puts a message on its link when the link is free; when it arrives.
        @inline(__always)
        mutating func send(_ row: StageTable.Row, _ end: Double) -> Double {
            let link = Int(row.link)
            let departs = max(end, linkFree[link])
            linkFree[link] = departs + row.transfer
            return departs + row.transfer + row.latency
        }
    }

    /// Works off every rank in `runnable` and all that they wake. Ranks that wait forever are left short of their end in `position`.
    static func drain<M: Mode>(
        _ order: ScheduleOrder, _ table: StageTable, _: M.Type, arrival arrivals: inout [Double], awaited awaitedRows: inout [Int32],
        position positions: inout [Int], clocks rankClocks: inout [Double], busy rankBusy: inout [Double], runnable: inout [Int32],
        details: inout Details
    ) {
        let operations = order.operations.span
        let rankStarts = order.rankStarts.span
        let rows = table.rows.span
        let pairs = table.pairs.span
        var arrival = arrivals.mutableSpan
        var awaited = awaitedRows.mutableSpan
        var position = positions.mutableSpan
        var clocks = rankClocks.mutableSpan
        var busy = rankBusy.mutableSpan
        let jitters = M.isDetailed && details.perturbation.jitter > 0

        while let next = runnable.popLast() {
            let rank = Int(next)
            let end = rankStarts[unchecked: rank + 1]
            var index = position[unchecked: rank]
            var clock = clocks[unchecked: rank]
            var worked = busy[unchecked: rank]
            while index < end {
                let word = operations[unchecked: index].word
                let row = rows[unchecked: Int(word >> 18 & 0x3FFF)]
                let microBatch = Int32(truncatingIfNeeded: word & 0x3FFFF)
                let needed = row.needs &+ microBatch
                var ready = arrival[unchecked: Int(needed)]
                if ready < 0 {
                    awaited[unchecked: rank] = needed
                    break
                }
                var duration = row.duration
                let isPair = word >> 32 != 0
                if isPair {
                    let half = rows[unchecked: Int(word >> 50)]
                    let alsoNeeded = half.needs &+ Int32(truncatingIfNeeded: word >> 32 & 0x3FFFF)
                    let alsoReady = arrival[unchecked: Int(alsoNeeded)]
                    if alsoReady < 0 {
                        awaited[unchecked: rank] = alsoNeeded
                        break
                    }
                    ready = max(ready, alsoReady)
                    duration = pairs[unchecked: Int(word >> 20 & 0xFFF)].forward + pairs[unchecked: Int(word >> 52)].backward
                }
                if M.isDetailed {
                    ready = max(ready, row.earliest)
                    if jitters { duration *= details.perturbation.factor(index) }
                }
                let start = max(clock, ready)
                let ended = start + duration
                clock = ended
                worked += duration
                if M.isDetailed {
                    details.starts[index] = start
                    details.ends[index] = ended
                }
                var arrives = ended + row.latency
                if M.isDetailed && row.link >= 0 {
                    arrives = details.send(row, ended)
                    if details.sendsBlock { clock = arrives }
                }
                let fed = row.feeds &+ microBatch
                arrival[unchecked: Int(fed)] = arrives
                if awaited[unchecked: Int(row.consumer)] == fed {
                    awaited[unchecked: Int(row.consumer)] = -1
                    runnable.append(row.consumer)
                }
                if isPair {
                    let half = rows[unchecked: Int(word >> 50)]
                    var arrives = ended + half.latency
                    if M.isDetailed && half.link >= 0 {
                        arrives = details.send(half, ended)
                        if details.sendsBlock { clock = max(clock, arrives) }
                    }
                    let fed = half.feeds &+ Int32(truncatingIfNeeded: word >> 32 & 0x3FFFF)
                    arrival[unchecked: Int(fed)] = arrives
                    if awaited[unchecked: Int(half.consumer)] == fed {
                        awaited[unchecked: Int(half.consumer)] = -1
                        runnable.append(half.consumer)
                    }
                }
                index += 1
            }
            position[unchecked: rank] = index
            clocks[unchecked: rank] = clock
            busy[unchecked: rank] = worked
        }
    }
}
