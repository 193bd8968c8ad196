import Foundation
import Testing

@testable import Calibration

@Suite struct FittingTests {
    @Test func `the simplex finds constants of very different sizes`() {
        let truth = [3e-6, 0.8, 250]
        let search = SimplexSearch(constants: [
            .init(start: 1e-6, range: 1e-8...1e-3), .init(start: 0.5, range: 0.01...1.2), .init(start: 50, range: 0.1...5000),
        ])
        let cost = { (x: [Double]) in zip(x, truth).reduce(0) { $0 + pow(log($1.0 / $1.1), 2) } }
        let found = search.minimum(cost)
        for (value, expected) in zip(found, truth) { #expect(abs(value / expected - 1) < 1e-3) }
        #expect(search.minimum(cost) == found)
    }

    @Test func `a narrow curved valley does not stop it`() {
        // Rosenbrock's function of the logarithms, minimum at 1, 1.
        let search = SimplexSearch(
            constants: [.init(start: 0.3, range: 0.01...100), .init(start: 3, range: 0.01...100)], evaluations: 2000)
        let found = search.minimum { x in pow(log(x[0]), 2) + 100 * pow(log(x[1]) - pow(log(x[0]), 2), 2) }
        #expect(abs(found[0] - 1) < 1e-2 && abs(found[1] - 1) < 1e-2)
    }

    @Test func `constants stay in their ranges`() {
        let search = SimplexSearch(constants: [.init(start: 0.5, range: 0.1...1)])
        #expect(search.minimum { -$0[0] }[0] <= 1)
        #expect(search.minimum { -$0[0] }[0] > 0.99)
    }

    @Test func `the loss is quadratic near 0, linear far out, and symmetric in ratios`() {
        let loss = SoftLoss(knee: 0.1)
        #expect(loss(1, 1) == 0)
        #expect(abs(loss(exp(0.001), 1) - 0.5 * 0.01 * 0.01) < 1e-8)
        #expect(abs(loss(2, 1) - loss(1, 2)) < 1e-12)
        #expect(abs(loss(exp(10), 1) / loss(exp(5), 1) - 2) < 0.03)
        #expect(loss(1.1, 1, weight: 0.3) < loss(1.1, 1))
    }

    @Test func `held-out points depend on the seed alone`() {
        let one = HeldOutPoints.choose(1000, share: 0.5, seed: 7)
        #expect(one == HeldOutPoints.choose(1000, share: 0.5, seed: 7))
        #expect(one != HeldOutPoints.choose(1000, share: 0.5, seed: 8))
        #expect((400...600).contains(one.count { $0 }))
        #expect(HeldOutPoints.choose(10, share: 0, seed: 1).allSatisfy { !$0 })
    }

    @Test func `significant digits`() {
        #expect(Rounding.significant(2.8234e-6, 3) == 2.82e-6)
        #expect(Rounding.significant(-1234.5, 2) == -1200)
        #expect(Rounding.significant(0, 3) == 0)
    }
}
