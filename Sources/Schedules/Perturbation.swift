/// What makes a real step differ from the planned one: slow ranks, and operations that take now more, now less.
public struct Perturbation: Hashable, Sendable {
    /// The factor by which each rank's compute is slower; empty for none. A rank 10 % slower has 1.1.
    public var slowdown: [Double]
    /// Standard deviation of an operation's time, relative to its mean.
    public var jitter: Double
    /// Where the jitter's random numbers start; equal seeds give equal steps.
    public var seed: UInt64

    /// Slow ranks and jitter; none by default.
    public init(slowdown: [Double] = [], jitter: Double = 0, seed: UInt64 = 0) {
        self.slowdown = slowdown
        self.jitter = jitter
        self.seed = seed
    }

    /// Throws where the factors do not fit the ranks, or a value is negative, infinite or not a number.
    func check(ranks: Int) throws(ScheduleError) {
        if !slowdown.isEmpty { try StageTimes.check("slowdown factors", slowdown, ranks) }
        try StageTimes.check("jitter", [jitter], 1)
    }

    /// The factor on the time of the operation at an index of the order: normally distributed around 1, never negative.
    ///
    /// It depends on seed and index only, so that the order in which a simulator reaches operations does not matter.
    @inline(__always)
    func factor(_ index: Int) -> Double {
        // The sum of twelve uniform numbers has variance 1; here they are the 12 ten-bit pieces of two words.
        var sum = 0
        for half in 0..<2 {
            var word = SplitMix64.mix(seed &+ UInt64(truncatingIfNeeded: 2 * index + half) &* SplitMix64.increment)
            for _ in 0..<6 {
                sum += Int(word & 1023)
                word >>= 10
            }
        }
        let normal = (Double(sum) + 6) / 1024 - 6
        return max(0, 1 + jitter * normal)
    }
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014), used by counter.
enum SplitMix64 {
    static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ increment
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
