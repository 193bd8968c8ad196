import Documents

extension SlidingWindow {
    static let fields: [BlockField<SlidingWindow>] = [
        .count("size", \.size, in: ModelLimits.sequenceLength),
        globalEveryField,
        .flag("chunked", \.isChunked),
    ]
}

extension SlidingWindow {
    /// No layer is global unless it is said.
    private static let globalEveryField = BlockField<SlidingWindow>(
        key: "global_every",
        read: { reader, window throws(DocumentError) in
            window.globalEvery = try reader.optional("global_every", .int(in: 0...ModelLimits.layers.upperBound)) ?? 0
        }, write: { .integer($0.globalEvery) },
        check: { window in
            let range = 0...ModelLimits.layers.upperBound
            return range.contains(window.globalEvery) ? nil : .init(key: "global_every", value: window.globalEvery, range: range)
        })
}

extension LatentAttention {
    static let fields: [BlockField<LatentAttention>] = [
        .count("query_rank", \.queryRank, in: ModelLimits.rank),
        .count("key_value_rank", \.keyValueRank, in: ModelLimits.rank),
        .count("nope_dimension", \.nopeDimension, in: ModelLimits.headDimension),
        .count("rope_dimension", \.ropeDimension, in: ModelLimits.headDimension),
        .count("value_dimension", \.valueDimension, in: ModelLimits.headDimension),
    ]
}

extension KeyIndexer {
    static let fields: [BlockField<KeyIndexer>] = [
        .count("heads", \.heads, in: ModelLimits.heads),
        .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
        .count("top_k", \.topK, in: ModelLimits.sequenceLength), .flag("reused", \.isReused),
    ]

    /// Queries from the latent query, one key a token, a weight a head, and the scores of all earlier tokens with the choice of the best.
    func operators(hidden: Int, queryRank: Int?) -> [Operator] {
        let queries = DenseProduct(Width(heads, of: headDimension), from: Width(queryRank ?? hidden))
        let keys = DenseProduct(Width(headDimension), from: Width(hidden))
        let weights = DenseProduct(Width(heads), from: Width(hidden))
        var norm = Elementwise(
            kind: .activation, width: Width(heads + 1, of: headDimension), tokens: .whole, bytes: 8)
        // A weight and a bias of the key's layer normalisation.
        norm.vectors = 2 * headDimension
        if isReused {
            var held = Elementwise(kind: .activation, width: Width(0), tokens: .whole, bytes: 0)
            held.vectors = norm.vectors + [queries, keys, weights].reduce(0) { $0 + $1.inputs.elements * $1.outputs.elements }
            return [Operator("indexer that is not run", .elementwise(held), .latentDown)]
        }
        return [
            Operator("indexer queries", .product(queries), .latentDown), Operator("indexer keys", .product(keys), .latentDown),
            Operator("indexer weights", .product(weights), .latentDown),
            Operator("indexer rotation and norm", .elementwise(norm), .vectors),
            // The chosen places, as 32-bit integers.
            Operator(
                "indexer scores", .scoring(KeyScoring(heads: heads, width: headDimension, chosen: topK)), .attention,
                saved: [SavedTensor(Width(topK), .whole, .bytes(4))]),
        ]
    }
}
