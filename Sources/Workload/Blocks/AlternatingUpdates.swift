/// Alternating updates (Baykal et al., arXiv:2301.13310; Gemma 3n): several streams, of which each layer computes one and predicts the others.
public struct AlternatingUpdates: BlockShape {
    /// Streams.
    public var streams = 1

    /// A block whose sizes are still to be read.
    public init() {}

    /// `alternating-updates`.
    public static let kind = "alternating-updates"

    /// Its keys in model files.
    public static let fields: [BlockField<AlternatingUpdates>] = [.count("streams", \.streams, in: 1...64)]

    /// The router with its norm, the coefficients of prediction and correction, the mixes of the streams, and the scale of the corrected one.
    public func operators(hidden: Int) -> [Operator] {
        let coefficients = DenseProduct(Width(streams * streams + streams), from: Width(streams))
        var mixes = Elementwise(kind: .norm, width: Width(streams, of: hidden), tokens: .outer, bytes: 8)
        mixes.vectors = 2 * hidden
        return [
            Operator("modality router", .product(DenseProduct(Width(streams), from: Width(hidden))), .latentDown),
            Operator("coefficients", .product(coefficients), .latentDown),
            Operator("stream mixes", .elementwise(mixes), .vectors, saved: [SavedTensor(Width(streams, of: hidden), .outer, .activation)]),
        ]
    }
}
