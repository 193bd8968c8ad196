/// The gated delta net (Yang et al., arXiv:2412.06464; Qwen3-Next, Qwen3.5, OLMo hybrid).
public struct GatedDelta: BlockShape {
    /// Heads of queries and keys, K.
    public var keyHeads = 1
    /// Width of a key head.
    public var keyDimension = 1
    /// Heads of values, V.
    public var valueHeads = 1
    /// Width of a value head.
    public var valueDimension = 1
    /// Tokens that the convolution sees.
    public var convolution = 4
    /// Tokens of a chunk.
    public var chunk = 64

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `gated-delta`.
    public static let kind = "gated-delta"

    /// Its keys in model files.
    public static let fields: [BlockField<GatedDelta>] = [
        .count("key_heads", \.keyHeads, in: ModelLimits.heads), .count("key_dimension", \.keyDimension, in: ModelLimits.headDimension),
        .count("value_heads", \.valueHeads, in: ModelLimits.heads),
        .count("value_dimension", \.valueDimension, in: ModelLimits.headDimension),
        .count("convolution", \.convolution, in: ModelLimits.taps, usual: 4), .count("chunk", \.chunk, in: ModelLimits.chunk, usual: 64),
    ]

    /// Key heads that the value heads cannot share.
    public func problem() -> BlockProblem? {
        guard valueHeads % keyHeads != 0 else { return nil }
        return BlockProblem(
            key: "key_heads", what: "\(valueHeads) value heads cannot share \(keyHeads) key heads evenly",
            remedy: "the number of key heads must divide \(valueHeads)")
    }

    /// Queries, keys, values, gate, β and decay in one projection, the convolution of the first three, the recurrence, the gated norm, and the
    /// projection out.
    ///
    /// Kept are the outputs of projection and convolution, queries and keys repeated for every value head, the inverted triangle of each chunk, and
    /// decay and β in fp32.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(valueHeads, of: valueDimension, .tensor)
        let keys = Width(keyHeads, of: 2 * keyDimension, .tensor)
        var convolution = ShortConvolution(inner, taps: convolution, hasBias: false)
        convolution.sharedChannels = keys
        return [
            Mixer.projection("input projection", Width(valueHeads, of: 2 * valueDimension + 2, .tensor), shared: keys, from: Width(hidden)),
            Mixer.convolution(convolution, keepsOutput: true),
            // The decay and the bias of Δ.
            Mixer.recurrence(
                Recurrence(
                    .delta, heads: valueHeads, keyHeads: keyHeads, keyWidth: keyDimension, valueWidth: valueDimension, chunk: chunk,
                    parameters: 2 * valueHeads),
                keeping: [
                    SavedTensor(Width(valueHeads, of: 2 * keyDimension, .tensor), .whole, .activation),
                    SavedTensor(Width(valueHeads, of: chunk, .tensor), .whole, .activation),
                    SavedTensor(Width(valueHeads, .tensor), .whole, .bytes(8)),
                ]),
            Mixer.gatedNorm(inner, shared: valueDimension), Mixer.output(inner, hidden: hidden),
        ]
    }
}
