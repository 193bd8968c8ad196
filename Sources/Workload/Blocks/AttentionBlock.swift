extension Attention {
    /// Attention as operators: projections, norms of queries and keys, rotation, core, output.
    func block(_ model: TransformerModel, norms: Int, sight: Sight) -> Block {
        let inner = latent.map { latentOperators($0, model) } ?? plainOperators(model)
        return Block("attention", [Block.normalisation(model, norms: norms)] + inner + [core(sight), output(model)])
    }

    /// Multi-head or grouped-query projections of queries, keys and values.
    private func plainOperators(_ model: TransformerModel) -> [Operator] {
        let (d, g) = (headDimension, keyValueHeads)
        var product = DenseProduct(Width(heads, of: d, .tensor), from: Width(model.hidden))
        product.keyValues = Width(g, of: 2 * d, .tensorRepeating)
        product.bias = hasInputBias ? (heads + 2 * g) * d : 0
        product.castInputs = Width(model.hidden)
        product.castGradients = Width(heads + 2 * g, of: d, .tensor)
        var kept = [
            SavedTensor(Width(heads, of: d, .tensor), .whole, .activation),
            SavedTensor(Width(g, of: 2 * d, .tensorRepeating), .whole, .activation),
        ]
        if queryKeyNorm != .none {
            kept.append(SavedTensor(Width(heads, of: d, .tensor), .whole, .activation))
            kept.append(SavedTensor(Width(g, of: d, .tensorRepeating), .whole, .activation))
            // The reciprocal root mean squares in fp32.
            kept.append(SavedTensor(Width(heads, .tensor), .whole, .bytes(4)))
            kept.append(SavedTensor(Width(g, .tensorRepeating), .whole, .bytes(4)))
        }
        var rotation = Elementwise(kind: .activation, width: Width(heads + g, of: d, .tensor), tokens: .whole, bytes: 4)
        rotation.vectors =
            switch queryKeyNorm {
            case .none: 0
            case .perHead: 2 * d
            case .full: (heads + g) * d
            }
        return [
            Operator("qkv projection", .product(product), .attention, saved: kept, alternateShare: 1),
            Operator("rotation and query/key norms", .elementwise(rotation), .vectors, alternateShare: 0.7),
        ]
    }

    /// Multi-head latent attention's down- and up-projections (DeepSeek-AI, DeepSeek-V2, arXiv:2405.04434, eq. 9–19).
    private func latentOperators(_ latent: LatentAttention, _ model: TransformerModel) -> [Operator] {
        let h = Width(model.hidden)
        let queries = Width(heads, of: queryKeyWidth, .tensor)
        let nopeAndValue = latent.nopeDimension + latent.valueDimension
        var operators: [Operator] = []
        if let rank = latent.queryRank {
            operators.append(
                Operator("query down-projection", .product(DenseProduct(Width(rank), from: h)), .latentDown, alternateShare: 1))
            operators.append(
                Operator("query up-projection", .product(DenseProduct(queries, from: Width(rank))), .attention, in: .latentUpProjection))
        } else {
            operators.append(Operator("query projection", .product(DenseProduct(queries, from: h)), .attention, alternateShare: 1))
        }
        let down = DenseProduct(Width(latent.keyValueRank + latent.ropeDimension), from: h)
        operators.append(Operator("key/value down-projection", .product(down), .latentDown))
        let up = DenseProduct(Width(heads, of: nopeAndValue, .tensor), from: Width(latent.keyValueRank))
        operators.append(Operator("key/value up-projection", .product(up), .attention, in: .latentUpProjection))
        var rotation = Elementwise(
            kind: .activation, width: Width(heads, of: 6 * queryKeyWidth + 4 * nopeAndValue, .tensor), tokens: .whole, bytes: 1)
        rotation.vectors = (latent.queryRank ?? 0) + latent.keyValueRank + queryKeyNormVectors
        operators.append(Operator("rotation and latent norms", .elementwise(rotation), .vectors, alternateShare: 0.7))
        // Casts of the residual stream and of the gradients of queries, keys and values, whichever products they belong to.
        if case .product(var first) = operators[0].work {
            first.castInputs = h
            first.castGradients = Width(3 * heads, of: queryKeyWidth, .tensor)
            operators[0].work = .product(first)
        }
        operators[0].saved = [
            SavedTensor(
                Width(2 * (latent.queryRank ?? 0) + 2 * latent.keyValueRank + latent.ropeDimension), .gathered, .activation),
            SavedTensor(
                Width(heads, of: 2 * queryKeyWidth + latent.valueDimension, .tensor), .whole, .activation, in: .latentUpProjection),
        ]
        return operators
    }

    /// Vectors of query and key norms of head width.
    private var queryKeyNormVectors: Int {
        switch queryKeyNorm {
        case .none: 0
        case .perHead: 2 * headDimension
        case .full: (heads + keyValueHeads) * headDimension
        }
    }

    private func core(_ sight: Sight) -> Operator {
        let work = AttentionWork(
            heads: heads, keyValueHeads: keyValueHeads, queryKeyWidth: queryKeyWidth, valueWidth: valueWidth, sight: sight,
            isLatent: latent != nil, sinks: hasSinks ? heads : 0)
        return Operator("attention core", .attention(work), .attention, in: .coreAttention)
    }

    private func output(_ model: TransformerModel) -> Operator {
        let inputs = Width(heads, of: valueWidth, .tensor)
        var product = DenseProduct(Width(model.hidden), from: inputs)
        product.outputBias = hasOutputBias ? model.hidden : 0
        // A latent block may have query, key and value biases too; the output projection carries what the others have no place for.
        if latent != nil, hasInputBias { product.bias = (heads + 2 * keyValueHeads) * headDimension }
        product.castInputs = inputs
        product.castGradients = Width(model.hidden)
        return Operator(
            "output projection", .product(product), .attention,
            saved: [SavedTensor(inputs, .whole, .activation), SavedTensor(inputs, .whole, .lowCopy)])
    }
}
