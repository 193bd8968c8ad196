import Quantities
import Testing

@testable import Sequences

/// The balance scheduler against brute force and its own bounds.
@Suite struct BalanceSchedulerTests {
    /// Costs of attention alone and of everything beside it, about as large at 8K tokens, on ranks of 8,192 tokens.
    static func prices(ranks: Int, pipeline: Int = 1) -> SequencePrices {
        var groups: [GroupPrice] = []
        var size = 1
        while size <= ranks {
            groups.append(GroupPrice(ranks: size, perToken: 1e-6 / Double(size), perSquare: 1e-10 / Double(size)))
            size *= 2
        }
        return SequencePrices(groups: groups, mesh: groups[groups.count - 1], capacity: 8192, ranks: ranks, pipeline: pipeline)
    }

    /// The least end over all ways to give every sequence an aligned block of the ranks that the scheduler gives it, each rank computing its own one
    /// after another, members of a block together, the longest first.
    private func brute(_ lengths: [Int], _ levels: [Int32], _ prices: SequencePrices) -> Double {
        let order = lengths.indices.sorted { (levels[$0], lengths[$0], $1) > (levels[$1], lengths[$1], $0) }
        var best = Double.infinity
        func go(_ index: Int, _ ends: [Double]) {
            let end = ends.max() ?? 0
            guard end < best else { return }
            guard index < order.count else { best = end; return }
            let group = prices.groups[Int(levels[order[index]])]
            for block in 0..<prices.ranks / group.ranks {
                let members = block * group.ranks..<(block + 1) * group.ranks
                var next = ends
                let start = ends[members].max() ?? 0
                for rank in members { next[rank] = start + group.seconds(lengths[order[index]]) }
                go(index + 1, next)
            }
        }
        go(0, Array(repeating: 0, count: prices.ranks))
        return best
    }

    /// Up to eight sequences on four ranks: never below the bound, never above 4/3 of the best (Graham, Bounds on Multiprocessing Timing Anomalies,
    /// 1969, equation 3).
    @Test func smallBatchesAreNearTheBest() {
        let prices = Self.prices(ranks: 4)
        var random = SeededRandom(seed: 4)
        var (worst, exact) = (1.0, 0)
        for _ in 0..<400 {
            let lengths = (0..<1 + random.below(8)).map { _ in 1 + random.below(random.below(4) == 0 ? 30_000 : 9_000) }
            let scheduler = BalanceScheduler(prices)
            let dealt = scheduler.deal(lengths)
            let end = dealt.end
            var levels = [Int32](repeating: 0, count: lengths.count)
            for place in dealt.places { levels[Int(place.sequence)] = place.level }
            let best = brute(lengths, levels, prices)
            let work = zip(lengths, levels).reduce(0.0) {
                let group = prices.groups[Int($1.1)]
                return $0 + group.seconds($1.0) * Double(group.ranks)
            }
            let longest = zip(lengths, levels).reduce(0.0) { max($0, prices.groups[Int($1.1)].seconds($1.0)) }
            #expect(end >= max(work / 4, longest) * (1 - 1e-12))
            #expect(end >= best * (1 - 1e-12))
            #expect(end <= 4.0 / 3 * best * (1 + 1e-12), "\(lengths) \(levels)")
            worst = max(worst, end / best)
            exact += end <= best * (1 + 1e-9) ? 1 : 0
        }
        #expect(worst > 1 && exact > 200)
    }

    @Test func everySequenceIsDealtOnce() {
        var random = SeededRandom(seed: 8)
        let lengths = (0..<5000).map { _ in 1 + random.below(random.below(20) == 0 ? 200_000 : 6000) }
        let dealt = BalanceScheduler(Self.prices(ranks: 64)).deal(lengths)
        #expect(Set(dealt.places.map(\.sequence)).count == lengths.count)
        for place in dealt.places {
            let size = 1 << Int(place.level)
            #expect(Int(place.rank) % size == 0 && Int(place.rank) + size <= 64 && lengths[Int(place.sequence)] <= size * 8192)
        }
        // Many short ones leave nobody waiting.
        let mean = dealt.ends.reduce(0, +) / 64
        #expect((dealt.ends.max() ?? 0) < 1.02 * mean)
    }

    /// Never worse than what Megatron's own scheduler makes of the same batches.
    @Test func isNeverWorseThanMegatrons() throws {
        let prices = Self.prices(ranks: 16)
        let dealer = StepDealer(prices, rowTokens: 131_072)
        var random = SeededRandom(seed: 2)
        for _ in 0..<50 {
            let lengths = (0..<32).map { _ in 1 + random.below(random.below(5) == 0 ? 100_000 : 8000) }
            let hybrid = try #require(dealer.step(lengths, .hybrid))
            let balanced = try #require(dealer.step(lengths, .balanced))
            #expect(balanced.seconds <= hybrid.seconds * (1 + 1e-9))
            let naive = try #require(dealer.step(lengths, .naive))
            #expect(balanced.seconds <= naive.seconds * (1 + 1e-9))
            // Nobody is faster than the work divided by all.
            for step in [hybrid, balanced, naive] { #expect(step.busy.reduce(0, +) / 16 <= step.seconds * (1 + 1e-9)) }
        }
    }

    /// Where all sequences are as long as a row, every way of dealing is the same.
    @Test func equalSequencesLeaveNothingToDeal() throws {
        let groups = [GroupPrice(ranks: 1, perToken: 1e-6, perSquare: 1e-10)]
        let prices = SequencePrices(groups: groups, mesh: groups[0], capacity: 4096, ranks: 8)
        let dealer = StepDealer(prices, rowTokens: 4096)
        let lengths = Array(repeating: 4096, count: 64)
        let expected = 8 * (1e-6 * 4096 + 1e-10 * 4096 * 4096)
        for dealing in Dealing.allCases {
            let step = try #require(dealer.step(lengths, dealing))
            #expect(abs(step.seconds / expected - 1) < 1e-9, "\(dealing)")
            #expect(abs(step.idle) < 1e-9 && step.padding == 0)
        }
    }

    /// What is drawn is what is priced: spans of a rank follow each other, sum to its busy time, and members of a group run together.
    @Test(arguments: Dealing.allCases) func spansAreTheStep(dealing: Dealing) throws {
        var dealer = StepDealer(Self.prices(ranks: 16), rowTokens: 131_072)
        dealer.recordsSpans = true
        var random = SeededRandom(seed: 6)
        let lengths = (0..<60).map { _ in 1 + random.below(random.below(6) == 0 ? 90_000 : 7000) }
        let step = try #require(dealer.step(lengths, dealing))
        for rank in 0..<16 {
            let spans = step.spans.filter { $0.rank == rank }.sorted { $0.start < $1.start }
            for (one, next) in zip(spans, spans.dropFirst()) { #expect(one.start + one.seconds <= next.start + 1e-12) }
            #expect(abs(spans.reduce(0) { $0 + $1.seconds } - step.busy[rank]) < 1e-12)
        }
        let last = step.spans.map { $0.start + $0.seconds }.max() ?? 0
        #expect(abs(last - step.seconds) < 1e-12)
        if dealing != .padded, !dealing.holdsBack {
            #expect(step.spans.reduce(0.0) { $0 + Double($1.tokens) / Double($1.ranks) } == Double(lengths.reduce(0, +)))
        }
    }
}
