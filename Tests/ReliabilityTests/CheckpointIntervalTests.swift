import Foundation
import Reliability
import Testing

@Suite struct CheckpointIntervalTests {
    @Test func `Young's formula is what it says`() { #expect(CheckpointInterval.young(stall: 2, mtbf: 10_000) == 200) }

    @Test func `Daly's formula has its terms`() {
        // δ = 18 s, M = 10^4 s: sqrt(360000) = 600, and δ/2M = 0.0009 of which the root is 0.03.
        let expected = 600 * (1 + 0.03 / 3 + 0.0009 / 9) - 18
        #expect(abs(CheckpointInterval.daly(stall: 18, mtbf: 10_000) - expected) < 1e-9)
        #expect(CheckpointInterval.daly(stall: 300, mtbf: 100) == 100)
    }

    @Test(arguments: [0.001, 0.01, 0.1, 1, 5])
    func `the optimum is the lowest point of the exact curve`(ratio: Double) {
        let mtbf = 10_000.0
        let stall = ratio * mtbf
        let best = CheckpointInterval.optimum(stall: stall, mtbf: mtbf)
        let at = { (τ: Double) in CheckpointInterval.stretch(interval: τ, stall: stall, recovery: 0, mtbf: mtbf) }
        for factor in [0.9, 0.99, 1.01, 1.1] { #expect(at(best * factor) > at(best)) }
        if ratio <= 0.1 { #expect(abs(CheckpointInterval.daly(stall: stall, mtbf: mtbf) / best - 1) < 0.02) }
    }

    @Test func `short stalls end in Young's formula, and none in no interval`() {
        let best = CheckpointInterval.optimum(stall: 1e-3, mtbf: 1e6)
        #expect(abs(best / CheckpointInterval.young(stall: 1e-3, mtbf: 1e6) - 1) < 1e-3)
        #expect(CheckpointInterval.optimum(stall: 0, mtbf: 1e6, least: 7) == 7)
    }

    @Test func `without failures nothing is stretched`() {
        #expect(CheckpointInterval.optimum(stall: 10, mtbf: .infinity) == .infinity)
        #expect(CheckpointInterval.stretch(interval: .infinity, stall: 10, recovery: 600, mtbf: .infinity) == 1)
    }
}
