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
        (causes, links) = Self.causes(uncertainty, inputs, count: strategies.count) { Self.bounds($0, strategies) }
        spread = uncertainty.after(inputs).spread
    }

    /// The causes of `count` times under inputs, and which of them is the rate of the links; `seconds` prices the times.
    static func causes(
        _ uncertainty: FittedUncertainty, _ inputs: CostInputs, count: Int, _ seconds: (CostInputs) -> [Double]
    ) -> (rows: [[Double]], links: Int) {
        let open = uncertainty.after(inputs).open
        let questions = UncertainQuantity.questions
        let slopes = slopes(open.quantities + questions, inputs, count: count, seconds)
        let rows = (0..<count).map { place in
            var row = [Double](repeating: 0, count: open.factor.count + questions.count)
            for (factor, slope) in zip(open.factor, slopes) where slope[place] != 0 {
                for (column, entry) in factor.enumerated() { row[column] += slope[place] * entry }
            }
            // What the factor speaks of already is no question any more.
            for (question, quantity) in questions.enumerated() where !open.quantities.contains(quantity) {
                row[open.factor.count + question] = slopes[open.factor.count + question][place] * (quantity.openSpread(inputs) ?? 0)
            }
            return row
        }
        return (rows, open.factor.count + (questions.firstIndex(of: .network) ?? 0))
    }

    /// Derivatives of the logarithm of step times by the logarithm of quantities, a row a quantity; zeros where the inputs do not depend on it.
    public static func slopes(_ quantities: [UncertainQuantity], _ inputs: CostInputs, _ strategies: [ParallelStrategy]) -> [[Double]] {
        slopes(quantities, inputs, count: strategies.count) { bounds($0, strategies) }
    }

    private static func slopes(
        _ quantities: [UncertainQuantity], _ inputs: CostInputs, count: Int, _ seconds: (CostInputs) -> [Double]
    ) -> [[Double]] {
        let reference = seconds(inputs)
        return quantities.map { quantity in
            guard let moved = quantity.scaled(inputs, by: exp(step)) else { return [Double](repeating: 0, count: count) }
            return zip(seconds(moved), reference).map { $0 > 0 && $1 > 0 ? log($0 / $1) / step : 0 }
        }
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

    /// The same for strategies that lie beyond what was measured, each for reasons of its own or none: together a strategy's reasons widen its time
    /// to what is taken for runs of a kind that was never measured. What is unknown for one reason is the same for all that have it, cancels between
    /// them and stays between one that has it and one that has not.
    public func widened(for reasons: [[String]]) -> TimeSensitivity {
        let names = Set(reasons.joined()).sorted()
        guard !names.isEmpty else { return self }
        let unmeasured = FittedUncertainty.unmeasured
        let (common, own) = (max(spread.common, unmeasured.common), max(spread.own, unmeasured.own))
        let more = max(0, common * common + own * own - spread.common * spread.common - spread.own * spread.own)
        let rows = zip(causes, reasons).map { row, reasons in
            row + names.map { reasons.contains($0) ? (more / Double(Set(reasons).count)).squareRoot() : 0 }
        }
        return TimeSensitivity(causes: rows, links: links, spread: spread)
    }

    /// Standard deviation of the logarithm of a strategy's time.
    public func deviation(_ place: Int) -> Double {
        (square(causes[place]) + spread.common * spread.common + spread.own * spread.own).squareRoot()
    }

    /// Standard deviation of the logarithm of the ratio of two strategies' times, in which what they share cancels.
    public func deviation(between a: Int, _ b: Int) -> Double {
        guard a != b else { return 0 }
        return (square(zip(causes[a], causes[b]).map { $0 - $1 }) + 2 * spread.own * spread.own).squareRoot()
    }

    private func square(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 } }
}
