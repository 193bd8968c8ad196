/// A part of a layer with a residual connection around it, such as attention or a feed-forward: the list of its operators for a token.
///
/// Everything else about a block is read from the list: parameters (`LayerParameters`), arithmetic (`ForwardFLOPs`), and in the cost models time and
/// memory.
public struct Block: Hashable, Sendable {
    /// What people call it.
    public var name: String
    /// Its operators, in the order in which they run.
    public var operators: [Operator]
    /// Tensors that are alive at the worst moment of its backward pass beside those it keeps.
    public var transients: [SavedTensor] = []

    /// A block of some operators.
    public init(_ name: String, _ operators: [Operator], transients: [SavedTensor] = []) {
        self.name = name
        self.operators = operators
        self.transients = transients
    }

    /// Whether it is a mixture of experts.
    public var isMixture: Bool { operators.contains { if case .routing = $0.work { true } else { false } } }

    /// Whether tensor-parallel ranks gather its input and scatter its output: a product of it is split, and its tokens do not travel to experts
    /// instead.
    public var exchangesActivations: Bool {
        !isMixture && operators.contains { if case .product(let product) = $0.work { product.isSplit } else { false } }
    }

    /// The norms before a block (and after it, where there are more than one), its residual connection, and its input as linear layers keep it.
    static func normalisation(_ model: TransformerModel, norms: Int) -> Operator {
        var work = Elementwise(kind: .norm, width: Width(model.hidden), tokens: .outer, bytes: 10 * Double(norms))
        work.vectors = norms * model.normVector
        // The norm moves 4 of the 10 bytes an element that norm and residual move together.
        work.repeatedBytes = 4 * Double(norms)
        work.repeatKind = .norm
        work.repeatModule = .norms
        return Operator(
            "norm and residual", .elementwise(work), .vectors,
            saved: [
                SavedTensor(Width(model.hidden), .outer, .normInput, copies: Double(norms)),
                SavedTensor(Width(model.hidden), .gathered, .linearInput, in: .norms),
            ], alternateShare: 0.7)
    }
}

extension TransformerModel {
    /// The blocks of a layer of class `layer`, in the order in which they run.
    public func blocks(of layer: LayerClass) -> [Block] {
        // The attention's half of the norms is the larger where their number is odd.
        let before = (normsPerLayer + 1) / 2
        let mixer = attention.block(self, norms: before, sight: sight(of: layer))
        let after = normsPerLayer - before
        if layer.isMixture, let experts { return [mixer, experts.block(self, norms: after)] }
        return [mixer, feedForward.block(self, norms: after)]
    }

    /// What a query of a layer sees.
    func sight(of layer: LayerClass) -> Sight {
        guard layer.isWindowed, let window = attention.window else { return .whole }
        return window.isChunked ? .chunk(window.size) : .window(window.size)
    }
}
