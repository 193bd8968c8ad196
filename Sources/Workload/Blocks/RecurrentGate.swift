/// The real-gated linear recurrent unit (De et al., Griffin, arXiv:2402.19427, §2.4; RecurrentGemma).
public struct RecurrentGate: BlockShape {
    /// Channels of the recurrence.
    public var channels = 1
    /// Blocks of the gates' matrices.
    public var heads = 1
    /// Tokens that the convolution sees.
    public var convolution = 4

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `gated-recurrence`.
    public static let kind = "gated-recurrence"

    /// Its keys in model files.
    public static let fields: [BlockField<RecurrentGate>] = [
        .count("channels", \.channels, in: ModelLimits.width), .count("heads", \.heads, in: ModelLimits.heads),
        .count("convolution", \.convolution, in: ModelLimits.taps, usual: 4),
    ]

    /// Blocks of different sizes.
    public func problem() -> BlockProblem? {
        guard channels % heads != 0 else { return nil }
        return BlockProblem(
            key: "heads", what: "\(channels) channels cannot be cut into \(heads) blocks",
            remedy: "the number of heads must divide \(channels)")
    }

    /// Two projections with biases, the convolution, the gates block by block, the recurrence, and the projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(channels, .tensor)
        let block = channels / heads
        return [
            Mixer.projection("input projection", Width(channels, of: 2, .tensor), from: Width(hidden), bias: 2 * channels),
            Mixer.convolution(ShortConvolution(inner, taps: convolution, hasBias: true), keepsOutput: true),
            // Each channel is multiplied with its own block only.
            Mixer.projection("gates", Width(heads, of: 2 * block, .tensor), from: Width(block), bias: 2 * channels),
            Mixer.recurrence(
                Recurrence(.selective, heads: channels, keyHeads: 1, keyWidth: 1, valueWidth: 1, chunk: 1, parameters: channels)),
            Mixer.gatedNorm(inner), Mixer.output(inner, hidden: hidden, hasBias: true),
        ]
    }
}
