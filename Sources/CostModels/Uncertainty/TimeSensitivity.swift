import Foundation
import Hardware
public import Parallelism
import Schedules
import Workload

/// How the step times of some strategies change together when constants do, and so how far they may be off, each and between each other.
///
/// Derivatives are differences of the lower bound of the step, which has every formula of the exact price but the schedule's own order; they are
/// taken for the few strategies that end in a list, never in a search.
public struct TimeSensitivity: Sendable {
    /// Rows of standard normal causes, one a strategy: the logarithm of its time is the expected one plus the sum over causes of an entry here and
    /// a standard normal number that all strategies share.
    public let causes: [[Double]]
    /// The cause that is the rate of the links between nodes.
    public let links: Int
    /// What remains whatever the constants.
    public let spread: FittedUncertainty.Spread

    /// Step of the differences, in the logarithm of a constant.
    private static let step = 0.02

    /// A sensitivity from its parts.
    public init(causes: [[Double]], links: Int, spread: FittedUncertainty.Spread) {
        self.causes = causes
        self.links = links
        self.spread = spread
    }

    /// The sensitivity of strategies under inputs; a strategy that cannot be priced has zeros.
    public init(_ uncertainty: FittedUncertainty, _ inputs: CostInputs, _ strategies: [ParallelStrategy]) {
        let factor = uncertainty.factor
        let derivatives = Self.derivatives(inputs, strategies, ofConstants: !factor.isEmpty)
        links = factor.count + (OpenQuestion.allCases.firstIndex(of: .network) ?? 0)
        causes = strategies.indices.map { place in
            var row = [Double](repeating: 0, count: factor.count + OpenQuestion.allCases.count)
            for (constant, slopes) in derivatives.constants where constant < factor.count {
                for (column, entry) in factor[constant].enumerated() { row[column] += slopes[place] * entry }
            }
            for (question, slopes) in derivatives.questions.enumerated() { row[factor.count + question] = slopes[place] }
            return row
        }
        spread = uncertainty.spread(FittedUncertainty.Stratum(inputs))
    }

    /// Derivatives of the logarithm of step times by the logarithm of each constant that the inputs depend on, where they are asked for, and by
    /// each open question in units of its spread.
    private static func derivatives(_ inputs: CostInputs, _ strategies: [ParallelStrategy], ofConstants: Bool) -> (
        constants: [(constant: Int, slopes: [Double])], questions: [[Double]]
    ) {
        let reference = bounds(inputs, strategies)
        func slopes(_ moved: CostInputs, step: Double) -> [Double] {
            zip(bounds(moved, strategies), reference).map { $0 > 0 && $1 > 0 ? log($0 / $1) / step : 0 }
        }
        let constants = TrainingConstant.all.enumerated().compactMap { index, constant -> (constant: Int, slopes: [Double])? in
            guard ofConstants, let moved = constant.scaled(inputs, by: exp(step)) else { return nil }
            return (index, slopes(moved, step: step))
        }
        let questions = OpenQuestion.allCases.map { question -> [Double] in
            guard let spread = question.spread(inputs) else { return [Double](repeating: 0, count: strategies.count) }
            return slopes(question.scaled(inputs, by: exp(step)), step: step).map { $0 * spread }
        }
        return (constants, questions)
    }

    /// What strategies whose layers cost the same have in common.
    private struct Layers: Hashable {
        let shape: LayerShape
        let modules: RecomputeModules
        let data: Int
        let schedule: PipelineSchedule

        init(_ s: ParallelStrategy) {
            (shape, modules, data, schedule) = (LayerShape(s), s.recompute == .selective ? s.recomputeModules : [], s.data, s.schedule)
        }
    }

    /// Lower bounds of the step times, in s; 0 where a strategy cannot be priced.
    private static func bounds(_ inputs: CostInputs, _ strategies: [ParallelStrategy]) -> [Double] {
        let model = StepModel(inputs)
        var tables: [Layers: LayerTable] = [:]
        return strategies.map { strategy in
            guard let stages = model.stages(for: strategy) else { return 0 }
            let key = Layers(strategy)
            let table = tables[key] ?? model.table(for: strategy)
            tables[key] = table
            return model.timeBound(strategy, table, stages)
        }
    }

    /// Standard deviation of the logarithm of a strategy's time; `outside` where it lies beyond what was measured.
    public func deviation(_ place: Int, outside: Bool = false) -> Double {
        let spread = outside ? widened : spread
        return (square(causes[place]) + spread.common * spread.common + spread.own * spread.own).squareRoot()
    }

    /// Standard deviation of the logarithm of the ratio of two strategies' times, in which what they share cancels.
    public func deviation(between a: Int, _ b: Int) -> Double {
        guard a != b else { return 0 }
        return (square(zip(causes[a], causes[b]).map { $0 - $1 }) + 2 * spread.own * spread.own).squareRoot()
    }

    private var widened: FittedUncertainty.Spread {
        let unmeasured = FittedUncertainty.unmeasured
        return .init(common: max(spread.common, unmeasured.common), own: max(spread.own, unmeasured.own))
    }

    private func square(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 } }
}
