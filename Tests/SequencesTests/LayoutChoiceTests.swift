import Testing

@testable import Sequences

/// Layouts that are dealt in groups are passed over where even perfect balance would not list them.
@Suite struct LayoutChoiceTests {
    /// Layouts of 64 GPUs that hold 2K to 64K tokens a rank, of which the first three run packed rows too.
    private static let layouts: [(study: LengthStudy, ways: [Dealing])] = {
        var layouts: [(study: LengthStudy, ways: [Dealing])] = []
        for (place, capacity) in [8192, 16_384, 4096, 2048, 32_768, 65_536, 12_288, 6144].enumerated() {
            for slower in [1.0, 1.3, 2.0] {
                let prices = ByteScaleTests.prices(rate: 4e14 / slower, link: 4e10, ranks: 64, mesh: 8, capacity: capacity)
                let study = LengthStudy(
                    StepDealer(prices, rowTokens: 65_536), ShippedLengths.github.cut(to: 65_536), budget: 1 << 22, draws: 4)
                layouts.append((study, place < 3 && slower == 1 ? [.packed, .hybrid] : [.hybrid]))
            }
        }
        return layouts
    }()

    @Test func passingOverLosesNothing() {
        let chosen = LayoutChoice(Self.layouts, top: 5).entries
        let all = Self.layouts.indices.map { place in
            Self.layouts[place].ways.compactMap { Self.layouts[place].study.result($0)?.tokensPerSecond }.max() ?? 0
        }
        let best = all.max() ?? 0
        #expect(best > 0 && abs((chosen.first?.draws.tokensPerSecond ?? 0) / best - 1) < 0.02)
    }

    /// No dealing in groups exceeds the bound by more than draws differ from what they are drawn from.
    @Test func theBoundIsOne() throws {
        for layout in Self.layouts {
            for way in [Dealing.hybrid, .balanced, .naive] {
                guard let result = layout.study.result(way) else { continue }
                #expect(result.tokensPerSecond < 1.1 * layout.study.groupBound, "\(way)")
            }
        }
    }
}
