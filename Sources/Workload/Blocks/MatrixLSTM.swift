/// The matrix-memory cell of xLSTM (Beck et al., arXiv:2405.04517, §2.3; as in xLSTM 7B, arXiv:2503.13427).
public struct MatrixLSTM: BlockShape {
    /// Heads, H.
    public var heads = 1
    /// Width of a query and key head.
    public var keyDimension = 1
    /// Width of a value head.
    public var valueDimension = 1
    /// Tokens of a chunk.
    public var chunk = 64
    /// Whether the projections have biases.
    public var hasBias = false

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `mlstm`.
    public static let kind = "mlstm"

    /// Its keys in model files.
    public static let fields: [BlockField<MatrixLSTM>] = [
        .count("heads", \.heads, in: ModelLimits.heads), .count("key_dimension", \.keyDimension, in: ModelLimits.headDimension),
        .count("value_dimension", \.valueDimension, in: ModelLimits.headDimension),
        .count("chunk", \.chunk, in: ModelLimits.chunk, usual: 64),
        .flag("bias", \.hasBias),
    ]

    /// Queries, keys, values, the output's gate, and an input and a forget gate a head; the recurrence, the norm of each head, the projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: valueDimension, .tensor)
        let outputs = Width(heads, of: 2 * keyDimension + 2 * valueDimension + 2, .tensor)
        return [
            // The two gates of a head have biases whatever the projections have.
            Mixer.projection("input projection", outputs, from: Width(hidden), bias: hasBias ? outputs.elements : 2 * heads),
            Mixer.recurrence(
                Recurrence(
                    .decay, heads: heads, keyHeads: heads, keyWidth: keyDimension, valueWidth: valueDimension, chunk: chunk, parameters: 0)),
            Mixer.gatedNorm(inner, own: inner.elements), Mixer.output(inner, hidden: hidden, hasBias: hasBias),
        ]
    }
}
