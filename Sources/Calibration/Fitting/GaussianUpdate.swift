/// What measurements make of a normal distribution of parameters, by Bayes' rule.
///
/// The parameters are θ ~ N(0, L·Lᵀ); measurements are r = S·θ + ε with ε ~ N(0, R). With A = S·L and M = A·Aᵀ + R the parameters are afterwards
/// normal around L·Aᵀ·M⁻¹·r with covariance L·(1 − Aᵀ·M⁻¹·A)·Lᵀ (Kalman 1960; Bishop, Pattern Recognition and Machine Learning, equations 2.113 to
/// 2.117). Nothing is left out: measurements in one update or in several, in any order, give the same.
struct GaussianUpdate {
    /// The parameters' new mean.
    let mean: [Double]
    /// Root mean square of what was measured, in the standard deviations that were expected of it; 1 is usual.
    let surprise: Double
    /// The lower triangular factor of their new covariance, rows up to the diagonal.
    let factor: [[Double]]

    /// The update of a prior with this factor by measurements.
    ///
    /// - Parameters:
    ///   - slopes: S, a row a measurement.
    ///   - noise: R.
    ///   - values: r, what was measured less what was expected.
    init(factor: [[Double]], slopes: [[Double]], noise: [[Double]], values: [Double]) {
        let n = factor.count
        // A: how measurements change with independent causes of deviation 1.
        let causes = slopes.map { slope in
            var row = [Double](repeating: 0, count: n)
            for (entries, weight) in zip(factor, slope) where weight != 0 {
                for (column, entry) in entries.enumerated() { row[column] += weight * entry }
            }
            return row
        }
        var spread = noise
        for i in causes.indices {
            for j in causes.indices { spread[i][j] += zip(causes[i], causes[j]).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        let squares = values.indices.map { values[$0] * values[$0] / spread[$0][$0] }
        surprise = (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
        let lower = Cholesky.triangle(spread)
        let weights = Cholesky.solved(triangle: lower, values)
        var moved = [Double](repeating: 0, count: n)
        for (row, weight) in zip(causes, weights) { for column in 0..<n { moved[column] += row[column] * weight } }
        mean = factor.map { row in zip(row, moved).reduce(0) { $0 + $1.0 * $1.1 } }
        // W = Lₘ⁻¹·A, so that Aᵀ·M⁻¹·A = Wᵀ·W.
        let columns = (0..<n).map { column in Cholesky.forward(lower, causes.map { $0[column] }) }
        var left = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
        for i in 0..<n {
            for j in 0...i {
                left[i][j] = (i == j ? 1 : 0) - zip(columns[i], columns[j]).reduce(0) { $0 + $1.0 * $1.1 }
                left[j][i] = left[i][j]
            }
        }
        let shrunk = Cholesky.triangle(left)
        self.factor = factor.indices.map { i in
            (0...i).map { j in (j...i).reduce(0) { $0 + factor[i][$1] * shrunk[$1][j] } }
        }
    }
}
