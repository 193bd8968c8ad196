import Search
import Testing

@Suite struct ProportionalLayersTests {
    @Test func reproducesTheSplitsOfHolmes() {
        #expect(proportionalLayers(total: 48, speeds: [1.18, 1]) == [26, 22])
        #expect(proportionalLayers(total: 30, speeds: [1.18, 1]) == [16, 14])
    }

    @Test func equalSpeedsGiveEqualShares() {
        #expect(proportionalLayers(total: 32, speeds: [1, 1, 1, 1]) == [8, 8, 8, 8])
        #expect(proportionalLayers(total: 5, speeds: [1]) == [5])
    }

    @Test func everyStageGetsALayerIfThereAreEnough() {
        #expect(proportionalLayers(total: 4, speeds: [100, 1, 1]) == [2, 1, 1])
        #expect(proportionalLayers(total: 1, speeds: [1, 2]).reduce(0, +) == 1)
    }

    @Test func noOtherSplitHasAFasterSlowestStage() {
        let speeds = [1, 1.5, 0.7]
        let best = proportionalLayers(total: 12, speeds: speeds)
        func slowest(_ layers: [Int]) -> Double { zip(layers, speeds).map { Double($0) / $1 }.max() ?? 0 }
        for first in 1...10 {
            for second in 1..<(12 - first) { #expect(slowest(best) <= slowest([first, second, 12 - first - second]) + 1e-12) }
        }
    }
}
