import Quantities
import Testing

@testable import Sequences

/// FlexSP's groups against brute force and what no groups can beat.
@Suite struct FlexibleGroupsTests {
    private static let prices = BalanceSchedulerTests.prices(ranks: 4)

    /// The least time of one micro-batch over all ways to put sequences into groups of powers of two that fit side by side.
    private func brute(_ lengths: [Int]) -> Double? {
        let prices = Self.prices
        var best: Double?
        func ends(_ groups: [(level: Int, members: [Int])]) -> Double {
            groups.map { group in
                let tokens = Double(group.members.reduce(0, +))
                let squares = group.members.reduce(0.0) { $0 + Double($1) * Double($1) }
                return prices.groups[group.level].seconds(tokens: tokens, documents: tokens, squares: squares)
            }.max() ?? 0
        }
        func go(_ index: Int, _ groups: [(level: Int, members: [Int])], _ free: Int) {
            guard index < lengths.count else {
                if groups.allSatisfy({ $0.members.reduce(0, +) <= prices.groups[$0.level].ranks * prices.capacity }) {
                    best = min(best ?? .infinity, ends(groups))
                }
                return
            }
            for place in groups.indices {
                var next = groups
                next[place].members.append(lengths[index])
                go(index + 1, next, free)
            }
            for level in prices.groups.indices where prices.groups[level].ranks <= free {
                go(index + 1, groups + [(level, [lengths[index]])], free - prices.groups[level].ranks)
            }
        }
        go(0, [], prices.ranks)
        return best
    }

    /// Up to six sequences on four ranks: never below the best micro-batch, and rarely far above it.
    @Test func smallBatchesAreNearTheBest() throws {
        var random = SeededRandom(seed: 5)
        var (worst, sum, count) = (1.0, 0.0, 0.0)
        for _ in 0..<200 {
            let lengths = (0..<1 + random.below(6)).map { _ in 1100 + random.below(random.below(3) == 0 ? 20_000 : 7000) }
            guard lengths.reduce(0, +) <= 4 * 8192, let best = brute(lengths) else { continue }
            let planner = FlexibleGroups(prices: Self.prices)
            let batches = try #require(planner.microBatches(lengths))
            guard batches.count == 1 else { continue }
            let end = batches[0].map(planner.seconds).max() ?? 0
            #expect(end >= best * (1 - 1e-12))
            worst = max(worst, end / best)
            sum += end / best
            count += 1
        }
        #expect(count > 60 && worst < 1.5 && sum / count < 1.05, "\(count) \(worst) \(sum / count)")
    }

    /// Every sequence is in one group, groups hold what they have, and stand side by side.
    @Test func groupsHoldTheirSequences() throws {
        let prices = BalanceSchedulerTests.prices(ranks: 64)
        var random = SeededRandom(seed: 9)
        let lengths = (0..<3000).map { _ in 1 + random.below(random.below(20) == 0 ? 200_000 : 6000) }
        let batches = try #require(FlexibleGroups(prices: prices).microBatches(lengths))
        #expect(batches.flatMap { $0.flatMap(\.sequences) }.sorted() == Array(lengths.indices))
        for groups in batches {
            #expect(groups.reduce(0) { $0 + prices.groups[$1.level].ranks } <= 64)
            #expect(zip(groups, groups.dropFirst()).allSatisfy { $0.level >= $1.level })
            for group in groups {
                #expect(group.tokens == group.sequences.reduce(0) { $0 + lengths[$1] })
                #expect(group.tokens <= prices.groups[group.level].ranks * prices.capacity)
            }
        }
    }

    /// A sequence that no group holds is refused; none at all is a step of nothing.
    @Test func nothingIsSqueezed() throws {
        let planner = FlexibleGroups(prices: Self.prices)
        #expect(planner.microBatches([4 * 8192 + 1]) == nil)
        #expect(try #require(planner.microBatches([])).isEmpty)
        #expect(try #require(planner.microBatches([4 * 8192])).count == 1)
    }
}
