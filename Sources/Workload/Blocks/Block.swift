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
    static func normalisation(
        hidden: Int, norm: TransformerModel.Norm, norms: Int, moving: (input: OffloadModules, output: OffloadModules) = ([], [])
    ) -> Operator {
        var work = Elementwise(kind: .norm, width: Width(hidden), tokens: .outer, bytes: 10 * Double(norms))
        work.vectors = norms * norm.vectors * hidden
        // The norm moves 4 of the 10 bytes an element that norm and residual move together.
        work.repeatedBytes = 4 * Double(norms)
        work.repeatKind = .norm
        work.repeatModule = .norms
        return Operator(
            "norm and residual", .elementwise(work), .vectors,
            saved: [
                SavedTensor(Width(hidden), .outer, .normInput, copies: Double(norms), moving: norms == 1 ? moving.input : []),
                SavedTensor(Width(hidden), .gathered, .linearInput, in: .norms, moving: moving.output),
            ], alternateShare: 0.7)
    }
}

extension LayerPart {
    /// The modules whose inputs are the input and the output of its norm.
    private var moving: (input: OffloadModules, output: OffloadModules) {
        if blocks.contains(where: { $0.shape is Attention }) { return (.attentionNorm, .queryKeyValue) }
        return blocks.contains { $0.shape is FeedForward || $0.shape is Experts } ? (.feedForwardNorm, []) : ([], [])
    }

    /// The part as the operators of one block: the norms, then its blocks, which share a residual connection where they are several.
    func block(hidden: Int, norm: TransformerModel.Norm) -> Block {
        var before = Block.normalisation(hidden: hidden, norm: norm, norms: norms, moving: moving)
        // A block that is computed again brings its norms.
        before.ownsWeights = !blocks.contains(where: \.reusesWeights)
        return Block(
            name, [before] + blocks.flatMap { $0.operators(hidden: hidden) },
            transients: blocks.flatMap { $0.shape.transients(hidden: hidden) })
    }
}

extension TransformerModel {
    /// The blocks of a layer of class `layer`, in the order in which they run.
    public func blocks(of layer: LayerClass) -> [Block] { layer.parts.map { $0.block(hidden: hidden, norm: norm) } }
}
