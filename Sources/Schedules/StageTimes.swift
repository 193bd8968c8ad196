/// What the operations of a pipeline cost: seconds for each stage of the model, for the links between ranks, and around the pipeline.
///
/// Lists of stages have one entry a stage of the model (`ScheduleOrder.chainLength`); a second replica in the other direction costs the same.
/// Cost models fill this; the simulator only adds.
public struct StageTimes: Hashable, Sendable {
    /// Forward of one micro-batch, s, expert and context communication that nothing hides included.
    public var forward: [Double]
    /// Input gradient, s; with activation recomputation, the second forward included.
    public var backwardInput: [Double]
    /// Weight gradient, s.
    public var backwardWeight: [Double]
    /// Both gradients in one operation, s.
    public var backward: [Double]
    /// The share of an overlapped pair's time that its forward's stage brings, s; a pair takes this plus `pairedBackward` of the other.
    public var pairedForward: [Double]
    /// The share of an overlapped pair's time that its backward's stage brings, s.
    public var pairedBackward: [Double]
    /// Time on the way from rank r to r + 1 (the last: to rank 0) and back in which the link can take the next message, s. Empty: none.
    /// Two ranks have one link, the first.
    public var linkLatency: [Double] = []
    /// Time for which a message between rank r and r + 1 occupies its direction of the link: bytes / bandwidth, s. Empty: none.
    public var linkTransfer: [Double] = []
    /// Whether a rank computes on while it sends, or waits until the message has arrived.
    public var sendsBlock = false
    /// Copies of activations to and from the host, within the times above; nil where none move.
    public var copies: StageCopies?
    /// Exchanges inside passes, within the times above, for pictures; nil where there are none.
    public var lanes: StageLanes?
    /// What activations and states weigh; nil to count chunks only.
    public var memory: StageMemory?
    /// Gradient reduction, parameter gathering and optimizer; nil for the pipeline alone.
    public var dataParallel: DataParallelTimes?

    /// Times of stages; the backward in one operation takes I + W, and a pair what its two halves take, until set otherwise.
    public init(forward: [Double], backwardInput: [Double], backwardWeight: [Double]) {
        self.forward = forward
        self.backwardInput = backwardInput
        self.backwardWeight = backwardWeight
        backward = zip(backwardInput, backwardWeight).map(+)
        pairedForward = forward
        pairedBackward = backward
    }

    /// The same times for each of `stages` stages.
    public init(stages: Int, forward: Double, backwardInput: Double, backwardWeight: Double) {
        self.init(
            forward: Array(repeating: forward, count: stages), backwardInput: Array(repeating: backwardInput, count: stages),
            backwardWeight: Array(repeating: backwardWeight, count: stages))
    }

    /// Makes an overlapped pair of any two stages take `factor` of what its halves take one after the other.
    public mutating func setOverlappedPair(factor: Double) {
        pairedForward = forward.map { $0 * factor }
        pairedBackward = backward.map { $0 * factor }
    }

    /// Gives every link between `ranks` ranks the same latency and transfer time, s.
    public mutating func setLinks(ranks: Int, latency: Double, transfer: Double = 0) {
        linkLatency = Array(repeating: latency, count: ranks)
        linkTransfer = transfer == 0 ? [] : Array(repeating: transfer, count: ranks)
    }

    /// Whether stages and pure latencies are all there is, which the simulator's fast path covers.
    var isPlain: Bool { linkTransfer.isEmpty && !sendsBlock && dataParallel == nil }

    /// The index of the link between two ranks; nil where they are not neighbours. Two ranks have one link, 0.
    static func link(from: Int, to: Int, ranks: Int) -> Int? {
        if ranks == 2 { return 0 }
        if to == (from + 1) % ranks { return from }
        if from == (to + 1) % ranks { return to }
        return nil
    }

    /// A value of a link between two ranks; where they are not neighbours, the largest of all links, since any of them may be crossed.
    static func value(_ links: [Double], from: Int, to: Int, ranks: Int) -> Double {
        if from == to || links.isEmpty { return 0 }
        guard let link = link(from: from, to: to, ranks: ranks) else { return links.max() ?? 0 }
        return links[link]
    }

    /// Throws where lists do not fit the order, or a value is negative, infinite or not a number.
    public func check(against order: ScheduleOrder) throws(ScheduleError) {
        let stages = order.chainLength
        try Self.check("forward times", forward, stages)
        try Self.check("input gradient times", backwardInput, stages)
        try Self.check("weight gradient times", backwardWeight, stages)
        try Self.check("backward times", backward, stages)
        try Self.check("paired forward times", pairedForward, stages)
        try Self.check("paired backward times", pairedBackward, stages)
        if !linkLatency.isEmpty { try Self.check("link latencies", linkLatency, order.rankCount) }
        if !linkTransfer.isEmpty { try Self.check("link transfer times", linkTransfer, order.rankCount) }
        try copies?.check(stages: stages)
        try memory?.check(stages: stages, ranks: order.rankCount)
        try dataParallel?.check(stages: stages, ranks: order.rankCount)
    }

    static func check(_ name: String, _ values: [Double], _ expected: Int) throws(ScheduleError) {
        guard values.count == expected else { throw .wrongCount(name: name, count: values.count, expected: expected) }
        for value in values where !(value >= 0 && value.isFinite) { throw .invalidQuantity(name: name, value: value) }
    }
}
