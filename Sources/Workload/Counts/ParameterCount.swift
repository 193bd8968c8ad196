/// The exact parameters of a model, part by part.
///
/// `total` and `active` count what model cards publish: without multi-token-prediction blocks, whose parameters are `predictionBlocks`.
public struct ParameterCount: Hashable, Sendable {
    /// The token embedding, h·V.
    public var embedding: Int
    /// The table of learned positions; 0 for other kinds of positions.
    public var positions: Int
    /// The embedding that layers have beside it, with what brings it to their width; 0 without.
    public var layerEmbedding: Int
    /// The normalisation after the last layer, and that of the embedding where it has one.
    public var finalNorm: Int
    /// The output head, h·V, and its bias; without h·V where it shares the embedding's weights.
    public var head: Int
    /// Those that the model file names one by one.
    public var extras: Int
    /// Parameters of a layer of each class, as in `LayerClasses.classes`.
    public var layer: [LayerParameters]
    /// Layers of each class.
    public var layers: [Int]
    /// All multi-token-prediction blocks, without the embedding and head that they share with the model.
    public var predictionBlocks: Int

    /// All parameters.
    public var total: Int { outside + sum(\.total) }
    /// Parameters that one token meets: everything but the routed experts it does not visit. The embedding counts in full.
    public var active: Int { outside + sum(\.active) }

    /// Parameters outside the layers.
    private var outside: Int { embedding + positions + layerEmbedding + finalNorm + head + extras }

    /// A part of the layers, summed over all of them.
    public func sum(_ part: (LayerParameters) -> Int) -> Int {
        zip(layers, layer).reduce(0) { $0 + $1.0 * part($1.1) }
    }
}

extension TransformerModel {
    /// The exact parameters of the model, which must be valid.
    public var parameters: ParameterCount {
        let positionTable = if case .learned(let count) = positions { count * hidden } else { 0 }
        let classes = layerClasses
        // One projection from the stream to the rows of all layers, and one norm of a row.
        let rows = layerEmbedding.map { $0.vocabulary * layers * $0.width + hidden * layers * $0.width + $0.width } ?? 0
        return ParameterCount(
            embedding: hidden * vocabulary, positions: positionTable, layerEmbedding: rows,
            finalNorm: ((hasFinalNorm ? 1 : 0) + (hasEmbeddingNorm ? 1 : 0)) * normVector,
            head: (hasTiedEmbeddings ? 0 : hidden * vocabulary) + (hasHeadBias ? vocabulary : 0),
            extras: extras.reduce(0) { $0 + $1.count }, layer: classes.classes.map(parameters(of:)), layers: classes.counts,
            predictionBlocks: predictionBlocks * predictionBlockParameters)
    }

    /// Parameters of one multi-token-prediction block: a layer, the projection of hidden state and embedding, and three norms
    /// (DeepSeek-AI, DeepSeek-V3, arXiv:2412.19437, eq. 21–23).
    public var predictionBlockParameters: Int {
        let classes = layerClasses
        return parameters(of: classes.classes[classes.prediction]).total + predictionProjectionWeights + 3 * normVector
    }

    /// Matrix weights of a prediction block's projection of [hidden state; embedding] back to hidden width.
    var predictionProjectionWeights: Int { 2 * hidden * hidden }
}
