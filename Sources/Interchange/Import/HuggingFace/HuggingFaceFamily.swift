import Documents
import Workload

/// What the code of a `model_type` says and its file does not: the rules by which a file's keys make a model.
///
/// A family is a list of the rules in which it differs from Llama. Where its layers are more than an attention and a feed-forward, `layers` makes
/// them.
struct HuggingFaceFamily: Sendable {
    /// The `model_type`.
    let type: String

    // MARK: Attention

    /// Keys of the number of query heads.
    var headsKeys = ["num_attention_heads", "n_head", "num_heads", "n_heads", "attention_heads"]
    /// Whether the projections of queries, keys and values have biases.
    var inputBias = Rule.key("attention_bias")
    /// Whether the projection out of the attention has one.
    var outputBias = Rule.key("attention_bias")
    /// Normalisation of queries and keys, where `queryKeyNormed` says so.
    var queryKeyNorm = QueryKeyNorm.none
    /// Whether queries and keys are normalised.
    var queryKeyNormed = Rule.yes
    /// Whether the attention is latent.
    var isLatent = false
    /// What else sets the attention of the family apart.
    var attention: @Sendable (inout Attention) -> Void = { _ in }
    /// Which layers see a window only.
    var windows = Windows.none

    // MARK: Feed-forward and mixture

    /// Keys of the width of the dense feed-forward; empty where no layer is dense.
    var widthKeys = ["intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size", "dff"]
    /// Its width over hidden where the file leaves it out; 0 where it may not.
    var widthFactor = 0
    /// Whether a gate multiplies its activation.
    var isGated = true
    /// Whether its products have biases.
    var feedForwardBias = Rule.no
    /// What else sets the feed-forward apart.
    var feedForward: @Sendable (inout FeedForward) -> Void = { _ in }
    /// The mixture; nil where every layer is dense.
    var mixture: Mixture?

    // MARK: Layers

    /// Keys of the number of layers.
    var layersKeys = ["num_hidden_layers", "n_layer", "num_layers", "n_layers"]
    /// Keys whose list or pattern names every layer, and so says how many there are where no number does.
    var layerNamesKeys: [String] = []
    /// Normalisations of hidden width around the attention and around the feed-forward.
    var norms = (attention: 1, feedForward: 1)
    /// Whether attention and feed-forward read the same input and are added up.
    var isParallel = Rule.no
    /// The kind of normalisation.
    var norm = TransformerModel.Norm.rms
    /// Whether the head can share the embedding's weights; the code of some does not, whatever the file says.
    var canTie = true
    /// Whether the head shares the embedding's weights where the file does not say, for families whose class is not in transformers.
    var tiesUnlessStated = false
    /// How positions enter.
    var positions = Positions.rotary
    /// The layers, where they are more than attention and feed-forward.
    var layers: (@Sendable (HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer])?
    /// What is left to set on the model.
    var finish: (@Sendable (HuggingFaceDecoder, inout TransformerModel) throws(DocumentError) -> Void)?

    /// A family that is as Llama but for what `set` says.
    init(_ type: String, _ set: (inout HuggingFaceFamily) -> Void = { _ in }) {
        self.type = type
        set(&self)
    }

    /// A family that is as another but for what `set` says.
    func renamed(_ type: String, _ set: (inout HuggingFaceFamily) -> Void = { _ in }) -> HuggingFaceFamily {
        var copy = HuggingFaceFamily(type)
        (copy.headsKeys, copy.inputBias, copy.outputBias) = (headsKeys, inputBias, outputBias)
        (copy.queryKeyNorm, copy.queryKeyNormed, copy.isLatent) = (queryKeyNorm, queryKeyNormed, isLatent)
        (copy.attention, copy.windows, copy.widthKeys, copy.widthFactor) = (attention, windows, widthKeys, widthFactor)
        (copy.isGated, copy.feedForwardBias, copy.feedForward, copy.mixture) = (isGated, feedForwardBias, feedForward, mixture)
        (copy.layersKeys, copy.norms, copy.isParallel, copy.norm) = (layersKeys, norms, isParallel, norm)
        (copy.positions, copy.layers, copy.finish, copy.layerNamesKeys) = (positions, layers, finish, layerNamesKeys)
        (copy.canTie, copy.tiesUnlessStated) = (canTie, tiesUnlessStated)
        set(&copy)
        return copy
    }

    /// Whether something is so.
    enum Rule: Sendable {
        case no
        case yes
        /// As a key of the file says; no where it and its class say nothing.
        case key(String)
    }

    /// Which layers see a window only, in files that do not list them.
    enum Windows: Sendable {
        /// None.
        case none
        /// All of them.
        case all
        /// All but every so many-th, a number under a key or the usual one.
        case globalEvery(key: String?, usual: Int)
        /// All but the first of every so many.
        case globalFirst(of: Int)
        /// Qwen's and dots.llm1's flag and bound: those from `max_window_layers` on.
        case after
        /// Those in front of the bound, every other.
        case before
        /// All where the flag says so.
        case flagged
        /// Chunks, where positions are rotary (Llama 4).
        case chunked
    }

    /// How positions enter.
    enum Positions: Sendable {
        case rotary
        case none
        /// A learned table of the number of positions and so many more.
        case learned(plus: Int)
        /// A learned table, or the bias of ALiBi as a flag says.
        case alibi(key: String)
    }

    /// How the mixture is read.
    struct Mixture: Sendable {
        /// Keys of the width of one expert.
        var widthKeys = ["moe_intermediate_size"]
        /// Keys of the number of experts.
        var countKeys = ["num_experts", "n_routed_experts", "num_local_experts", "moe_num_experts"]
        /// Keys of the number that a token visits.
        var perTokenKeys = ["experts_per_token", "num_experts_per_tok", "moe_topk", "moe_k", "num_experts_per_token"]
        /// The shared experts.
        var shared = Shared.none
        /// Whether a scalar gates them.
        var hasSharedGate = false
        /// Whether the linear layers of experts have biases.
        var hasBias = false
        /// Whether those of shared experts have.
        var sharedBias = Rule.no
        /// Whether the router has a trained bias.
        var hasRouterBias = false
        /// Which layers are mixtures where the file does not list them.
        var placement = Placement.everywhere
    }

    /// How wide the shared experts are.
    enum Shared: Sendable {
        case none
        /// As wide as one expert.
        case one
        /// A number of experts, under one of some keys.
        case count([String])
        /// A width under one of some keys.
        case width([String])
    }

    /// Which layers are mixtures.
    enum Placement: Sendable {
        case everywhere
        /// Those after so many dense ones, a number under a key or the usual one.
        case after(key: String, usual: Int)
        /// DeepSeek's number of dense layers, and of the others every so many-th.
        case deepSeek
        /// Qwen's step, without the layers that are listed as dense.
        case qwen
        /// Llama 4's list, or its step.
        case llama4
        /// Jamba's period and offset.
        case jamba
        /// ERNIE's first and last layer and the step between.
        case ernie
    }
}

/// A layer as parts that follow each other, each of pieces side by side.
typealias HuggingFaceLayer = [[HuggingFacePiece]]

/// A block with the name that a model file gives it.
struct HuggingFacePiece: Sendable {
    var name: String
    var shape: any BlockShape
    var norms = 1
    var reusesWeights = false

    init(_ name: String, _ shape: any BlockShape, norms: Int = 1, reusesWeights: Bool = false) {
        self.name = name
        self.shape = shape
        self.norms = norms
        self.reusesWeights = reusesWeights
    }
}
