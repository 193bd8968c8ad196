/// What one chunk's operations take when all stages are alike, in seconds: the symbols of the closed forms.
public struct ChunkTimes: Hashable, Sendable {
    /// F, forward.
    public var forward: Double
    /// I, input gradient.
    public var backwardInput: Double
    /// W, weight gradient.
    public var backwardWeight: Double
    /// c, latency between ranks during which both compute on.
    public var latency: Double
    /// FB, an overlapped forward and backward.
    public var pair: Double

    /// Times of a chunk; without `pair`, overlapping gains nothing.
    public init(forward: Double, backwardInput: Double, backwardWeight: Double, latency: Double = 0, pair: Double? = nil) {
        self.forward = forward
        self.backwardInput = backwardInput
        self.backwardWeight = backwardWeight
        self.latency = latency
        self.pair = pair ?? forward + backwardInput + backwardWeight
    }

    /// B = I + W.
    public var backward: Double { backwardInput + backwardWeight }
}
