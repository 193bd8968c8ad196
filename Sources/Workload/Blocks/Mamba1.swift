/// The selective state-space mixer of Mamba (Gu and Dao, arXiv:2312.00752, §3; Jamba, Falcon-Mamba).
public struct Mamba1: BlockShape {
    /// Channels, d.
    public var channels = 1
    /// Numbers of the state for every channel, N.
    public var state = 1
    /// Rank of the projection of Δ.
    public var timeStepRank = 1
    /// Tokens that the convolution sees.
    public var convolution = 4
    /// Whether the projections of the stream have biases.
    public var hasBias = false
    /// Whether the convolution has a bias.
    public var hasConvolutionBias = true
    /// Whether Δ, B and C are normalised with weights (Jamba).
    public var hasInnerNorms = false

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `mamba-1`.
    public static let kind = "mamba-1"

    /// Its keys in model files.
    public static let fields: [BlockField<Mamba1>] = [
        .count("channels", \.channels, in: ModelLimits.width), .count("state", \.state, in: ModelLimits.headDimension),
        .count("time_step_rank", \.timeStepRank, in: ModelLimits.rank),
        .count("convolution", \.convolution, in: ModelLimits.taps, usual: 4),
        .flag("bias", \.hasBias), .flag("convolution_bias", \.hasConvolutionBias, usual: true), .flag("inner_norms", \.hasInnerNorms),
    ]

    /// x and its gate, the convolution, B, C and Δ from x, the scan, the gate, and the projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(channels, .tensor)
        var gate = Elementwise(kind: .activation, width: inner, tokens: .whole, bytes: 6)
        gate.vectors = hasInnerNorms ? timeStepRank + 2 * state : 0
        return [
            Mixer.projection(
                "input projection", Width(channels, of: 2, .tensor), from: Width(hidden), bias: hasBias ? 2 * channels : 0),
            Mixer.convolution(ShortConvolution(inner, taps: convolution, hasBias: hasConvolutionBias), keepsOutput: true),
            Mixer.projection("B, C and Δ", Width(timeStepRank + 2 * state), from: inner),
            Mixer.projection("Δ up-projection", inner, from: Width(timeStepRank), bias: channels),
            // A, a number a channel and state, and D.
            Mixer.recurrence(
                Recurrence(
                    .selective, heads: channels, keyHeads: 1, keyWidth: state, valueWidth: 1, chunk: 1,
                    parameters: channels * state + channels)),
            Operator("gate", .elementwise(gate), .recurrent), Mixer.output(inner, hidden: hidden, hasBias: hasBias),
        ]
    }
}
