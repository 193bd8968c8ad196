/// The loop of runs that are kept: ranks that can go on, each worked off until it must wait.
///
/// It takes any order, also one whose stages take micro-batches out of turn, and keeps every arrival, start and end for pictures.
/// `StreamedRun` is the fast one. The arrays come one by one, since spans of several properties of one value would exclude each other.
enum Worklist {
    /// What a run keeps, and what disturbs it.
    struct Details: Sendable {
        /// Every rank's operations, one rank after the other.
        var operations: [PipelineOperation] = []
        /// Start and end of every operation, s, by its index in the order.
        var starts: [Double] = []
        var ends: [Double] = []
        /// When each direction of a link can take its next message, s.
        var linkFree: [Double] = []
        var sendsBlock = false
        var perturbation = Perturbation()

        mutating func reset(_ order: ScheduleOrder, links: Int, sendsBlock: Bool, perturbation: Perturbation?) {
            operations = order.operations
            starts.reset(0, operations.count)
            ends.reset(0, operations.count)
            linkFree.reset(0, links)
            self.sendsBlock = sendsBlock
            self.perturbation = perturbation ?? Perturbation()
        }

        /// When an output arrives that was ready at `end`; a message waits for its link, and its rank maybe for it.
        @inline(__always)
        mutating func arrival(_ row: StageTable.Row, _ end: Double, clock: inout Double) -> Double {
            guard row.link >= 0 else { return end + row.latency }
            let link = Int(row.link)
            let departs = max(end, linkFree[link])
            linkFree[link] = departs + row.transfer
            let arrives = departs + row.transfer + row.latency
            if sendsBlock { clock = max(clock, arrives) }
            return arrives
        }
    }

    /// Puts an output where it is needed and wakes the rank that waits for it.
    @inline(__always)
    private static func deliver(
        _ table: StageTable, _ row: StageTable.Row, _ microBatch: Int, _ time: Double, _ arrival: inout MutableSpan<Double>,
        _ awaited: inout MutableSpan<Int>, _ runnable: inout [Int32]
    ) {
        guard row.feeds >= 0 else { return }
        let place = table.place(row.feeds, microBatch)
        arrival[unchecked: place] = time
        if awaited[unchecked: Int(row.consumer)] == place {
            awaited[unchecked: Int(row.consumer)] = -1
            runnable.append(row.consumer)
        }
    }

    /// Works off every rank in `runnable` and all that they wake. Ranks that wait forever are left short of their end in `position`.
    static func drain(
        _ order: ScheduleOrder, _ table: StageTable, arrival arrivals: inout [Double], awaited awaitedPlaces: inout [Int],
        position positions: inout [Int], clocks rankClocks: inout [Double], busy rankBusy: inout [Double], runnable: inout [Int32],
        details: inout Details
    ) {
        let all = details.operations
        let operations = all.span
        let starts = order.rankStarts
        let rankStarts = starts.span
        let rows = table.rows.span
        let pairs = table.pairs.span
        var arrival = arrivals.mutableSpan
        var awaited = awaitedPlaces.mutableSpan
        var position = positions.mutableSpan
        var clocks = rankClocks.mutableSpan
        var busy = rankBusy.mutableSpan
        let jitters = details.perturbation.jitter > 0

        while let next = runnable.popLast() {
            let rank = Int(next)
            let end = rankStarts[unchecked: rank + 1]
            var index = position[unchecked: rank]
            var clock = clocks[unchecked: rank]
            var worked = busy[unchecked: rank]
            while index < end {
                let word = operations[unchecked: index].word
                let row = rows[unchecked: Int(word >> 18 & 0x3FFF)]
                let microBatch = Int(word & 0x3FFFF)
                var ready = 0.0
                if row.needs >= 0 {
                    let needed = table.place(row.needs, microBatch)
                    ready = arrival[unchecked: needed]
                    if ready < 0 {
                        awaited[unchecked: rank] = needed
                        break
                    }
                }
                var duration = row.duration
                let isPair = word >> 32 != 0
                let half = isPair ? rows[unchecked: Int(word >> 50)] : row
                let pairedMicroBatch = Int(word >> 32 & 0x3FFFF)
                if isPair {
                    if half.needs >= 0 {
                        let alsoNeeded = table.place(half.needs, pairedMicroBatch)
                        let alsoReady = arrival[unchecked: alsoNeeded]
                        if alsoReady < 0 {
                            awaited[unchecked: rank] = alsoNeeded
                            break
                        }
                        ready = max(ready, alsoReady)
                    }
                    duration = pairs[unchecked: Int(word >> 20 & 0xFFF)].forward + pairs[unchecked: Int(word >> 52)].backward
                }
                ready = max(ready, row.earliest)
                if jitters { duration *= details.perturbation.factor(index) }
                let start = max(clock, ready)
                let ended = start + duration
                clock = ended
                worked += duration
                details.starts[index] = start
                details.ends[index] = ended
                let arrives = details.arrival(row, ended, clock: &clock)
                deliver(table, row, microBatch, arrives, &arrival, &awaited, &runnable)
                if isPair {
                    let arrives = details.arrival(half, ended, clock: &clock)
                    deliver(table, half, pairedMicroBatch, arrives, &arrival, &awaited, &runnable)
                }
                index += 1
            }
            position[unchecked: rank] = index
            clocks[unchecked: rank] = clock
            busy[unchecked: rank] = worked
        }
    }
}
