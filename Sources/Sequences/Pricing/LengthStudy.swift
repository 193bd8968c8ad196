import Quantities

/// What a step takes over seeded draws of its sequences.
public struct StepDraws: Codable, Hashable, Sendable {
    /// Way of dealing.
    public var dealing: String
    /// Mean, median and 95th percentile of the step, in s.
    public var mean, p50, p95: Double
    /// Mean share of a step in which a rank computes nothing, and the mean of the longest waiting rank's.
    public var idle, worstIdle: Double
    /// Share of the tokens computed that are padding.
    public var padding: Double
    /// Tokens a second, padding left out.
    public var tokensPerSecond: Double
    /// Share of sequences (of rows, on a static mesh) by the ranks that share one, ascending.
    public var groups: [GroupShare]

    /// Sequences that so many ranks share.
    public struct GroupShare: Codable, Hashable, Sendable {
        /// Ranks of a group.
        public var ranks: Int
        /// Share of the sequences.
        public var share: Double
    }
}

/// Draws batches from a distribution and deals each in every way.
public struct LengthStudy: Sendable {
    /// How sequences are dealt and priced.
    public let dealer: StepDealer
    /// What is drawn from.
    public let lengths: LengthDistribution
    /// Tokens of a step.
    public let budget: Int
    /// Steps that are drawn.
    public internal(set) var draws: Int
    /// The seed of the draws.
    public let seed: UInt64

    /// A study of `draws` steps of `budget` tokens.
    public init(_ dealer: StepDealer, _ lengths: LengthDistribution, budget: Int, draws: Int = 100, seed: UInt64 = 0) {
        self.dealer = dealer
        self.lengths = lengths
        self.budget = budget
        self.draws = max(1, draws)
        self.seed = seed
    }

    /// Tokens a second that no dealing in groups exceeds in the mean: every sequence on the ranks that take least of their time together, and none ever idle.
    public var groupBound: Double {
        let prices = dealer.prices
        var work = 0.0
        for (length, share) in zip(lengths.lengths, lengths.shares) {
            let legal = prices.groups[prices.level(length)...].filter { $0.ranks <= prices.ranks }
            work += share * (legal.map { ($0.seconds(length) + $0.fixed) * Double($0.ranks) }.min() ?? .infinity)
        }
        let sequences = Double(budget) / lengths.mean
        return Double(budget) / (work * sequences / Double(prices.ranks) + prices.after)
    }

    /// The lengths of a draw, which depend on the seed and its number alone.
    public func batch(_ draw: Int) -> [Int] {
        var random = SeededRandom(seed: seed).stream(draw)
        return lengths.draw(tokens: budget, &random)
    }

    /// What the step takes in a way of dealing; nil where it cannot serve the longest sequence.
    public func result(_ dealing: Dealing) -> StepDraws? {
        var seconds: [Double] = []
        var (idle, worst, padding, tokens, total) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var groups: [Int: Int] = [:]
        var held = StepDealer.HeldSequences(dealer)
        // Where sequences wait, the first steps would hold too few: the same draws go before.
        if dealing.holdsBack { for draw in 0..<draws { _ = dealer.step(batch(draw), dealing, &held) } }
        for draw in 0..<draws {
            guard let step = dealer.step(batch(draw), dealing, &held) else { return nil }
            seconds.append(step.seconds)
            idle += step.idle
            worst += step.worstIdle
            padding += step.padding
            tokens += Double(step.tokens)
            total += step.seconds
            for (ranks, count) in step.groups { groups[ranks, default: 0] += count }
        }
        let sorted = seconds.sorted()
        func quantile(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }
        let count = Double(draws)
        let all = Double(max(1, groups.values.reduce(0, +)))
        return StepDraws(
            dealing: dealing.rawValue, mean: total / count, p50: quantile(0.5), p95: quantile(0.95), idle: idle / count,
            worstIdle: worst / count, padding: padding / count, tokensPerSecond: total > 0 ? tokens / total : 0,
            groups: groups.keys.sorted().map { .init(ranks: $0, share: Double(groups[$0] ?? 0) / all) })
    }
}
