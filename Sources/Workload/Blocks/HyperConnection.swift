/// Several residual streams that are mixed before and after a block (Xie et al., mHC, arXiv:2512.24880; DeepSeek-V4): stands beside the block whose
/// residual connection it is.
public struct HyperConnection: BlockShape {
    /// Streams.
    public var streams = 1

    /// A connection whose sizes are still to be read.
    public init() {}

    /// `hyper-connection`.
    public static let kind = "hyper-connection"

    /// Its keys in model files.
    public static let fields: [BlockField<HyperConnection>] = [.count("streams", \.streams, in: 1...64)]

    /// Weights of the streams before and after the block and from stream to stream, from all of them, and the mixes.
    ///
    /// Every rank has all of it; the streams are kept beside the block's input.
    public func operators(hidden: Int) -> [Operator] {
        let all = Width(streams, of: hidden)
        let outputs = (2 + streams) * streams
        var product = DenseProduct(Width(outputs), from: all)
        // Biases, and a scale for each of the three kinds of weights.
        product.outputBias = outputs + 3
        let mixes = Elementwise(kind: .norm, width: all, tokens: .outer, bytes: 8)
        return [
            Operator("stream weights", .product(product), .latentDown, saved: [SavedTensor(Width(outputs), .outer, .bytes(4))]),
            Operator(
                "stream mixes", .elementwise(mixes), .vectors, saved: [SavedTensor(Width(streams - 1, of: hidden), .outer, .activation)]),
        ]
    }
}
