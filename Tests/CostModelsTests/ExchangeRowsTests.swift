import Foundation
import Testing

@testable import CostModels

/// What ranks of an exchange carry, by hand.
@Suite struct ExchangeRowsTests {
    private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(1, abs(a), abs(b)) }

    /// 128 ranks on racks of 72 and 56, eight visits a token: of 127/128 of them that go to others, a rank of the second rack sends 55/128 inside and
    /// 72/128 over the network, which bounds it.
    @Test(arguments: [(128, 72, 55.0, 72.0), (12, 8, 3, 8), (64, 8, 7, 56), (8, 72, 7, 0)])
    func `domains of different sizes`(ranks: Int, size: Int, inside: Double, outside: Double) {
        let domains = ExchangeDomains(ranks: ranks, size: size)
        let e = Double(ranks)
        let rows = ExchangeRows.alike(domains, perToken: 8) { $0 }
        #expect(near(rows.visits.busiest.inside, 8 * inside / e) && near(rows.visits.busiest.outside, 8 * outside / e))
        #expect(near(rows.visits.busiest.inside + rows.visits.busiest.outside, 8 * (e - 1) / e))
        #expect(near(rows.visits.most.inside, 8 * Double(domains.size - 1) / e) && near(rows.computed, 8))
        // The rows of ranks that are loaded alike are those of ranks that are alike.
        let shares = [Double](repeating: 1 / e, count: ranks)
        let summed = ExchangeRows(shares, shares, domains, perToken: 8) { $0 }
        #expect(near(summed.copies.most.outside, rows.copies.most.outside) && near(summed.copies.most.inside, rows.copies.most.inside))
        #expect(near(summed.visits.most.outside, rows.visits.most.outside) && near(summed.received, rows.received))
        // Of 72 + 56, each of the 56 takes 72/56 tokens from the other rack; all ranks get all tokens.
        let gathers = ExchangeRows.gathers(domains).most
        #expect(near(gathers.outside, outside / (e - outside)))
        #expect(near(gathers.inside, e * Double(domains.size - 1) / Double(domains.size)))
    }

    /// Four ranks in two nodes, and every token to the first: it computes four tokens, two of which come over the network; as copies, one comes to each
    /// adapter of its node.
    @Test func `one rank that all tokens visit`() {
        let domains = ExchangeDomains(ranks: 4, size: 2)
        let rows = ExchangeRows([1, 0, 0, 0], [1, 0, 0, 0], domains, perToken: 1) { $0 }
        #expect(rows.visits.most == .init(inside: 1, outside: 2) && rows.computed == 4)
        #expect(rows.copies.most == .init(inside: 2, outside: 1) && rows.received == 4)
        #expect(rows.places == 1)
        // Half of the tokens each to the first ranks of both nodes: in the first of two hops both come to the first rank of each.
        let columns = ExchangeRows([0.5, 0, 0.5, 0], [0.5, 0, 0.5, 0], domains, perToken: 1) { $0 }
        #expect(columns.places == 1 && columns.visits.most == .init(inside: 0.5, outside: 1))
        #expect(columns.copies.most.outside == 0.5)
    }

    /// However skewed, no adapter sends or receives more than all tokens of the ranks in its place on the other nodes.
    @Test(arguments: [1.0, 3, 8, 64]) func `copies are at most all tokens`(busiest: Double) {
        let domains = ExchangeDomains(ranks: 64, size: 8)
        let rows = ExchangeRows.hot(busiest, domains, perToken: 8) { DistinctGroups.seen($0, perToken: 8) }
        let alike = ExchangeRows.alike(domains, perToken: 8) { DistinctGroups.seen($0, perToken: 8) }
        #expect(rows.copies.most.outside <= 7 && rows.copies.most.inside <= 64 * 7 / 8)
        #expect(rows.copies.most.outside >= alike.copies.most.outside * (1 - 1e-12))
        #expect(near(rows.computed, 8 * busiest))
        #expect(rows.copies.most.outside / alike.copies.most.outside <= busiest)
    }

    @Test func `a router that limits nodes takes those with the best experts`() {
        // Two of four experts in two groups: the second is of the other group in 2 of 3 cases.
        #expect(near(DistinctGroups.limited(to: 2, of: 2, perToken: 2, experts: 4), 1 + 2.0 / 3))
        #expect(DistinctGroups.limited(to: 1, of: 8, perToken: 8, experts: 256) == 1)
        // Three draws of four groups: one group alone in 1 of 16 cases.
        #expect(near(DistinctGroups.limited(to: 2, of: 4, perToken: 3), 2 - 1.0 / 16))
        #expect(near(DistinctGroups.limited(to: 4, of: 4, perToken: 3), 4 * (1 - pow(0.75, 3))))
        // 200,000 tokens drawn as DeepEP's test draws them, 8 of 256 experts on the best 4 of 8 nodes: 3.9830.
        #expect(abs(DistinctGroups.limited(to: 4, of: 8, perToken: 8, experts: 256) - 3.983) < 1e-3)
        for limit in 1...8 {
            let (low, high) = (
                DistinctGroups.limited(to: limit, of: 9, perToken: 8, experts: 288),
                DistinctGroups.limited(to: limit + 1, of: 9, perToken: 8, experts: 288)
            )
            #expect((low < high || limit == 8) && high <= 9 * (DistinctGroups.seen(1.0 / 9, perToken: 8, of: 288)) + 1e-12)
        }
    }
}
