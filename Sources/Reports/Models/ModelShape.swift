import Workload

/// The numbers of a model's shape in the JSON form of its summary; what a model lacks is left out.
struct ModelShape: Encodable {
    var layers, hidden, vocabulary: Int
    var maxSequenceLength: Int?
    var heads, keyValueHeads, queryKeyWidth, valueWidth: Int?
    var window: Int?
    var globalLayers: Int
    var mixtureLayers: Int
    var feedForwardWidth: Int?
    var experts, expertsPerToken, expertWidth, sharedExpertWidth: Int?
    var tiedEmbeddings: Bool
    var predictionBlocks: Int

    init(_ model: TransformerModel) {
        layers = model.layers
        hidden = model.hidden
        vocabulary = model.vocabulary
        maxSequenceLength = model.maxSequenceLength
        heads = model.attention?.heads
        keyValueHeads = model.attention?.keyValueHeads
        queryKeyWidth = model.attention?.queryKeyWidth
        valueWidth = model.attention?.valueWidth
        window = model.attention?.window?.size
        globalLayers = model.globalLayers
        mixtureLayers = model.mixtureLayers
        feedForwardWidth = model.feedForward.width > 0 ? model.feedForward.width : nil
        experts = model.experts?.count
        expertsPerToken = model.experts?.perToken
        expertWidth = model.experts?.width
        sharedExpertWidth = model.experts?.sharedWidth
        tiedEmbeddings = model.hasTiedEmbeddings
        predictionBlocks = model.predictionBlocks
    }

    enum CodingKeys: String, CodingKey {
        case layers, hidden, vocabulary, heads, window, experts
        case maxSequenceLength = "max_sequence_length"
        case keyValueHeads = "key_value_heads"
        case queryKeyWidth = "query_key_width"
        case valueWidth = "value_width"
        case globalLayers = "global_layers"
        case mixtureLayers = "mixture_layers"
        case feedForwardWidth = "feed_forward_width"
        case expertsPerToken = "experts_per_token"
        case expertWidth = "expert_width"
        case sharedExpertWidth = "shared_expert_width"
        case tiedEmbeddings = "tied_embeddings"
        case predictionBlocks = "prediction_blocks"
    }
}
