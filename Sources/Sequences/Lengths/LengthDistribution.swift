public import Quantities
public import Workload

/// How long sequences are: lengths in tokens, and the share of samples that have each.
public struct LengthDistribution: Hashable, Sendable {
    /// What it is called: a shipped name, or a path.
    public let name: String
    /// Where it comes from.
    public let source: String
    /// Lengths in tokens, ascending, no two alike.
    public let lengths: [Int]
    /// Shares of the samples; they sum to 1.
    public let shares: [Double]
    private let cumulative: [Double]

    /// A distribution from lengths and weights, in any order; equal lengths are put together. Weights need not sum to 1; nil without any.
    public init?(name: String, source: String, lengths: [Int], weights: [Double]) {
        guard lengths.count == weights.count, !lengths.isEmpty else { return nil }
        let order = lengths.indices.sorted { lengths[$0] < lengths[$1] }
        let total = weights.reduce(0, +)
        guard total > 0, total.isFinite else { return nil }
        var (kept, shares): ([Int], [Double]) = ([], [])
        for index in order where weights[index] > 0 {
            if kept.last == lengths[index] {
                shares[shares.count - 1] += weights[index] / total
            } else {
                kept.append(lengths[index])
                shares.append(weights[index] / total)
            }
        }
        guard let least = kept.first, least > 0 else { return nil }
        self.name = name
        self.source = source
        self.lengths = kept
        self.shares = shares
        var sum = 0.0
        cumulative = shares.map {
            sum += $0; return sum
        }
    }

    /// The same with lengths above `limit` cut to it.
    public func cut(to limit: Int) -> LengthDistribution {
        LengthDistribution(name: name, source: source, lengths: lengths.map { min($0, limit) }, weights: shares) ?? self
    }

    /// Mean length in tokens.
    public var mean: Double { zip(lengths, shares).reduce(0) { $0 + Double($1.0) * $1.1 } }
    /// The longest.
    public var longest: Int { lengths[lengths.count - 1] }

    /// The length that a share of the samples does not exceed.
    public func quantile(_ share: Double) -> Int { lengths[place(of: min(max(share, 0), 1))] }

    /// Share of samples, and of tokens, in sequences of `length` tokens or more.
    public func shares(atLeast length: Int) -> (samples: Double, tokens: Double) {
        let mean = mean
        return zip(lengths, shares).reduce(into: (0, 0)) { sum, one in
            guard one.0 >= length else { return }
            sum.samples += one.1
            sum.tokens += Double(one.0) * one.1 / mean
        }
    }

    /// A drawn length.
    public func draw(_ random: inout SeededRandom) -> Int { lengths[place(of: random.unit())] }

    /// Drawn lengths up to a budget of tokens; the last one is left out where it would exceed it. At least one.
    public func draw(tokens budget: Int, _ random: inout SeededRandom) -> [Int] {
        var (drawn, sum): ([Int], Int) = ([], 0)
        while drawn.count < 1 << 24 {
            let next = draw(&random)
            guard sum + next <= budget || drawn.isEmpty else { break }
            drawn.append(next)
            sum += next
        }
        return drawn
    }

    /// The documents of rows of `rowTokens` tokens, `rows` of them at once, packed from drawn samples: which there are, and how full rows are.
    public func documents(_ packing: PackingMode, rowTokens: Int, rows: Int, seed: UInt64 = 0) -> DocumentMix? {
        guard packing != .none else { return mix(filled: min(1, mean / Double(rowTokens)), isPadded: true) }
        let most = max(1, min(rows, Self.mostRows))
        var random = SeededRandom(seed: seed)
        let packed = PackedRows(draw(tokens: most * rowTokens, &random), packing, capacity: rowTokens)
        // A row that the draw ends in is not full, whichever way it is packed.
        let filled = packing == .pack || lengths == [rowTokens] ? 1 : 1 - packed.padding
        guard packing == .pack else { return mix(filled: filled, isPadded: false) }
        let pieces = packed.rows.flatMap(\.self)
        return LengthDistribution(name: name, source: source, lengths: pieces, weights: pieces.map { _ in 1 })?
            .mix(filled: filled, isPadded: false)
    }

    /// Rows that are packed to see how full they get.
    private static let mostRows = 256

    /// The mix of documents in packed sequences. More than 256 lengths are put together in as many bands, each with the mean length of its tokens, so
    /// that the sum of squares stays what it is.
    private func mix(filled: Double, isPadded: Bool) -> DocumentMix? {
        guard lengths.count > 256 else {
            return DocumentMix(source: name, lengths: lengths, shares: shares, filled: filled, isPadded: isPadded)
        }
        var (kept, weights): ([Int], [Double]) = ([], [])
        var start = 0
        while start < lengths.count {
            let end = min(lengths.count, start + max(1, (lengths.count + 255) / 256))
            var (tokens, squares) = (0.0, 0.0)
            for index in start..<end {
                tokens += shares[index] * Double(lengths[index])
                squares += shares[index] * Double(lengths[index]) * Double(lengths[index])
            }
            let length = max(1, Int((squares / tokens).rounded()))
            kept.append(length)
            weights.append(tokens / Double(length))
            start = end
        }
        return DocumentMix(source: name, lengths: kept, shares: weights, filled: filled, isPadded: isPadded)
    }

    /// The first place whose cumulative share exceeds a share.
    private func place(of share: Double) -> Int {
        var (low, high) = (0, lengths.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > share { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
