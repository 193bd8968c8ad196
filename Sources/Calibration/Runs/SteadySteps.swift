import Quantities

/// Which steps of a run count, and which are left out as warm-up or as slow.
///
/// The rule, with m the median and s = 1.4826 × the median absolute deviation (a normal distribution's standard deviation):
/// - Warm-up, unless it is stated: of the first quarter of the steps, at most 10, those up to the last that takes longer than m + max(4 s, 5 %
///   of m) of the steps behind that quarter; at least the first step, in which kernels are compiled and buffers are made.
/// - Slow: steps behind the warm-up that take longer than m + max(5 s, 10 % of m) of these; checkpoints, evaluations and hiccups do.
public struct SteadySteps: Hashable, Sendable {
    /// Steps at the start that do not count.
    public var warmUp: Int
    /// Places of later steps that do not count.
    public var slow: [Int]

    /// The choice among step times in s, in order.
    ///
    /// - Parameter warmUp: steps at the start that do not count; nil follows the rule. At least one step is kept.
    public init(_ times: [Double], warmUp stated: Int? = nil) {
        warmUp = max(0, min(stated ?? Self.warmUp(times), times.count - 1))
        let rest = times.dropFirst(warmUp)
        let (median, spread) = Self.centre(Array(rest))
        let limit = median + max(5 * spread, 0.1 * median)
        slow = rest.indices.filter { rest[$0] > limit }
    }

    private static func warmUp(_ times: [Double]) -> Int {
        guard times.count > 1 else { return 0 }
        let most = min(10, (times.count + 3) / 4)
        let (median, spread) = centre(Array(times.dropFirst(most)))
        let limit = median + max(4 * spread, 0.05 * median)
        return max(1, (times.prefix(most).lastIndex { $0 > limit } ?? 0) + 1)
    }

    /// The median, and a robust standard deviation.
    static func centre(_ times: [Double]) -> (median: Double, spread: Double) {
        let middle = times.median ?? 0
        return (middle, 1.4826 * (times.map { abs($0 - middle) }.median ?? 0))
    }
}
