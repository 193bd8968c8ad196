/// Times as people state them who compare schedules: one micro-batch through all that a rank holds of the model.
///
/// A schedule with v chunks a rank cuts each into v, and one with k slices of a sequence each into k. Messages stay as they are.
public struct RankTimes: Hashable, Sendable {
    /// Forward, s.
    public var forward: Double
    /// Input gradient, s.
    public var backwardInput: Double
    /// Weight gradient, s.
    public var backwardWeight: Double
    /// An overlapped forward and backward, s; nil where overlapping gains nothing.
    public var pair: Double?
    /// Latency of a message between neighbouring ranks, s.
    public var latency: Double
    /// Time for which a message occupies its link, s.
    public var transfer: Double
    /// Whether a rank waits until what it sends has arrived.
    public var sendsBlock: Bool
    /// Whether the times are those of a chunk already.
    public var isPerChunk: Bool

    /// Times of a rank; see the properties.
    public init(
        forward: Double, backwardInput: Double, backwardWeight: Double, pair: Double? = nil, latency: Double = 0, transfer: Double = 0,
        sendsBlock: Bool = false, isPerChunk: Bool = false
    ) {
        self.forward = forward
        self.backwardInput = backwardInput
        self.backwardWeight = backwardWeight
        self.pair = pair
        self.latency = latency
        self.transfer = transfer
        self.sendsBlock = sendsBlock
        self.isPerChunk = isPerChunk
    }

    /// The times of an order's stages, each of which does 1/(visits·slices) of a rank's work on a micro-batch.
    public func stageTimes(_ order: ScheduleOrder, slices: Int = 1) -> StageTimes {
        let share = isPerChunk ? 1 : Double(order.rankCount) / Double(order.chainLength * slices)
        var times = StageTimes(
            stages: order.chainLength, forward: forward * share, backwardInput: backwardInput * share,
            backwardWeight: backwardWeight * share)
        times.setLinks(ranks: order.rankCount, latency: latency, transfer: transfer)
        times.sendsBlock = sendsBlock
        if let pair {
            // The halves of a pair add up whatever they are; this split keeps them equal on every stage.
            times.pairedForward = times.forward.map { _ in 0 }
            times.pairedBackward = times.forward.map { _ in pair * share }
        }
        return times
    }
}
