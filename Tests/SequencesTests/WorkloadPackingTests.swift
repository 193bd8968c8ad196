import Quantities
import Testing

@testable import Sequences

/// Rows of equal work, as WLB-LLM packs them.
@Suite struct WorkloadPackingTests {
    private static let price = GroupPrice(ranks: 1, perToken: 1e-6, perSquare: 1e-10)

    /// By hand: work is 10⁻⁶·L + 10⁻¹⁰·L². Documents of 4,000 take 5.6 ms, of 2,000 2.4 ms and of 1,000 1.1 ms.
    @Test func theLightestRowIsNext() {
        var packing = WorkloadPacking(Self.price, rowTokens: 6000, room: 12_000, replicas: 2)
        let rows = packing.rows([1000, 4000, 2000, 2000, 1000, 1000])
        #expect(rows.map(\.documents) == [[4000, 1000], [2000, 2000, 1000, 1000]])
        #expect(abs(rows[0].seconds - 6.7e-3) < 1e-12 && abs(rows[1].seconds - 7.0e-3) < 1e-12)
        #expect(packing.waitingTokens == 0)
    }

    /// Where the lightest row has no room, the emptiest takes the document; where none has, it waits, and comes first next time.
    @Test func roomIsKept() {
        var packing = WorkloadPacking(Self.price, rowTokens: 4000, room: 4000, replicas: 2)
        // The mean row is 4.5 ms of work, the longest document 3.9, so that none of them waits for its like.
        let rows = packing.rows([3000, 1500, 1500, 1500])
        #expect(rows.map(\.tokens) == [3000, 3000] && packing.waitingTokens == 1500)
        #expect(packing.rows([500, 500]).map(\.documents) == [[1500], [500, 500]])
        #expect(packing.waitingTokens == 0)
    }

    /// A document that is more work than the mean row waits until every row has one of its size.
    @Test func outliersWaitForEachOther() {
        var packing = WorkloadPacking(Self.price, rowTokens: 10_000, room: 40_000, replicas: 2)
        let short = Array(repeating: 500, count: 40)
        let first = packing.rows(short + [30_000])
        #expect(first.allSatisfy { $0.documents.allSatisfy { $0 == 500 } } && packing.waitingTokens == 30_000)
        let arrived = Array(repeating: 500, count: 8) + [28_000]
        let second = packing.rows(arrived)
        // 32,000 tokens arrive, and so four rows of 10,000: two outliers are too few.
        #expect(second.count == 4 && packing.waitingTokens == 58_000)
        let third = packing.rows(short)
        #expect(third.count == 2 && third.allSatisfy { ($0.documents.first ?? 0) >= 28_000 } && packing.waitingTokens == 0)
    }

    /// Over a long run every token is computed, and ranks wait less than where rows have a fixed length.
    @Test func waitingLevelsTheRows() throws {
        let prices = SequencePrices(groups: [Self.price], mesh: Self.price, capacity: 32_768, room: 65_536, ranks: 8)
        let dealer = StepDealer(prices, rowTokens: 32_768)
        let study = LengthStudy(dealer, ShippedLengths.github.cut(to: 32_768), budget: 16 * 32_768, draws: 40)
        let (packed, variable) = try (#require(study.result(.packed)), #require(study.result(.variable)))
        #expect(variable.idle < packed.idle && variable.tokensPerSecond > packed.tokensPerSecond)
        #expect(variable.padding == 0)
    }
}
