/// The exact parameters of a model, part by part.
///
/// `total` and `active` count what model cards publish: without multi-token-prediction blocks, whose parameters are `predictionBlocks`.
public struct ParameterCount: Hashable, Sendable {
    /// The token embedding, h·V.
    public var embedding: Int
    /// The table of learned positions; 0 for other kinds of positions.
    public var positions: Int
    /// The normalisation after the last layer.
    public var finalNorm: Int
    /// The output head, h·V; 0 where it shares the embedding's weights.
    public var head: Int
    /// Parameters of a layer of each class, by `LayerClass.index`.
    public var layer: [LayerParameters]
    /// Layers of each class, by `LayerClass.index`.
    public var layers: [Int]
    /// All multi-token-prediction blocks, without the embedding and head that they share with the model.
    public var predictionBlocks: Int

    /// All parameters.
    public var total: Int { outside + sum(\.total) }
    /// Parameters that one token meets: everything but the routed experts it does not visit. The embedding counts in full.
    public var active: Int { outside + sum(\.active) }

    /// Parameters outside the layers.
    private var outside: Int { embedding + positions + finalNorm + head }

    /// A part of the layers, summed over all of them.
    public func sum(_ part: (LayerParameters) -> Int) -> Int {
        zip(layers, layer).reduce(0) { $0 + $1.0 * part($1.1) }
    }
}

extension TransformerModel {
    /// The exact parameters of the model, which must be valid.
    public var parameters: ParameterCount {
        let positionTable = if case .learned(let count) = positions { count * hidden } else { 0 }
        return ParameterCount(
            embedding: hidden * vocabulary, positions: positionTable, finalNorm: normVector,
            head: hasTiedEmbeddings ? 0 : hidden * vocabulary,
            layer: LayerClass.all.map(parameters(of:)), layers: layersPerClass,
            predictionBlocks: predictionBlocks * predictionBlockParameters)
    }

    /// Parameters of one multi-token-prediction block: a layer, the projection of hidden state and embedding, and three norms
    /// (DeepSeek-AI, DeepSeek-V3, arXiv:2412.19437, eq. 21–23).
    public var predictionBlockParameters: Int {
        parameters(of: predictionBlockClass).total + predictionProjectionWeights + 3 * normVector
    }

    /// Matrix weights of a prediction block's projection of [hidden state; embedding] back to hidden width.
    var predictionProjectionWeights: Int { 2 * hidden * hidden }
}
