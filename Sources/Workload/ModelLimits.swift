/// The ranges a model's numbers must lie in: far beyond any real model, and small enough that no count of parameters overflows.
public enum ModelLimits {
    /// Decoder layers.
    public static let layers = 1...65_536
    /// Width of the residual stream.
    public static let hidden = 1...1_048_576
    /// Entries of the vocabulary.
    public static let vocabulary = 1...268_435_456
    /// Query heads, and key/value heads.
    public static let heads = 1...16_384
    /// Width of a head, or of a part of it.
    public static let headDimension = 1...16_384
    /// Ranks of latent attention.
    public static let rank = 1...1_048_576
    /// Inner width of a feed-forward block or an expert.
    public static let width = 1...16_777_216
    /// Routed experts.
    public static let experts = 1...65_536
    /// Tokens that a short convolution sees.
    public static let taps = 1...1024
    /// Tokens of a chunk of a recurrence.
    public static let chunk = 1...65_536
    /// Normalisations in a layer.
    public static let normsPerLayer = 0...16
    /// Tokens of a sequence, a window or a position table.
    public static let sequenceLength = 1...1_073_741_824
    /// Multi-token-prediction blocks.
    public static let predictionBlocks = 0...64
    /// Parameters that are named one by one.
    public static let extraParameters = 0...1_000_000_000_000
    /// Parameters of the whole model; every count up to this is exact as a `Double` too.
    public static let parameters = 1e15
}
