/// Cholesky's decomposition of symmetric positive definite matrices, as rows.
enum Cholesky {
    /// The lower triangle L with A = L·Lᵀ; what stands above the diagonal means nothing.
    static func triangle(_ matrix: [[Double]]) -> [[Double]] {
        var lower = matrix
        for i in matrix.indices {
            for j in 0...i {
                var sum = lower[i][j]
                for k in 0..<j { sum -= lower[i][k] * lower[j][k] }
                lower[i][j] = i == j ? max(sum, 1e-300).squareRoot() : sum / lower[j][j]
            }
        }
        return lower
    }

    /// The solution of A·x = b.
    static func solved(_ matrix: [[Double]], _ right: [Double]) -> [Double] { solved(triangle: triangle(matrix), right) }

    /// The solution of L·Lᵀ·x = b.
    static func solved(triangle lower: [[Double]], _ right: [Double]) -> [Double] {
        var x = forward(lower, right)
        let n = right.count
        for i in stride(from: n - 1, through: 0, by: -1) {
            for k in (i + 1)..<max(i + 1, n) { x[i] -= lower[k][i] * x[k] }
            x[i] /= lower[i][i]
        }
        return x
    }

    /// The solution of L·x = b.
    static func forward(_ lower: [[Double]], _ right: [Double]) -> [Double] {
        var x = right
        for i in right.indices {
            for k in 0..<i { x[i] -= lower[i][k] * x[k] }
            x[i] /= lower[i][i]
        }
        return x
    }
}
