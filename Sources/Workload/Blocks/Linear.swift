/// One projection from the stream to itself (between Zamba's shared blocks and its stream).
public struct Linear: BlockShape {
    /// Whether it has a bias.
    public var hasBias = false

    /// A projection.
    public init() {}

    /// `linear`.
    public static let kind = "linear"

    /// Its keys in model files.
    public static let fields: [BlockField<Linear>] = [.flag("bias", \.hasBias)]

    /// The product.
    public func operators(hidden: Int) -> [Operator] {
        var product = DenseProduct(Width(hidden), from: Width(hidden))
        product.outputBias = hasBias ? hidden : 0
        return [
            Operator("projection", .product(product), .latentDown, saved: [SavedTensor(Width(hidden), .outer, .linearInput)])
        ]
    }
}
