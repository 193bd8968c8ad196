/// The parallelisable linear LSTM over a sequence or a grid (Pöppel et al., pLSTM, arXiv:2506.11997): source, transition and mark of every token.
public struct ParallelLSTM: BlockShape {
    /// Dimensions of the graph: 1 a sequence, 2 a grid.
    public var dimensions = 1
    /// Heads.
    public var heads = 1
    /// Width of a key head.
    public var keyDimension = 1
    /// Width of a value head.
    public var valueDimension = 1
    /// Tokens of a chunk.
    public var chunk = 64

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `plstm`.
    public static let kind = "plstm"

    /// Its keys in model files.
    public static let fields: [BlockField<ParallelLSTM>] = [
        .count("dimensions", \.dimensions, in: 1...2, usual: 1), .count("heads", \.heads, in: ModelLimits.heads),
        .count("key_dimension", \.keyDimension, in: ModelLimits.headDimension),
        .count("value_dimension", \.valueDimension, in: ModelLimits.headDimension),
        .count("chunk", \.chunk, in: ModelLimits.chunk, usual: 64),
    ]

    /// Queries, keys, values and gate, the gates of source, transition and mark in every direction, the recurrence once a direction, the norm, the
    /// projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: valueDimension, .tensor)
        let gates = 3 * dimensions
        let outputs = Width(heads, of: 2 * keyDimension + 2 * valueDimension + gates, .tensor)
        let pass = Mixer.recurrence(
            Recurrence(
                .decay, heads: heads, keyHeads: heads, keyWidth: keyDimension, valueWidth: valueDimension, chunk: chunk, parameters: 0))
        return [Mixer.projection("input projection", outputs, from: Width(hidden), bias: gates * heads)]
            + [Operator](repeating: pass, count: dimensions)
            + [Mixer.gatedNorm(inner, own: inner.elements), Mixer.output(inner, hidden: hidden)]
    }
}
