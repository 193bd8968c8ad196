/// Bytes that memory-bound operators of a layer must move at least, forward, per rank; the backward moves twice as many.
enum MemoryBound {
    /// Two norms (read, write), two residual additions with bias and dropout (two reads, one write), 16-bit.
    static func norms(tokens: Double, hidden: Double) -> Double { 20 * tokens * hidden }

    /// Rotary embedding and transposes of queries and keys: one read and one write.
    static func rotary(tokens: Double, queryWidth: Double, keyWidth: Double) -> Double { 4 * tokens * (queryWidth + keyWidth) }

    /// Splits, rotations and concatenations of latent attention.
    static func latent(tokens: Double, heads: Double, queryKey: Double, value: Double, nope: Double) -> Double {
        tokens * heads * (6 * queryKey + 4 * (value + nope))
    }

    /// The activation between the matrices of a feed-forward block: its inputs (gate included) and its output.
    static func activation(tokens: Double, width: Double, isGated: Bool) -> Double { (isGated ? 6 : 4) * tokens * width }

    /// Expert permutation and its inverse (h read and written twice), activation, and the router's probabilities.
    static func permutation(rows: Double, hidden: Double, expertWidth: Double, sortsTwice: Bool, routedTokens: Double, experts: Double)
        -> Double
    {
        rows * hidden * (sortsTwice ? 16 : 8) + 6 * rows * expertWidth + 32 * routedTokens * experts
    }

    /// Unfused biases and clamped activation of experts that carry biases.
    static func expertBias(rows: Double, hidden: Double, expertWidth: Double) -> Double {
        rows * (8 * expertWidth + 4 * hidden + 12 * expertWidth)
    }
}
