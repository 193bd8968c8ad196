/// The attention block of a transformer layer: multi-head, grouped-query, or latent.
public struct Attention: Hashable, Sendable {
    /// Query heads, a.
    public var heads: Int
    /// Key/value heads, g; equals `heads` for multi-head attention.
    public var keyValueHeads: Int
    /// Width of one query, key and value head, d; need not be hidden ÷ heads.
    public var headDimension: Int
    /// Where queries and keys are normalised before the product.
    public var queryKeyNorm: QueryKeyNorm
    /// Whether the query, key and value projections carry biases.
    public var hasInputBias: Bool
    /// Whether the output projection carries a bias.
    public var hasOutputBias: Bool
    /// Whether each head has a learned sink logit (gpt-oss).
    public var hasSinks: Bool
    /// Sliding-window attention on some layers; nil where every layer sees the whole sequence.
    public var window: SlidingWindow?
    /// Low-rank latent attention (DeepSeek-V2, arXiv:2405.04434 §2.1); nil for ordinary projections.
    public var latent: LatentAttention?
    /// Whether a projection of the input gates the heads' output element by element (Qwen3-Next).
    public var hasOutputGate = false
    /// Whether a projection of the input to a number a head gates each head (Laguna).
    public var hasHeadGate = false
    /// Whether the heads' output is normalised with weights before its projection (BitNet).
    public var hasOutputNorm = false
    /// Whether two softmaxes are subtracted, weighted by four learned vectors of head width (Ye et al., arXiv:2410.05258).
    public var isDifferential = false
    /// Whether values give a mask that is added to the scores (Doge).
    public var hasDynamicMask = false
    /// Whether it reads the embedding beside the stream, twice hidden in all (Zamba, arXiv:2405.16712).
    public var readsEmbedding = false
    /// Width of a value head where it is not that of queries and keys (MiMo-V2); nil where it is.
    public var valueDimension: Int?
    /// Width of the normalised vector that queries are projected down to and up from (multi-matrix factorisation attention, Step-3); nil where they
    /// are projected directly, and where attention is latent, which has a rank of its own.
    public var queryRank: Int?
    /// Where its keys and values come from.
    public var keyValues = KeyValueSource.own
    /// The choice of the keys that a query sees (DeepSeek-V3.2); nil where position alone decides.
    public var indexer: KeyIndexer?

    /// Plain grouped-query attention; the family's specialities default to absent.
    public init(
        heads: Int, keyValueHeads: Int, headDimension: Int, queryKeyNorm: QueryKeyNorm = .none, hasInputBias: Bool = false,
        hasOutputBias: Bool = false, hasSinks: Bool = false, window: SlidingWindow? = nil, latent: LatentAttention? = nil
    ) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headDimension = headDimension
        self.queryKeyNorm = queryKeyNorm
        self.hasInputBias = hasInputBias
        self.hasOutputBias = hasOutputBias
        self.hasSinks = hasSinks
        self.window = window
        self.latent = latent
    }

    /// Attention whose sizes are still to be read.
    public init() { self.init(heads: 1, keyValueHeads: 1, headDimension: 1) }

    /// Width of a query·key product: `headDimension`, or nope + rope for latent attention.
    public var queryKeyWidth: Int { latent.map { $0.nopeDimension + $0.ropeDimension } ?? headDimension }
    /// Width of a value head.
    public var valueWidth: Int { latent?.valueDimension ?? valueDimension ?? headDimension }
}

/// Normalisation of queries and keys.
public enum QueryKeyNorm: String, Hashable, Sendable, CaseIterable {
    /// None.
    case none
    /// One weight vector of head width for queries and one for keys (Qwen3).
    case perHead = "per-head"
    /// One weight vector over all heads for queries and one for keys (OLMo 2).
    case full
    /// A weight and a bias of head width for queries and for keys (Persimmon).
    case perHeadWithBias = "per-head-with-bias"
    /// Without learned vectors (Llama 4).
    case plain
}

/// Where a block's keys and values come from.
public enum KeyValueSource: String, Hashable, Sendable, CaseIterable {
    /// Projections of its own.
    case own
    /// One projection that is both key and value (Gemma 4).
    case joint
    /// Those of an earlier layer (Gemma 3n).
    case shared

    /// Projected vectors of head width a key/value head.
    var projections: Int {
        switch self {
        case .own: 2
        case .joint: 1
        case .shared: 0
        }
    }
}

/// The lightning indexer of sparse attention: scores of every earlier token by a few small heads, of which the best are attended to
/// (DeepSeek-AI, DeepSeek-V3.2, arXiv:2512.02556, eq. 1–2).
public struct KeyIndexer: Hashable, Sendable {
    /// Heads of the indexer.
    public var heads: Int
    /// Width of one of its heads.
    public var headDimension: Int
    /// Tokens that a query attends to.
    public var topK: Int
    /// Whether the tokens are those that an earlier layer has chosen: the indexer's weights are held and nothing of it is computed (GLM-5.2).
    public var isReused = false

    /// An indexer of some heads.
    public init(heads: Int, headDimension: Int, topK: Int) {
        self.heads = heads
        self.headDimension = headDimension
        self.topK = topK
    }
}

/// Sliding-window attention on a repeating pattern of layers.
public struct SlidingWindow: Hashable, Sendable {
    /// Tokens that a windowed layer sees back.
    public var size: Int
    /// Every n-th layer (n, 2n, … counted from 1) is global, the others are windowed; 0 where all are windowed.
    public var globalEvery: Int
    /// Whether the sequence is cut into chunks of `size` that do not see each other (Llama 4), rather than a window that slides.
    public var isChunked: Bool

    /// A window of `size` tokens with a global layer every `globalEvery`.
    public init(size: Int, globalEvery: Int, isChunked: Bool = false) {
        self.size = size
        self.globalEvery = globalEvery
        self.isChunked = isChunked
    }

    /// Whether layer `index`, counted from 0, sees the window only.
    public func isWindowedLayer(_ index: Int) -> Bool { globalEvery == 0 || (index + 1) % globalEvery != 0 }
}

/// The ranks of multi-head latent attention (DeepSeek-AI, DeepSeek-V2, arXiv:2405.04434, §2.1).
public struct LatentAttention: Hashable, Sendable {
    /// Rank of the query projection; nil where queries are projected directly.
    public var queryRank: Int?
    /// Rank of the joint key/value projection.
    public var keyValueRank: Int
    /// Width of the part of a head without positions.
    public var nopeDimension: Int
    /// Width of the rotated part of a head; the rotated key is shared by all heads.
    public var ropeDimension: Int
    /// Width of a value head.
    public var valueDimension: Int

    /// The five ranks of the block.
    public init(queryRank: Int?, keyValueRank: Int, nopeDimension: Int, ropeDimension: Int, valueDimension: Int) {
        self.queryRank = queryRank
        self.keyValueRank = keyValueRank
        self.nopeDimension = nopeDimension
        self.ropeDimension = ropeDimension
        self.valueDimension = valueDimension
    }
}
