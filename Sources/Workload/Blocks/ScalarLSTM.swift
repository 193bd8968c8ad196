/// A cell whose gates read the output of the token before, head by head: sLSTM of xLSTM and its kin, with the fused kernels of FlashRNN (Pöppel,
/// Beck and Hochreiter, arXiv:2412.07752).
public struct ScalarLSTM: BlockShape {
    /// The cell.
    public enum Cell: String, Hashable, Sendable, CaseIterable {
        /// xLSTM's, with exponential gates.
        case slstm
        /// Long short-term memory.
        case lstm
        /// The gated recurrent unit.
        case gru
        /// Elman's network.
        case elman

        /// Gates, each with a recurrent matrix a head.
        public var gates: Int {
            switch self {
            case .slstm, .lstm: 4
            case .gru: 3
            case .elman: 1
            }
        }

        /// States of a token, the output among them; those of sLSTM are cell, normaliser and stabiliser beside it.
        public var states: Int {
            switch self {
            case .slstm: 4
            case .lstm: 2
            case .gru, .elman: 1
            }
        }

        /// Gates with a bias of their own: the unit's candidate has one for its input and one for its recurrent part.
        public var biases: Int { self == .gru ? 4 : gates }

        /// Gates that are kept of a token: the unit's recurrent parts are kept apart, since they are no sum with those of the input.
        public var keptGates: Int { self == .gru ? gates + biases : gates }
    }

    /// The cell.
    public var cell = Cell.slstm
    /// Heads.
    public var heads = 1
    /// Width of a head.
    public var headDimension = 1

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `slstm`.
    public static let kind = "slstm"

    /// Its keys in model files.
    public static let fields: [BlockField<ScalarLSTM>] = [
        .choice("cell", \.cell, usual: .slstm), .count("heads", \.heads, in: ModelLimits.heads),
        .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
    ]

    /// The inputs of all gates in one product, the recurrence token by token, its norm, and the projection out.
    ///
    /// Gates and states of every token are kept, in the format of activations; the inputs of the gates are not, whose gradients are those of the gates
    /// (`save_for_backward` and `rnn_function_registry` in flashrnn/flashrnn.py of FlashRNN).
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: headDimension, .tensor)
        let gates = Width(heads, of: cell.gates * headDimension, .tensor)
        let cellWork = SequentialRecurrence(
            gates: cell.gates, heads: heads, headWidth: headDimension, bias: cell.biases * inner.elements)
        return [
            Mixer.projection("gate inputs", gates, from: Width(hidden), keepsOutput: false),
            Operator(
                "sequential recurrence", .sequential(cellWork), .recurrent,
                saved: [
                    SavedTensor(Width(heads, of: cell.keptGates * headDimension, .tensor), .whole, .activation),
                    SavedTensor(inner, .whole, .activation, copies: Double(cell.states)),
                ]),
            Mixer.gatedNorm(inner, own: inner.elements), Mixer.output(inner, hidden: hidden),
        ]
    }
}
