/// The documents that packed sequences hold: which share of the tokens lies in documents of which length.
///
/// A token sees its own document only, so that attention is a sum over documents: Σ Lᵢ · keys(Lᵢ) in place of s · keys(s).
public struct DocumentMix: Hashable, Sendable {
    /// Where it comes from: a name or a path.
    public let source: String
    /// Lengths in tokens.
    public let lengths: [Int]
    /// Shares of the tokens in documents of these lengths; they sum to 1.
    public let tokenShares: [Double]
    /// Share of the tokens of packed sequences that are not padding.
    public let filled: Double
    /// Whether a sequence holds one document, computed whole with what fills it up.
    public let isPadded: Bool

    /// A mix from lengths and the shares of documents that have them; nil where there are none.
    public init?(source: String, lengths: [Int], shares: [Double], filled: Double = 1, isPadded: Bool = false) {
        let tokens = zip(lengths, shares).reduce(0.0) { $0 + Double($1.0) * $1.1 }
        guard tokens > 0, lengths.count == shares.count else { return nil }
        self.source = source
        self.filled = filled
        self.isPadded = isPadded
        self.lengths = lengths
        tokenShares = zip(lengths, shares).map { Double($0) * $1 / tokens }
    }

    /// Attention of packed sequences of `sequence` tokens over that of sequences of one document each; longer documents are cut.
    public func share(of sight: Sight, sequence: Int) -> Double {
        guard !isPadded else { return 1 }
        let whole = sight.meanKeys(sequenceLength: sequence, counting: .causal)
        guard whole > 0 else { return 1 }
        let mean = zip(lengths, tokenShares).reduce(0.0) {
            $0 + $1.1 * sight.meanKeys(sequenceLength: max(1, min($1.0, sequence)), counting: .causal)
        }
        return min(1, filled * mean / whole)
    }
}
