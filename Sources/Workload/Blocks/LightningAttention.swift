/// Lightning linear attention (Qin et al., arXiv:2401.04658; MiniMax-01, arXiv:2501.08313, §2.2).
public struct LightningAttention: BlockShape {
    /// Heads, H.
    public var heads = 1
    /// Width of a head.
    public var headDimension = 1
    /// Tokens of a chunk.
    public var chunk = 256

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `lightning-attention`.
    public static let kind = "lightning-attention"

    /// Its keys in model files.
    public static let fields: [BlockField<LightningAttention>] = [
        .count("heads", \.heads, in: ModelLimits.heads), .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
        .count("chunk", \.chunk, in: ModelLimits.chunk, usual: 256),
    ]

    /// Queries, keys and values, the output's gate, the recurrence with a fixed decay, the gated norm over all heads, and the projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: headDimension, .tensor)
        return [
            Mixer.projection("qkv projection", Width(heads, of: 3 * headDimension, .tensor), from: Width(hidden)),
            Mixer.projection("gate projection", inner, from: Width(hidden)),
            Mixer.recurrence(
                Recurrence(
                    .decay, heads: heads, keyHeads: heads, keyWidth: headDimension, valueWidth: headDimension, chunk: chunk, parameters: 0)),
            Mixer.gatedNorm(inner, own: inner.elements), Mixer.output(inner, hidden: hidden),
        ]
    }
}
