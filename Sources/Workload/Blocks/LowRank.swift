/// A projection through a small rank beside a block: LAuReL of Gemma 3n (Menghani et al., arXiv:2411.07501), the adapters of Zamba 2's shared blocks.
public struct LowRank: BlockShape {
    /// The rank.
    public var rank = 1
    /// Width of what it adds to; 0 where that is the stream.
    public var outputs = 0
    /// Whether it reads the embedding beside the stream.
    public var readsEmbedding = false

    /// A block whose sizes are still to be read.
    public init() {}

    /// `low-rank`.
    public static let kind = "low-rank"

    /// Its keys in model files.
    public static let fields: [BlockField<LowRank>] = [
        .count("rank", \.rank, in: ModelLimits.rank), .count("outputs", \.outputs, in: 0...2 * ModelLimits.width.upperBound, usual: 0),
        .flag("reads_embedding", \.readsEmbedding),
    ]

    /// Down and up.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(rank)
        let up = outputs > 0 ? Width(outputs, .tensor) : Width(hidden)
        return [
            Operator(
                "low-rank down-projection", .product(DenseProduct(inner, from: Width(readsEmbedding ? 2 * hidden : hidden))), .latentDown,
                saved: [SavedTensor(inner, .gathered, .linearInput)]),
            Operator(
                "low-rank up-projection", .product(DenseProduct(up, from: inner)), outputs > 0 ? .feedForward : .latentDown),
        ]
    }
}
