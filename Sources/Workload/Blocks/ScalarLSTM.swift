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
    /// Gates and states of every token are kept.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: headDimension, .tensor)
        let gates = Width(heads, of: cell.gates * headDimension, .tensor)
        let cellWork = SequentialRecurrence(gates: cell.gates, heads: heads, headWidth: headDimension, bias: gates.elements)
        return [
            Mixer.projection("gate inputs", gates, from: Width(hidden)),
            Operator(
                "sequential recurrence", .sequential(cellWork), .recurrent,
                saved: [SavedTensor(gates, .whole, .activation), SavedTensor(inner, .whole, .activation, copies: 2)]),
            Mixer.gatedNorm(inner, own: inner.elements), Mixer.output(inner, hidden: hidden),
        ]
    }
}
