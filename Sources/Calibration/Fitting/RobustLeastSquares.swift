import Foundation

/// Finds the logarithms of positive constants that make predictions agree with measurements: Levenberg and Marquardt's method on the
/// logarithms of the errors, reweighted so that large errors count with their size and not with its square.
///
/// Minimises `Σ w·(√(1 + (r/knee)²) − 1) + Σ (θ − θ₀)²/2σ²` with r = log(predicted/measured). Derivatives are one-sided differences, taken
/// only where a constant is known to move a prediction. The same start gives the same answer everywhere.
struct RobustLeastSquares: Sendable {
    /// A constant: its prior, in logarithms, and what it may become.
    struct Constant: Sendable {
        var prior: Double
        var spread: Double
        var range: ClosedRange<Double>
    }

    let constants: [Constant]
    /// The weight of every measurement.
    let weights: [Double]
    /// Error at which the loss turns from quadratic to linear.
    var knee = 0.06
    /// Steps at most.
    var rounds = 30
    /// Step of the differences; predictions have kinks, which a small step would miss.
    private static let step = 0.01

    /// Errors of a set of predictions, log(predicted/measured), at given logarithms of the constants; one set for each request.
    typealias Evaluate = ([(point: [Double], rows: [Int])]) async -> [[Double]]

    /// The best logarithms, begun at `start`.
    func minimum(from start: [Double], _ evaluate: Evaluate) async -> [Double] {
        var point = start
        let all = Array(weights.indices)
        var errors = await evaluate([(point, all)])[0]
        var cost = cost(point, errors)
        var affected = [[Int]?](repeating: nil, count: constants.count)
        var damping = 1e-3
        for _ in 0..<rounds {
            let columns = await derivatives(point, errors, &affected, evaluate)
            var improved = false
            for _ in 0..<6 {
                let trial = stepped(point, errors, columns, affected.map { $0 ?? [] }, damping)
                let trialErrors = await evaluate([(trial, all)])[0]
                let trialCost = self.cost(trial, trialErrors)
                if trialCost < cost {
                    improved = cost - trialCost > 1e-4 * cost
                    (point, errors, cost) = (trial, trialErrors, trialCost)
                    damping = max(damping / 5, 1e-6)
                    break
                }
                damping *= 5
            }
            if !improved { break }
        }
        return point
    }

    /// Derivatives of the errors at `point` by the logarithm of each constant, a row a constant; what a constant does not move is 0.
    func slopes(at point: [Double], _ evaluate: Evaluate) async -> [[Double]] {
        let all = Array(weights.indices)
        let errors = await evaluate([(point, all)])[0]
        var affected = [[Int]?](repeating: nil, count: constants.count)
        let columns = await derivatives(point, errors, &affected, evaluate)
        return zip(columns, affected).map { column, rows in
            var dense = [Double](repeating: 0, count: weights.count)
            for (row, slope) in zip(rows ?? [], column) { dense[row] = slope }
            return dense
        }
    }

    /// The lower triangular factor of the constants' covariance: the inverse of the Gauss–Newton matrix of the loss with the priors, from the
    /// derivatives and the errors at the minimum.
    func covarianceFactor(_ slopes: [[Double]], _ errors: [Double]) -> [[Double]] {
        let scale = zip(weights, errors).map { $0 / (knee * knee * (1 + ($1 / knee) * ($1 / knee)).squareRoot()) }
        let n = constants.count
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
        for i in 0..<n {
            for j in 0...i {
                var sum = i == j ? 1 / (constants[i].spread * constants[i].spread) : 0
                for row in errors.indices where slopes[i][row] != 0 && slopes[j][row] != 0 {
                    sum += scale[row] * slopes[i][row] * slopes[j][row]
                }
                matrix[i][j] = sum
                matrix[j][i] = sum
            }
        }
        var covariance: [[Double]] = []
        for i in 0..<n { covariance.append(Cholesky.solved(matrix, (0..<n).map { $0 == i ? 1 : 0 })) }
        return Cholesky.triangle(covariance).enumerated().map { row, entries in Array(entries.prefix(row + 1)) }
    }

    /// The loss of errors and the distance from the priors.
    func cost(_ point: [Double], _ errors: [Double]) -> Double {
        var sum = 0.0
        for (weight, r) in zip(weights, errors) { sum += weight * ((1 + (r / knee) * (r / knee)).squareRoot() - 1) }
        for (constant, x) in zip(constants, point) {
            let shift = (x - log(constant.prior)) / constant.spread
            sum += shift * shift / 2
        }
        return sum
    }

    /// Derivatives of the errors by each constant over the rows it affects; the first time all rows are tried and the others remembered.
    private func derivatives(_ point: [Double], _ errors: [Double], _ affected: inout [[Int]?], _ evaluate: Evaluate) async -> [[Double]] {
        let all = Array(weights.indices)
        let requests = constants.indices.map { i in
            var moved = point
            moved[i] += Self.sign(point[i], constants[i]) * Self.step
            return (point: moved, rows: affected[i] ?? all)
        }
        let moved = await evaluate(requests)
        var columns: [[Double]] = []
        for i in constants.indices {
            let h = Self.sign(point[i], constants[i]) * Self.step
            let rows = requests[i].rows
            let slopes = zip(rows, moved[i]).map { ($1 - errors[$0]) / h }
            if affected[i] == nil {
                // What a constant cannot move now it could move later only through a maximum, so those rows are kept for the first round.
                let keep = slopes.indices.filter { slopes[$0] != 0 }
                affected[i] = keep.map { rows[$0] }
                columns.append(keep.map { slopes[$0] })
            } else {
                columns.append(slopes)
            }
        }
        return columns
    }

    /// Away from a bound.
    private static func sign(_ x: Double, _ constant: Constant) -> Double { x + step > log(constant.range.upperBound) ? -1 : 1 }

    /// The damped Gauss–Newton step, clipped to a factor of 1.6 and to the ranges.
    private func stepped(_ point: [Double], _ errors: [Double], _ columns: [[Double]], _ rows: [[Int]], _ damping: Double) -> [Double] {
        let n = constants.count
        let scale = zip(weights, errors).map { $0 / (knee * knee * (1 + ($1 / knee) * ($1 / knee)).squareRoot()) }
        var dense = [[Double]](repeating: [Double](repeating: 0, count: weights.count), count: n)
        for i in 0..<n { for (row, slope) in zip(rows[i], columns[i]) { dense[i][row] = slope } }
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
        var right = [Double](repeating: 0, count: n)
        for i in 0..<n {
            for row in rows[i] { right[i] -= scale[row] * dense[i][row] * errors[row] }
            for j in 0...i {
                var sum = 0.0
                for row in rows[i] { sum += scale[row] * dense[i][row] * dense[j][row] }
                matrix[i][j] = sum
                matrix[j][i] = sum
            }
            let inverse = 1 / (constants[i].spread * constants[i].spread)
            matrix[i][i] += inverse
            right[i] -= (point[i] - log(constants[i].prior)) * inverse
        }
        for i in 0..<n { matrix[i][i] *= 1 + damping }
        let delta = Cholesky.solved(matrix, right)
        return point.indices.map { i in
            let moved = point[i] + min(max(delta[i], -0.5), 0.5)
            return min(max(moved, log(constants[i].range.lowerBound)), log(constants[i].range.upperBound))
        }
    }
}
