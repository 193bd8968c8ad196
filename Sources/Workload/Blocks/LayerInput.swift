/// What a layer does with its row of the embedding that layers have beside the stream's (`layer_embedding`): gated and added (Gemma 3n, Gemma 4).
public struct LayerInput: BlockShape {
    /// Width of a row.
    public var width = 1

    /// A block whose sizes are still to be read.
    public init() {}

    /// `layer-input`.
    public static let kind = "layer-input"

    /// Its keys in model files.
    public static let fields: [BlockField<LayerInput>] = [.count("width", \.width, in: ModelLimits.hidden)]

    /// The gate from the stream, its product with the row, and the projection back to the stream.
    public func operators(hidden: Int) -> [Operator] {
        let row = Width(width)
        return [
            Operator(
                "row gate", .product(DenseProduct(row, from: Width(hidden))), .latentDown,
                saved: [SavedTensor(row, .outer, .activation, copies: 2)]),
            Operator("row product", .elementwise(Elementwise(kind: .activation, width: row, tokens: .outer, bytes: 6)), .vectors),
            Operator(
                "row projection", .product(DenseProduct(Width(hidden), from: row)), .latentDown,
                saved: [SavedTensor(row, .outer, .linearInput)]),
        ]
    }
}
