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
    /// The attention block.
    public var attention: Attention
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
    /// Multi-token-prediction blocks after the last layer (DeepSeek-V3, arXiv:2412.19437 §2.2); outside the published count.
    public var predictionBlocks: Int
    /// Tokens of the longest sequence the model is made for; nil where its source does not say.
    public var maxSequenceLength: Int?

    /// A model from its parts.
    public init(
        name: String, source: String = "", layers: Int, hidden: Int, vocabulary: Int, attention: Attention, feedForward: FeedForward,
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

    /// The kind of normalisation, which decides its parameters.
    public enum Norm: String, Hashable, Sendable, CaseIterable {
        /// Root-mean-square: a weight.
        case rms
        /// Layer normalisation: a weight and a bias.
        case layer

        /// Learned vectors of a normalisation.
        public var vectors: Int { self == .rms ? 1 : 2 }
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
