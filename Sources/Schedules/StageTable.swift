/// What the simulator's loop must know about an operation, looked up by stage and kind, so that the loop has no case distinctions.
///
/// Stages are joined by edges, one each way: `needs` is the edge on which an operation's input arrives, `feeds` the one on which its output
/// leaves. The ends of a chain and weight gradients need nothing and feed nobody.
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
        var needs: Int32 = -1
        var feeds: Int32 = -1
        /// The rank that reads the output.
        var consumer: Int32 = 0
        /// The direction of a link that carries the output; −1 where it stays on the rank.
        var link: Int32 = -1
    }

    /// Rows at stage · 4 + kind.
    private(set) var rows: [Row] = []
    /// What the two halves of an overlapped pair bring to its duration, by stage.
    private(set) var pairs: [(forward: Double, backward: Double)] = []
    /// Seconds that a message is on its way, by edge.
    private(set) var edgeTimes: [Double] = []
    private(set) var linkCount = 0
    /// Edges between stages.
    private(set) var edgeCount = 0
    private(set) var microBatches = 0

    /// Looks every stage up; links have numbers where messages occupy them or are drawn.
    mutating func fill(_ order: ScheduleOrder, _ times: StageTimes, slowdown: [Double], numbersLinks: Bool) {
        let (length, chains) = (order.chainLength, order.chainCount)
        microBatches = order.microBatches
        edgeCount = 2 * chains * (length - 1)
        rows.reset(Row(), 4 * order.stageCount)
        edgeTimes.reset(0, edgeCount)
        pairs.reset((0, 0), order.stageCount)
        var links = numbersLinks ? LinkNumbers(ranks: order.rankCount) : nil
        for global in 0..<order.stageCount {
            let (chain, stage) = global.quotientAndRemainder(dividingBy: length)
            let factor = slowdown.isEmpty ? 1 : slowdown[Int(order.stageRanks[global])]
            pairs[global] = (times.pairedForward[stage] * factor, times.pairedBackward[stage] * factor)

            var forward = row(order, times, &links, from: global, to: stage + 1 < length ? global + 1 : global)
            forward.duration = times.forward[stage] * factor
            forward.needs = forwardEdge(chain, into: stage, length)
            forward.feeds = forwardEdge(chain, into: stage + 1, length)

            var backward = row(order, times, &links, from: global, to: stage > 0 ? global - 1 : global)
            backward.needs = backwardEdge(chains, chain, outOf: stage + 1, length)
            backward.feeds = backwardEdge(chains, chain, outOf: stage, length)

            for row in [forward, backward] where row.feeds >= 0 { edgeTimes[Int(row.feeds)] = row.latency + row.transfer }

            var weight = Row()
            weight.duration = times.backwardWeight[stage] * factor
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

    /// When an operation's inputs have arrived, or `earliest` if that is later, from the arrivals of a run that kept them.
    func ready(_ operation: PipelineOperation, _ arrival: [Double]) -> Double {
        let row = row(operation)
        var ready = row.earliest
        if row.needs >= 0 { ready = max(ready, arrival[place(row.needs, operation.microBatch)]) }
        guard operation.isPair else { return ready }
        let half = self.row(operation, ofPairedHalf: true)
        return half.needs < 0 ? ready : max(ready, arrival[place(half.needs, operation.pairedMicroBatch)])
    }

    /// Seconds that an operation takes without jitter.
    func duration(_ operation: PipelineOperation) -> Double {
        operation.isPair ? pairs[operation.stage].forward + pairs[operation.pairedStage].backward : row(operation).duration
    }

    /// Where a run that keeps arrivals has that of a micro-batch on an edge.
    @inline(__always)
    func place(_ edge: Int32, _ microBatch: Int) -> Int { Int(edge) * microBatches + microBatch }

    /// The row of an operation, or of a pair's backward half.
    func row(_ operation: PipelineOperation, ofPairedHalf: Bool = false) -> Row {
        rows[Int(ofPairedHalf ? operation.word >> 50 : operation.word >> 18 & 0x3FFF)]
    }

    /// The edge into a stage; −1 into the first and out of the last.
    private func forwardEdge(_ chain: Int, into stage: Int, _ length: Int) -> Int32 {
        stage == 0 || stage == length ? -1 : Int32(chain * (length - 1) + stage - 1)
    }

    /// The edge for gradients from a stage to the one before; −1 out of the first and into the last.
    private func backwardEdge(_ chains: Int, _ chain: Int, outOf stage: Int, _ length: Int) -> Int32 {
        stage == 0 || stage == length ? -1 : Int32((chains + chain) * (length - 1) + stage - 1)
    }

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
