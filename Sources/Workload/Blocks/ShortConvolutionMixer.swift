/// A gated short convolution as the whole mixer (Liquid AI, LFM2, arXiv:2511.23404).
public struct ShortConvolutionMixer: BlockShape {
    /// Channels, as wide as the residual stream in every published model.
    public var channels = 1
    /// Tokens that the convolution sees.
    public var convolution = 3
    /// Whether projections and convolution have biases.
    public var hasBias = false

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `short-convolution`.
    public static let kind = "short-convolution"

    /// Its keys in model files.
    public static let fields: [BlockField<ShortConvolutionMixer>] = [
        .count("channels", \.channels, in: ModelLimits.width), .count("convolution", \.convolution, in: ModelLimits.taps, usual: 3),
        .flag("bias", \.hasBias),
    ]

    /// Two gates and the input in one projection, the convolution between the gates, and the projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(channels, .tensor)
        let gates = Elementwise(kind: .activation, width: inner, tokens: .whole, bytes: 12)
        return [
            Mixer.projection("input projection", Width(channels, of: 3, .tensor), from: Width(hidden), bias: hasBias ? 3 * channels : 0),
            Operator("gates", .elementwise(gates), .recurrent, saved: [SavedTensor(inner, .whole, .activation)]),
            Mixer.convolution(ShortConvolution(inner, taps: convolution, hasBias: hasBias), keepsOutput: true),
            Mixer.output(inner, hidden: hidden, hasBias: hasBias),
        ]
    }
}
