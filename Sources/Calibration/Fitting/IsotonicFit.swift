/// The non-decreasing sequence nearest to measured values in the weighted least squares, by pooling adjacent violators (Ayer et al., Ann.
/// Math. Statist. 26(4), 1955).
enum IsotonicFit {
    /// One value for each given one, in the same order; those in order already are kept as they are.
    static func values(_ values: [Double], weights: [Double]) -> [Double] {
        var pools: [(mean: Double, weight: Double, count: Int)] = []
        for (value, weight) in zip(values, weights) {
            var pool = (mean: value, weight: weight, count: 1)
            while let last = pools.last, last.mean > pool.mean {
                pools.removeLast()
                let total = last.weight + pool.weight
                pool = ((last.mean * last.weight + pool.mean * pool.weight) / total, total, last.count + pool.count)
            }
            pools.append(pool)
        }
        return pools.flatMap { [Double](repeating: $0.mean, count: $0.count) }
    }
}
