import Testing

@testable import Studies

/// Parts of a study: together everything once, of about equal size.
@Suite struct ShardTests {
    @Test(arguments: [1, 2, 3, 7, 16, 200]) func partsCoverEverythingOnce(count: Int) {
        let costs = (0..<150).map { Double(($0 * 7919) % 101) + 0.5 }
        let parts = (1...count).map { Shard($0, of: count).cells(costs: costs) }
        #expect(parts.flatMap { $0 }.sorted() == Array(costs.indices))
        let loads = parts.map { $0.reduce(0) { $0 + costs[$1] } }
        // Graham's bound for dealing the dearest first.
        let least = max(costs.reduce(0, +) / Double(count), costs.max() ?? 0)
        #expect((loads.max() ?? 0) <= least * 4 / 3 + 1e-9)
    }

    @Test func equalCellsAreDealtInTurn() {
        #expect(Shard(2, of: 3).cells(costs: [1, 1, 1, 1, 1]) == [1, 4])
    }

    @Test(arguments: ["0/4", "5/4", "1/0", "1", "a/b", "1/2/3", "-1/4", "1/99999"]) func nonsenseIsNoPart(text: String) {
        #expect(Shard(text) == nil)
    }
}
