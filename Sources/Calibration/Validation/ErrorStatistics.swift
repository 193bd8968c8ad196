/// How far predictions lie from measurements over a set of runs.
public struct ErrorStatistics: Hashable, Sendable {
    /// Runs compared.
    public let count: Int
    /// Mean absolute error, as a share.
    public let meanAbsolute: Double
    /// Mean signed error, as a share; negative is optimistic.
    public let bias: Double
    /// Median absolute error, as a share.
    public let median: Double
    /// 90th percentile of the absolute error, as a share.
    public let ninetieth: Double

    /// Statistics of signed relative errors; nil for none.
    public init?(_ errors: [Double]) {
        guard !errors.isEmpty else { return nil }
        count = errors.count
        let absolute = errors.map(abs).sorted()
        meanAbsolute = absolute.reduce(0, +) / Double(count)
        bias = errors.reduce(0, +) / Double(count)
        median = Self.quantile(0.5, of: absolute)
        ninetieth = Self.quantile(0.9, of: absolute)
    }

    /// A quantile of ascending values, linear between neighbours.
    static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let position = share * Double(sorted.count - 1)
        let low = Int(position)
        guard low + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[low] + (position - Double(low)) * (sorted[low + 1] - sorted[low])
    }
}
