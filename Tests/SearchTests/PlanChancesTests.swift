import CostModels
import Foundation
import Testing

@testable import Search

/// How sure the order of plans is.
@Suite struct PlanChancesTests {
    private func chances(
        _ causes: [[Double]], own: Double, times: [Double], links: Int = 0, outside: [[String]] = [], operators: [OperatorSignal] = []
    ) -> PlanChances {
        PlanChances(
            TimeSensitivity(causes: causes, links: links, spread: .init(common: 0.03, own: own))
                .widened(for: outside.isEmpty ? times.map { _ in [] } : outside),
            times: times, seed: 7, operators: operators)
    }

    @Test func `equal plans have equal chances, which sum to 1`() {
        let even = chances([[0], [0], [0], [0]], own: 0.05, times: [2, 2, 2, 2])
        for chance in even.fastest { #expect(abs(chance - 0.25) < 0.03) }
        #expect(abs(even.fastest.reduce(0, +) - 1) < 1e-12)
    }

    @Test func `a difference of one deviation is sure to 84 percent`() {
        // Two plans whose own parts are 0.03 each differ by 0.03·√2 where they are as different as one deviation.
        let deviation = 0.03 * 2.0.squareRoot()
        let pair = chances([[0], [0]], own: 0.03, times: [1, exp(deviation)])
        #expect(abs(pair.slowerThanBest[1] - 0.841_344_746) < 1e-6)
        #expect(abs(pair.fastest[0] - 0.841_344_746) < 0.02)
        #expect(pair.slowerThanBest[0] == 0.5)
    }

    @Test func `what plans share tells none from another`() {
        let shared = chances([[0.5], [0.5]], own: 0.001, times: [1, 1.01])
        #expect(shared.fastest[0] == 1)
        #expect(shared.slowerThanBest[1] > 0.999)
        // But it widens the interval of each: √(0.5² + 0.03² + 0.001²).
        #expect(abs(shared.deviations[0] - 0.500_900_189) < 1e-8)
    }

    @Test func `outside what was measured is wider`() {
        let wide = chances([[0], [0]], own: 0.01, times: [1, 1], outside: [[], ["ep 256"]])
        #expect(abs(wide.deviations[0] - (0.03 * 0.03 + 0.01 * 0.01).squareRoot()) < 1e-12)
        let unmeasured = FittedUncertainty.unmeasured
        #expect(abs(wide.deviations[1] - (unmeasured.common * unmeasured.common + unmeasured.own * unmeasured.own).squareRoot()) < 1e-12)
    }

    @Test func `what was never measured of one plan does not cancel against another, and cancels between two that have it`() {
        let unmeasured = FittedUncertainty.unmeasured
        let more = unmeasured.common * unmeasured.common + unmeasured.own * unmeasured.own - 0.03 * 0.03 - 0.01 * 0.01
        // 5 % apart: nearly sure between plans that are known as well or as badly, and not where one was never measured.
        let apart = chances([[0], [0]], own: 0.01, times: [1, 1.05], outside: [[], ["all-gather"]])
        #expect(abs(apart.slowerThanBest[1] - PlanChances.normal(log(1.05) / (more + 2 * 0.01 * 0.01).squareRoot())) < 1e-12)
        #expect(apart.slowerThanBest[1] < 0.7 && apart.fastest[1] > 0.3)
        let alike = chances([[0], [0]], own: 0.01, times: [1, 1.05], outside: [["all-gather"], ["all-gather"]])
        #expect(abs(alike.slowerThanBest[1] - PlanChances.normal(log(1.05) / (0.01 * 2.0.squareRoot()))) < 1e-12)
    }

    @Test func `a trial of one of two equal plans makes the choice right in three of four cases`() {
        // x < 0 says of independent normal x and y in three of four cases whether x < y.
        let trial = chances([[0], [0]], own: 0.2, times: [1, 1])
        #expect(abs((trial.afterTrial[0] ?? 0) - 0.75) < 0.02)
        #expect(abs(trial.fastest[0] - 0.5) < 0.02)
        #expect(trial.afterLinks == nil)
    }

    @Test func `links decide where only they are unknown`() {
        let links = chances([[0.2], [0]], own: 0, times: [1, 1])
        #expect((links.afterLinks ?? 0) > 0.95)
        #expect(chances([[0.2], [0]], own: 0, times: [1, 1]).fastest == links.fastest)
    }

    @Test func `an operator that is all that one of two equal plans has for itself is believed for half of it`() {
        // Half of the step with a deviation of 0.2 is all of the plan's own 0.1; half of the variance is believed.
        let timed = chances([[0], [0]], own: 0.1, times: [1, 1], operators: [.init(causes: [0], deviation: 0.2, shares: [0.5, 0])])
        // Of normal x and y the sign of y − x follows that of a z with correlation √0.5 to x in 1/2 + asin(1/2)/π of all cases.
        #expect(abs((timed.afterOperators.first ?? 0) - 2.0 / 3) < 0.025)
        #expect(timed.fastest == chances([[0], [0]], own: 0.1, times: [1, 1]).fastest)
    }

    @Test func `an operator of no plan, or of a sliver of one, tells nothing`() {
        let none = chances(
            [[0], [0]], own: 0.1, times: [1, 1.02],
            operators: [.init(causes: [0], deviation: 0.1, shares: [0, 0]), .init(causes: [0], deviation: 0.1, shares: [0.001, 0])])
        for after in none.afterOperators { #expect(abs(after - none.fastest[0]) < 0.02) }
    }

    @Test func `a collective whose time is the links' tells what measuring them tells`() {
        let links = chances([[0.2], [0]], own: 0.02, times: [1, 1], operators: [.init(causes: [0.2], deviation: 0.001, shares: [0, 0])])
        #expect(abs((links.afterOperators.first ?? 0) - (links.afterLinks ?? 0)) < 0.02)
        #expect((links.afterOperators.first ?? 0) > 0.9)
    }

    @Test func `one plan alone is the fastest`() {
        let alone = chances([[0.1]], own: 0.1, times: [3])
        #expect(alone.fastest == [1])
        #expect(alone.afterTrial == [nil])
        #expect(chances([[0], [0]], own: 0.01, times: [1, 2]).fastest == [1, 0])
    }
}
