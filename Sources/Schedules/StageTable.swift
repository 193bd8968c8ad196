/// What the simulator's loop must know about an operation, looked up by stage and kind, so that the loop has no case distinctions.
///
/// Arrivals lie in one array, a row of m micro-batches for each edge between stages: `needs` is where an operation's input arrives, `feeds`
/// where its output does. Weight gradients need a row that is always there and feed one that nobody reads; so do the ends of a chain.
struct StageTable: Sendable {
    struct Row {
        /// Seconds on the rank.
        var duration = 0.0
        /// Seconds on the way to the consumer.
        var latency = 0.0
        /// Seconds on the link, during which it is taken.
        var transfer = 0.0
        /// No earlier than this, for parameters that must be gathered.
        var earliest = 0.0
        var needs: Int32 = 0
        var feeds: Int32 = 0
        /// The rank that reads the output.
        var consumer: Int32 = 0
        /// The direction of a link that carries the output; −1 where it stays on the rank.
        var link: Int32 = -1
    }

    /// Rows at stage · 4 + kind.
    private(set) var rows: [Row] = []
    /// What the two halves of an overlapped pair bring to its duration, by stage.
    private(set) var pairs: [(forward: Double, backward: Double)] = []
    private(set) var linkCount = 0
    private var arrivalRows = 0
    private var microBatches = 0

    /// Looks every stage up; only detailed runs need links numbered.
    mutating func fill(_ order: ScheduleOrder, _ times: StageTimes, slowdown: [Double], numbersLinks: Bool) throws(ScheduleError) {
        let (length, chains) = (order.chainLength, order.chainCount)
        microBatches = order.microBatches
        arrivalRows = 2 * chains * (length + 1) + 2
        guard arrivalRows * microBatches <= Int(Int32.max) else {
            throw .tooLarge(what: "stages times micro-batches", value: arrivalRows * microBatches, limit: Int(Int32.max))
        }
        rows.reset(Row(), 4 * order.stageCount)
        pairs.reset((0, 0), order.stageCount)
        var links = numbersLinks ? LinkNumbers(ranks: order.rankCount) : nil
        for global in 0..<order.stageCount {
            let (chain, stage) = global.quotientAndRemainder(dividingBy: length)
            let factor = slowdown.isEmpty ? 1 : slowdown[Int(order.stageRanks[global])]
            pairs[global] = (times.pairedForward[stage] * factor, times.pairedBackward[stage] * factor)

            var forward = row(order, times, &links, from: global, to: stage + 1 < length ? global + 1 : global)
            forward.duration = times.forward[stage] * factor
            forward.needs = index(forwardRow(chain, stage, length))
            forward.feeds = index(forwardRow(chain, stage + 1, length))

            var backward = row(order, times, &links, from: global, to: stage > 0 ? global - 1 : global)
            backward.needs = index(backwardRow(chains, chain, stage + 1, length))
            backward.feeds = index(backwardRow(chains, chain, stage, length))

            var weight = Row()
            weight.duration = times.backwardWeight[stage] * factor
            weight.needs = index(arrivalRows - 2)
            weight.feeds = index(arrivalRows - 1)
            weight.consumer = order.stageRanks[global]

            var input = backward
            input.duration = times.backwardInput[stage] * factor
            backward.duration = times.backward[stage] * factor
            rows[4 * global + Int(PipelineOperation.Kind.forward.rawValue)] = forward
            rows[4 * global + Int(PipelineOperation.Kind.backwardInput.rawValue)] = input
            rows[4 * global + Int(PipelineOperation.Kind.backwardWeight.rawValue)] = weight
            rows[4 * global + Int(PipelineOperation.Kind.backward.rawValue)] = backward
        }
        linkCount = links?.count ?? 0
        if let around = times.dataParallel, around.gathersUnderForward {
            let gathers = ParameterGathers(order, around, start: Array(repeating: 0, count: order.rankCount))
            for stage in 0..<order.stageCount {
                rows[4 * stage].earliest = gathers.forwardReady(stage, forward: rows[4 * stage].duration)
            }
        }
    }

    /// Clears arrivals: nothing has arrived but the inputs of first stages, the gradients of last ones, and what weight gradients need.
    func resetArrivals(_ arrival: inout [Double], _ order: ScheduleOrder) {
        arrival.reset(-1, arrivalRows * microBatches)
        let length = order.chainLength
        for chain in 0..<order.chainCount {
            for row in [forwardRow(chain, 0, length), backwardRow(order.chainCount, chain, length, length), arrivalRows - 2] {
                for microBatch in 0..<microBatches { arrival[row * microBatches + microBatch] = 0 }
            }
        }
    }

    /// When an operation's inputs have arrived, or `earliest` if that is later.
    func ready(_ operation: PipelineOperation, _ arrival: [Double]) -> Double {
        let row = rows[Int(operation.word >> 18 & 0x3FFF)]
        let ready = max(row.earliest, arrival[Int(row.needs) + operation.microBatch])
        guard operation.isPair else { return ready }
        let backward = rows[Int(operation.word >> 50)]
        return max(ready, arrival[Int(backward.needs) + operation.pairedMicroBatch])
    }

    /// The row of an operation, or of a pair's backward half.
    func row(_ operation: PipelineOperation, ofPairedHalf: Bool = false) -> Row {
        rows[Int(ofPairedHalf ? operation.word >> 50 : operation.word >> 18 & 0x3FFF)]
    }

    private func index(_ row: Int) -> Int32 { Int32(row * microBatches) }

    /// Row of the inputs of a stage, s = 0…L; row L holds outputs of the last stage, which nobody reads.
    private func forwardRow(_ chain: Int, _ stage: Int, _ length: Int) -> Int { chain * (length + 1) + stage }

    /// Row of the gradients that stage s − 1 takes in, s = 0…L; row 0 holds gradients of the model's input, which nobody reads.
    private func backwardRow(_ chains: Int, _ chain: Int, _ edge: Int, _ length: Int) -> Int { (chains + chain) * (length + 1) + edge }

    /// A row that sends from one stage's rank to another's.
    private func row(_ order: ScheduleOrder, _ times: StageTimes, _ links: inout LinkNumbers?, from: Int, to: Int) -> Row {
        let (sender, receiver) = (Int(order.stageRanks[from]), Int(order.stageRanks[to]))
        var row = Row()
        row.consumer = Int32(receiver)
        guard sender != receiver else { return row }
        row.latency = StageTimes.value(times.linkLatency, from: sender, to: receiver, ranks: order.rankCount)
        row.transfer = StageTimes.value(times.linkTransfer, from: sender, to: receiver, ranks: order.rankCount)
        row.link = links?.number(from: sender, to: receiver) ?? -1
        return row
    }
}

/// Numbers the directions of links in the order of their first use.
private struct LinkNumbers {
    let ranks: Int
    private var numbers: [Int: Int32] = [:]

    init(ranks: Int) { self.ranks = ranks }

    var count: Int { numbers.count }

    mutating func number(from: Int, to: Int) -> Int32 {
        let key = from * ranks + to
        if let number = numbers[key] { return number }
        let number = Int32(numbers.count)
        numbers[key] = number
        return number
    }
}
