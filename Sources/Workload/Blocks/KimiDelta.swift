/// Kimi delta attention: the delta rule with a decay for every key channel (Kimi Team, Kimi Linear, arXiv:2510.26692, §4).
public struct KimiDelta: BlockShape {
    /// Heads, H.
    public var heads = 1
    /// Width of a query, key and value head.
    public var headDimension = 1
    /// Tokens that the convolutions see.
    public var convolution = 4
    /// Tokens of a chunk.
    public var chunk = 64
    /// Whether the output's gate has a bias (flash-linear-attention; the published models have none).
    public var hasGateBias = false
    /// Whether the output's gate is one projection rather than two through a head's width (Kimi K3).
    public var hasFullGate = false

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `kimi-delta`.
    public static let kind = "kimi-delta"

    /// Its keys in model files.
    public static let fields: [BlockField<KimiDelta>] = [
        .count("heads", \.heads, in: ModelLimits.heads), .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
        .count("convolution", \.convolution, in: ModelLimits.taps, usual: 4), .count("chunk", \.chunk, in: ModelLimits.chunk, usual: 64),
        .flag("gate_bias", \.hasGateBias), .flag("full_gate", \.hasFullGate),
    ]

    /// Queries, keys, values and β, their convolutions, the decay and the output's gate through a head's width, the recurrence, the gated norm, and
    /// the projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: headDimension, .tensor)
        let three = Width(heads, of: 3 * headDimension, .tensor)
        let bias = hasGateBias ? inner.elements : 0
        let gate =
            hasFullGate
            ? [Mixer.projection("gate projection", inner, from: Width(hidden), bias: bias)]
            : Mixer.lowRank("gate", inner, rank: headDimension, hidden: hidden, bias: bias)
        return [
            Mixer.projection("qkv projection and β", Width(heads, of: 3 * headDimension + 1, .tensor), from: Width(hidden)),
            Mixer.convolution(ShortConvolution(three, taps: convolution, hasBias: false), keepsOutput: true),
        ]
            + Mixer.lowRank("decay", inner, rank: headDimension, hidden: hidden)
            + gate + [
                // The decay's scale a head, and the bias of Δ a channel.
                Mixer.recurrence(
                    Recurrence(
                        .channelDelta, heads: heads, keyHeads: heads, keyWidth: headDimension, valueWidth: headDimension, chunk: chunk,
                        parameters: heads + inner.elements),
                    keeping: [
                        SavedTensor(Width(heads, of: 2 * chunk, .tensor), .whole, .activation), SavedTensor(inner, .whole, .bytes(4)),
                    ]),
                Mixer.gatedNorm(inner, shared: headDimension), Mixer.output(inner, hidden: hidden),
            ]
    }
}
