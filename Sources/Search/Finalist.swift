import CostModels
import Foundation
import Parallelism

/// A strategy on its way into the list of plans.
struct Finalist: Sendable {
    /// The strategy.
    var strategy: ParallelStrategy
    /// Its price on links of mean speed.
    var unplaced: StepEstimate
    /// Its price as placed.
    var estimate: StepEstimate
    /// Its places; nil where they were not asked for or could not be found.
    var placement: PlanPlacement?
    /// Where its experts are once it has places; nil where their loads cost every rank alike.
    var experts: PlanExperts?
    /// Why it has no places.
    var placementProblem: PlacementError?
    /// Its place in the list before ranks had places, from 1.
    var rankBefore: Int
    /// Whether it comes before those that no stack can launch.
    var isPreferred = true

    /// The finalist as a plan whose time's logarithm has a standard deviation.
    func plan(deviation: Double, tiesWithBest: Bool) -> Plan {
        let time = estimate.stepTime
        let width = exp(PlanChances.halfWidth * deviation)
        var plan = Plan(
            strategy: strategy, estimate: estimate, timeLow: time / width, timeHigh: time * width, tiesWithBest: tiesWithBest,
            placement: placement)
        plan.placementProblem = placementProblem
        plan.experts = experts
        return plan
    }

    /// The order of the list.
    static func isFaster(_ a: Finalist, _ b: Finalist) -> Bool {
        if a.isPreferred != b.isPreferred { return a.isPreferred }
        return precedes((a.estimate.stepTime, a.estimate.memoryHigh, a.strategy), (b.estimate.stepTime, b.estimate.memoryHigh, b.strategy))
    }

    /// Whether a strategy comes before another: by step time, of equals by memory, of equals in an order that is the same everywhere.
    static func precedes(
        _ a: (time: Double, memory: Double, strategy: ParallelStrategy), _ b: (time: Double, memory: Double, strategy: ParallelStrategy)
    ) -> Bool {
        if a.time != b.time { return a.time < b.time }
        if a.memory != b.memory { return a.memory < b.memory }
        return a.strategy.orderKey.lexicographicallyPrecedes(b.strategy.orderKey)
    }
}

extension StepEstimate {
    /// The price on links of mean speed.
    var unplaced: StepEstimate {
        var unplaced = self
        unplaced.stepTime -= breakdown[.placement]
        unplaced.breakdown[.placement] = 0
        return unplaced
    }

    /// The price with what rows of unequal work add.
    func dealt(adding seconds: Double) -> StepEstimate {
        var dealt = self
        dealt.stepTime += seconds
        dealt.breakdown[.unevenRows] += seconds
        return dealt
    }

    /// The price once ranks have places and the step takes `seconds`.
    func placed(at seconds: Double) -> StepEstimate {
        var placed = self
        placed.breakdown[.placement] = seconds - stepTime
        placed.stepTime = seconds
        return placed
    }
}
