/// Lightning linear attention (Qin et al., arXiv:2401.04658; MiniMax-01, arXiv:2501.08313, §2.2).
public struct LightningAttention: BlockShape {
    /// Heads, H.
    public var heads = 1
    /// Width of a head.
    public var headDimension = 1
    /// Tokens of a chunk.
    public var chunk = 256
    /// Whether queries and keys are normalised, a vector of head width each (Ring-linear).
    public var hasQueryKeyNorm = false
    /// Whether the projection of queries, keys and values has a bias.
    public var hasInputBias = false
    /// Whether the projection out has a bias.
    public var hasOutputBias = false

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `lightning-attention`.
    public static let kind = "lightning-attention"

    /// Its keys in model files.
    public static let fields: [BlockField<LightningAttention>] = [
        .count("heads", \.heads, in: ModelLimits.heads), .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
        .count("chunk", \.chunk, in: ModelLimits.chunk, usual: 256), .flag("query_key_norm", \.hasQueryKeyNorm),
        .flag("input_bias", \.hasInputBias), .flag("output_bias", \.hasOutputBias),
    ]

    /// Queries, keys and values, the output's gate, the recurrence with a fixed decay, the gated norm over all heads, and the projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: headDimension, .tensor)
        let projected = Width(heads, of: 3 * headDimension, .tensor)
        var operators = [
            Mixer.projection("qkv projection", projected, from: Width(hidden), bias: hasInputBias ? projected.elements : 0),
            Mixer.projection("gate projection", inner, from: Width(hidden)),
        ]
        if hasQueryKeyNorm {
            let both = Width(heads, of: 2 * headDimension, .tensor)
            var norm = Elementwise(kind: .norm, width: both, tokens: .whole, bytes: 4)
            norm.vectors = 2 * headDimension
            operators.append(
                Operator("query/key norms", .elementwise(norm), .recurrent, saved: [SavedTensor(both, .whole, .activation)]))
        }
        return operators + [
            Mixer.recurrence(
                Recurrence(
                    .decay, heads: heads, keyHeads: heads, keyWidth: headDimension, valueWidth: headDimension, chunk: chunk, parameters: 0)),
            Mixer.gatedNorm(inner, own: inner.elements), Mixer.output(inner, hidden: hidden, hasBias: hasOutputBias),
        ]
    }
}
