/// The state-space mixer of Mamba-2 (Dao and Gu, arXiv:2405.21060, §7; Nemotron-H, Bamba, Granite 4, Zamba 2).
public struct Mamba2: BlockShape {
    /// Heads, H.
    public var heads = 1
    /// Width of a head, P.
    public var headDimension = 1
    /// Groups of heads that share B and C, G.
    public var groups = 1
    /// Numbers of the state for every channel, N.
    public var state = 1
    /// Tokens that the convolution sees.
    public var convolution = 4
    /// Tokens of a chunk of the scan.
    public var chunk = 256
    /// Whether the projections have biases.
    public var hasBias = false
    /// Whether the projection out has a bias where that is not as of the one in (Falcon-H1).
    public var hasOutputBias: Bool?
    /// Whether the convolution has a bias.
    public var hasConvolutionBias = true
    /// Whether the gated output is normalised (not in Falcon-H1 unless it says so).
    public var hasNorm = true

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `mamba-2`.
    public static let kind = "mamba-2"

    /// Its keys in model files.
    public static let fields: [BlockField<Mamba2>] = [
        .count("heads", \.heads, in: ModelLimits.heads), .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
        .count("groups", \.groups, in: ModelLimits.heads), .count("state", \.state, in: ModelLimits.headDimension),
        .count("convolution", \.convolution, in: ModelLimits.taps, usual: 4), .count("chunk", \.chunk, in: ModelLimits.chunk, usual: 256),
        .flag("bias", \.hasBias), .flag("output_bias", \.hasOutputBias), .flag("convolution_bias", \.hasConvolutionBias, usual: true),
        .flag("norm", \.hasNorm, usual: true),
    ]

    /// Groups that the heads cannot be shared out to.
    public func problem() -> BlockProblem? {
        guard heads % groups != 0 else { return nil }
        return BlockProblem(
            key: "groups", what: "\(heads) heads cannot share \(groups) groups evenly", remedy: "the number of groups must divide \(heads)")
    }

    /// z, x, B, C and Δ in one projection, the convolution of x, B and C, the scan, the gated norm, and the projection out.
    ///
    /// The fused scan keeps what the projection gave and its own output, and convolves again in the backward pass.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: headDimension, .tensor)
        let shared = Width(groups, of: 2 * state, .tensor)
        var convolution = ShortConvolution(inner, taps: convolution, hasBias: hasConvolutionBias)
        convolution.sharedChannels = shared
        let bias = hasBias ? 2 * inner.elements + shared.elements + heads : 0
        return [
            Mixer.projection(
                "input projection", Width(heads, of: 2 * headDimension + 1, .tensor), shared: shared, from: Width(hidden), bias: bias),
            Mixer.convolution(convolution, keepsOutput: false),
            // A and D, and the bias of Δ.
            Mixer.recurrence(
                Recurrence(
                    .scan, heads: heads, keyHeads: groups, keyWidth: state, valueWidth: headDimension, chunk: chunk, parameters: 3 * heads)
            ),
            Mixer.gatedNorm(inner, own: hasNorm ? inner.elements : 0),
            Mixer.output(inner, hidden: hidden, hasBias: hasOutputBias ?? hasBias),
        ]
    }
}
