/// The shape of a decoder-only transformer: everything that decides its parameters, arithmetic and memory.
public struct TransformerModel: Hashable, Sendable {
    /// The name people use, lower-case and hyphenated.
    public var name: String
    /// Where the shape comes from.
    public var source: String
    /// Decoder layers, L, without multi-token-prediction blocks.
    public var layers: Int
    /// Width of the residual stream, h.
    public var hidden: Int
    /// Entries of the vocabulary, V, before padding.
    public var vocabulary: Int
    /// The attention block; nil where no layer has one.
    public var attention: Attention?
    /// The dense block of dense layers; width 0 where every layer is a mixture.
    public var feedForward: FeedForward
    /// The mixture of experts, if any.
    public var experts: Experts?
    /// The kind of normalisation.
    public var norm: Norm
    /// Normalisations of hidden width in a layer: 2, or 4 where the blocks' outputs are normalised too (Gemma 2).
    public var normsPerLayer: Int
    /// How positions enter.
    public var positions: Positions
    /// How rotary positions are computed; nil where the source does not say.
    public var rotary: RotaryEmbedding?
    /// Whether the output head shares the embedding's weights.
    public var hasTiedEmbeddings: Bool
    /// The layers block by block, where they are more than one attention, one feed-forward and one mixture can say; nil otherwise.
    ///
    /// `attention`, `feedForward` and `experts` are then the first of their kinds, for people's tables; what is priced and what is legal is read
    /// from `layerClasses`.
    public var stack: LayerStack?
    /// A second embedding that every layer adds to the stream (Gemma 3n); nil without.
    public var layerEmbedding: LayerEmbedding?
    /// Whether the embedding's output is normalised (BLOOM).
    public var hasEmbeddingNorm = false
    /// Whether the stream is normalised after the last layer (not in the first GPT).
    public var hasFinalNorm = true
    /// Parameters outside the layers that nothing else here counts, such as projections around the stack, with what they are.
    public var extras: [ExtraParameters] = []
    /// Whether the head has a bias (GPT-J, Phi-2).
    public var hasHeadBias = false
    /// What the parts of a layer read of the stream.
    public var residual = Residual.standard
    /// Multi-token-prediction blocks after the last layer (DeepSeek-V3, arXiv:2412.19437 §2.2); outside the published count.
    public var predictionBlocks: Int
    /// Tokens of the longest sequence the model is made for; nil where its source does not say.
    public var maxSequenceLength: Int?

    /// A model from its parts.
    public init(
        name: String, source: String = "", layers: Int, hidden: Int, vocabulary: Int, attention: Attention?, feedForward: FeedForward,
        experts: Experts? = nil, norm: Norm = .rms, normsPerLayer: Int = 2, positions: Positions = .rotary, hasTiedEmbeddings: Bool = false,
        predictionBlocks: Int = 0, maxSequenceLength: Int? = nil, rotary: RotaryEmbedding? = nil
    ) {
        self.name = name
        self.source = source
        self.layers = layers
        self.hidden = hidden
        self.vocabulary = vocabulary
        self.attention = attention
        self.feedForward = feedForward
        self.experts = experts
        self.norm = norm
        self.normsPerLayer = normsPerLayer
        self.positions = positions
        self.rotary = rotary
        self.hasTiedEmbeddings = hasTiedEmbeddings
        self.predictionBlocks = predictionBlocks
        self.maxSequenceLength = maxSequenceLength
    }

    /// A model whose layers are written block by block.
    public init(
        name: String, source: String = "", hidden: Int, vocabulary: Int, stack: LayerStack, norm: Norm = .rms,
        positions: Positions = .rotary,
        hasTiedEmbeddings: Bool = false, predictionBlocks: Int = 0, maxSequenceLength: Int? = nil, rotary: RotaryEmbedding? = nil
    ) {
        func first<Shape>(_ kind: Shape.Type) -> Shape? { stack.blocks.lazy.compactMap { $0.block.shape as? Shape }.first }
        self.init(
            name: name, source: source, layers: stack.count, hidden: hidden, vocabulary: vocabulary, attention: first(Attention.self),
            feedForward: first(FeedForward.self) ?? FeedForward(width: 0, isGated: true), experts: first(Experts.self), norm: norm,
            positions: positions, hasTiedEmbeddings: hasTiedEmbeddings, predictionBlocks: predictionBlocks,
            maxSequenceLength: maxSequenceLength, rotary: rotary)
        self.stack = stack
    }

    /// The kind of normalisation, which decides its parameters.
    public enum Norm: String, Hashable, Sendable, CaseIterable {
        /// Root-mean-square: a weight.
        case rms
        /// Layer normalisation: a weight and a bias.
        case layer
        /// Layer normalisation with a weight alone (Command-R, MPT).
        case unbiased = "layer-without-bias"
        /// Layer normalisation without learned vectors (OLMo).
        case plain

        /// Learned vectors of a normalisation.
        public var vectors: Int {
            switch self {
            case .rms, .unbiased: 1
            case .layer: 2
            case .plain: 0
            }
        }
    }

    /// What a part of a layer, such as attention or a feed-forward, reads of the stream.
    public enum Residual: String, Hashable, Sendable, CaseIterable {
        /// What the part before it has written.
        case standard
        /// The stream as it was before the part before it wrote, so that the collective of that part runs beside this one (Zhang et al.,
        /// Ladder-residual, arXiv:2501.06589, §3); parameters and arithmetic are the same.
        case ladder
    }

    /// How positions enter the model.
    public enum Positions: Hashable, Sendable {
        /// Rotated queries and keys; no parameters.
        case rotary
        /// A learned table of this many positions.
        case learned(Int)
        /// A bias on the scores (ALiBi) or nothing at all; no parameters.
        case none
    }
}

extension TransformerModel {
    /// Tokens of a sequence where a user names no length: what the model is made for, but no more than the 8,192 usual in pretraining.
    public var usualSequenceLength: Int { min(maxSequenceLength ?? 4096, 8192) }
}

/// An embedding of its own for every layer, whose rows each layer gates and adds to the stream (Gemma 3n, Gemma 4).
public struct LayerEmbedding: Hashable, Sendable {
    /// Entries of its vocabulary.
    public var vocabulary: Int
    /// Width of a layer's row.
    public var width: Int

    /// An embedding of `width` a layer.
    public init(vocabulary: Int, width: Int) {
        self.vocabulary = vocabulary
        self.width = width
    }
}

/// Parameters outside the layers, which only their count describes.
public struct ExtraParameters: Hashable, Sendable {
    /// What they are, such as `segment embeddings`.
    public var name: String
    /// How many.
    public var count: Int

    /// So many parameters of a name.
    public init(_ name: String, _ count: Int) {
        self.name = name
        self.count = count
    }
}
