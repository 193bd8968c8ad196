extension TransformerModel {
    /// Checks that the shape is one a transformer can have and that its counts are exact.
    ///
    /// Every reader of models calls this; a model built in code may be checked the same way. Throws the first problem found.
    public func validate() throws(ModelProblem) {
        for (field, value, range) in rangedFields where !range.contains(value) {
            throw .outOfRange(field: field, value: value, range: range)
        }
        try validateAttention()
        try validateFeedForward()
        if case .learned(let positions) = positions, let length = maxSequenceLength, length > positions {
            throw .positionsTooFew(positions: positions, maxSequenceLength: length)
        }
        if approximateParameters > ModelLimits.parameters { throw .tooManyParameters }
    }

    private func validateAttention() throws(ModelProblem) {
        let (heads, keyValueHeads) = (attention.heads, attention.keyValueHeads)
        if attention.latent != nil, keyValueHeads != heads { throw .latentGrouping(heads: heads, keyValueHeads: keyValueHeads) }
        if heads % keyValueHeads != 0 { throw .unevenHeads(heads: heads, keyValueHeads: keyValueHeads) }
    }

    private func validateFeedForward() throws(ModelProblem) {
        if let experts, experts.perToken > experts.count { throw .tooManyVisits(perToken: experts.perToken, count: experts.count) }
        let mixtureLayers = zip(LayerClass.all, layersPerClass).reduce(0) { $0 + ($1.0.isMixture ? $1.1 : 0) }
        if experts != nil, mixtureLayers == 0 { throw .noMixtureLayer(layers: layers) }
        if mixtureLayers < layers, feedForward.width == 0 { throw .denseWidthMissing(denseLayers: layers - mixtureLayers) }
        if mixtureLayers == layers, feedForward.width != 0 { throw .denseWidthUnused }
    }

    /// Every number of the model with the name it has in a file and the range it must lie in.
    private var rangedFields: [(field: String, value: Int, range: ClosedRange<Int>)] {
        var fields = [
            ("layers", layers, ModelLimits.layers), ("hidden", hidden, ModelLimits.hidden),
            ("vocabulary", vocabulary, ModelLimits.vocabulary), ("norms_per_layer", normsPerLayer, ModelLimits.normsPerLayer),
            ("prediction_blocks", predictionBlocks, ModelLimits.predictionBlocks),
            ("max_sequence_length", maxSequenceLength ?? 1, ModelLimits.sequenceLength),
            ("attention.heads", attention.heads, ModelLimits.heads),
            ("attention.key_value_heads", attention.keyValueHeads, ModelLimits.heads),
            ("attention.head_dimension", attention.headDimension, 1...2 * ModelLimits.headDimension.upperBound),
            ("feed_forward.width", feedForward.width, 0...ModelLimits.width.upperBound),
        ]
        if case .learned(let count) = positions { fields.append(("positions", count, ModelLimits.sequenceLength)) }
        if let window = attention.window {
            fields.append(("attention.window.size", window.size, ModelLimits.sequenceLength))
            fields.append(("attention.window.global_every", window.globalEvery, 0...ModelLimits.layers.upperBound))
        }
        if let latent = attention.latent {
            fields += [
                ("attention.latent.query_rank", latent.queryRank ?? 1, ModelLimits.rank),
                ("attention.latent.key_value_rank", latent.keyValueRank, ModelLimits.rank),
                ("attention.latent.nope_dimension", latent.nopeDimension, ModelLimits.headDimension),
                ("attention.latent.rope_dimension", latent.ropeDimension, ModelLimits.headDimension),
                ("attention.latent.value_dimension", latent.valueDimension, ModelLimits.headDimension),
            ]
        }
        if let experts {
            fields += [
                ("experts.count", experts.count, ModelLimits.experts), ("experts.per_token", experts.perToken, ModelLimits.experts),
                ("experts.width", experts.width, ModelLimits.width),
                ("experts.shared_width", experts.sharedWidth, 0...ModelLimits.width.upperBound),
                ("experts.first_dense_layers", experts.firstDenseLayers, 0...ModelLimits.layers.upperBound),
                ("experts.every_layers", experts.everyLayers, ModelLimits.layers),
            ]
        }
        return fields
    }

    /// The parameters in floating point, which cannot overflow: an upper bound of the matrices, for the check of magnitude alone.
    private var approximateParameters: Double {
        let layer = LayerClass.all.map { Double(parameters(of: $0).total) }
        let blocks = Double(predictionBlocks) * ((layer.max() ?? 0) + 2 * Double(hidden) * Double(hidden))
        return zip(layersPerClass, layer).reduce(blocks + 2 * Double(hidden) * Double(vocabulary)) { $0 + Double($1.0) * $1.1 }
    }
}
