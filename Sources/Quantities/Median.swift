extension Sequence<Double> {
    /// The median, the mean of the middle two of an even number; nil of nothing.
    public var median: Double? {
        let sorted = sorted()
        return sorted.isEmpty ? nil : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
