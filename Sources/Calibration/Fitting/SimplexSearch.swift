import Foundation

/// Finds the minimum of a function of a few positive constants by the simplex method (Nelder and Mead, The Computer Journal 7, 1965), on
/// their logarithms, so that factors are as easy to find at 10⁻⁶ as at 10³. The same start gives the same answer everywhere.
struct SimplexSearch {
    /// A constant: where the search begins and what it may become.
    struct Constant {
        var start: Double
        var range: ClosedRange<Double>
    }

    let constants: [Constant]
    /// Evaluations of one descent.
    var evaluations = 600
    /// Descents, each from where the last one ended; a fresh simplex leaves shallow traps.
    var restarts = 3

    /// The best constants for `cost`.
    func minimum(_ cost: ([Double]) -> Double) -> [Double] {
        var best = constants.map { log(min(max($0.start, $0.range.lowerBound), $0.range.upperBound)) }
        for round in 0..<restarts { best = descend(from: best, step: round == 0 ? 0.3 : 0.1, cost) }
        return values(best)
    }

    private func values(_ point: [Double]) -> [Double] {
        zip(point, constants).map { min(max(exp($0), $1.range.lowerBound), $1.range.upperBound) }
    }

    private func descend(from start: [Double], step: Double, _ cost: ([Double]) -> Double) -> [Double] {
        let n = start.count
        func evaluate(_ point: [Double]) -> Double { cost(values(point)) }
        var simplex = [(point: start, cost: evaluate(start))]
        for i in 0..<n {
            var point = start
            // Away from the nearer bound.
            let middle = (log(constants[i].range.lowerBound) + log(constants[i].range.upperBound)) / 2
            point[i] += start[i] > middle ? -step : step
            simplex.append((point, evaluate(point)))
        }
        var used = n + 1
        while used < evaluations {
            simplex.sort { $0.cost < $1.cost }
            if simplex[n].cost - simplex[0].cost <= 1e-9 * (abs(simplex[0].cost) + 1e-12) { break }
            var centre = [Double](repeating: 0, count: n)
            for vertex in simplex.dropLast() { for i in 0..<n { centre[i] += vertex.point[i] / Double(n) } }
            let worst = simplex[n]
            func along(_ factor: Double) -> (point: [Double], cost: Double) {
                let point = (0..<n).map { centre[$0] + factor * (worst.point[$0] - centre[$0]) }
                used += 1
                return (point, evaluate(point))
            }
            let reflected = along(-1)
            if reflected.cost < simplex[0].cost {
                let expanded = along(-2)
                simplex[n] = expanded.cost < reflected.cost ? expanded : reflected
            } else if reflected.cost < simplex[n - 1].cost {
                simplex[n] = reflected
            } else {
                let contracted = along(reflected.cost < worst.cost ? -0.5 : 0.5)
                if contracted.cost < min(worst.cost, reflected.cost) {
                    simplex[n] = contracted
                } else {
                    for v in 1...n {
                        let point = zip(simplex[v].point, simplex[0].point).map { ($0 + $1) / 2 }
                        simplex[v] = (point, evaluate(point))
                        used += 1
                    }
                }
            }
        }
        return (simplex.min { $0.cost < $1.cost } ?? (start, 0)).point
    }
}

/// The loss of a relative error that grows with its square near 0 and with its size beyond `knee`, so that outliers do not decide a fit.
struct SoftLoss {
    /// Relative error where the loss turns from quadratic to linear.
    let knee: Double

    /// The loss of a prediction against a measurement, both above 0.
    @inline(__always)
    func callAsFunction(_ predicted: Double, _ measured: Double, weight: Double = 1) -> Double {
        let r = weight * log(predicted / measured) / knee
        return (1 + r * r).squareRoot() - 1
    }
}
