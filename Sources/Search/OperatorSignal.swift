import CostModels

/// What the timing of an operator says of plans.
struct OperatorSignal {
    /// The causes of its time, those of the plans' times.
    let causes: [Double]
    /// What its shape has for itself, as a standard deviation of the logarithm.
    let deviation: Double
    /// Its share of each plan's step; 0 for plans that have no operator of the shape.
    let shares: [Double]
}

/// The operators of plans that can be timed by themselves: those of the fastest, each once.
struct PlanTimings {
    private let operators: [PlanOperator]
    private let shares: [[Double]]

    /// Plans whose operators are considered, and the operators at most.
    private static let (plans, most) = (4, 16)

    /// The operators of plans in the order of their list.
    init(_ finalists: [Finalist], model: StepModel) {
        guard finalists.count > 1 else {
            (operators, shares) = ([], [])
            return
        }
        let found = finalists.map { model.operators(of: $0.strategy, $0.unplaced) }
        let fastest = finalists.indices.sorted { (finalists[$0].estimate.stepTime, $0) < (finalists[$1].estimate.stepTime, $1) }
        var operators: [PlanOperator] = []
        for plan in fastest.prefix(Self.plans) {
            for one in found[plan] where !operators.contains(one.operator) { operators.append(one.operator) }
        }
        self.operators = Array(operators.prefix(Self.most))
        shares = self.operators.map { one in found.map { $0.first { $0.operator == one }?.share ?? 0 } }
    }

    /// What timing each of them would say.
    func signals(_ uncertainty: FittedUncertainty, _ inputs: CostInputs) -> [OperatorSignal] {
        let causes = TimeSensitivity.causes(of: operators, uncertainty, inputs)
        return operators.indices.map { OperatorSignal(causes: causes[$0], deviation: operators[$0].deviation, shares: shares[$0]) }
    }

    /// The one whose timing raises the chance of choosing rightly most; nil where there is none.
    func best(_ chances: PlanChances) -> OperatorToTime? {
        guard chances.afterOperators.count == operators.count,
            let best = operators.indices.max(by: { (chances.afterOperators[$0], $1) < (chances.afterOperators[$1], $0) })
        else { return nil }
        return .init(operation: operators[best], chanceAfter: chances.afterOperators[best])
    }
}

extension PlanChances {
    /// The timing of an operator in seeded draws of what plans take.
    ///
    /// The operator's time y and the plans' deviations x are normal together: they share causes, and what the operator's shape has for itself is part of
    /// what a plan with that operator has for itself, in proportion to its share of the step. So y given x is its regression on x and a rest, and
    /// after y was seen plans are expected to take Cov(x, y)/Var(y)·y longer.
    struct Timing {
        /// How much longer each plan is expected to take for a deviation of the timing.
        let answers: [Double]
        /// The draws in which the plan that is then chosen is the fastest.
        var right = 0
        private let regression: [Double]
        private let rest: Double

        /// Deviation of a timing's mean, as a share; and the share of a plan's own variance that one operator may explain at most: the layout's other
        /// operators, its waits and its communication have the rest.
        private static let (noise, mostExplained) = (0.02, 0.5)

        init(_ signal: OperatorSignal, _ rivals: [Int], _ sensitivity: TimeSensitivity, _ covariance: [Double], _ links: [Double]) {
            let count = rivals.count
            let own = max(sensitivity.spread.own, 1e-9)
            let shape = signal.deviation
            // Σ over plans of the squared correlation of their own parts with the shape's, which independent parts cannot exceed 1 in.
            let explained = rivals.reduce(0) { $0 + (signal.shares[$1] * shape / own) * (signal.shares[$1] * shape / own) }
            let scale = explained > Self.mostExplained ? (Self.mostExplained / explained).squareRoot() : 1
            let together = rivals.map { plan in
                zip(sensitivity.causes[plan], signal.causes).reduce(scale * signal.shares[plan] * shape * shape) { $0 + $1.0 * $1.1 }
            }
            let variance = signal.causes.reduce(shape * shape + Self.noise * Self.noise) { $0 + $1 * $1 }
            answers = together.map { $0 / variance }
            var whole = covariance
            for a in 0..<count { for b in 0..<count { whole[a * count + b] += links[a] * links[b] } }
            let factor = PlanChances.triangle(whole, count)
            // Forward and backward substitution; a direction without variance tells nothing.
            var solved = together
            for row in 0..<count {
                for column in 0..<row { solved[row] -= factor[row * count + column] * solved[column] }
                let pivot = factor[row * count + row]
                solved[row] = pivot > 1e-9 ? solved[row] / pivot : 0
            }
            for row in stride(from: count - 1, through: 0, by: -1) {
                for column in (row + 1)..<max(row + 1, count) { solved[row] -= factor[column * count + row] * solved[column] }
                let pivot = factor[row * count + row]
                solved[row] = pivot > 1e-9 ? solved[row] / pivot : 0
            }
            regression = solved
            rest = max(0, variance - zip(solved, together).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
        }

        /// What is measured where plans deviate by `off`, `random` being a standard normal number.
        func seen(_ off: [Double], _ random: Double) -> Double { zip(regression, off).reduce(rest * random) { $0 + $1.0 * $1.1 } }
    }
}
