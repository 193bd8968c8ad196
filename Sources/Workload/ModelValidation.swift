extension TransformerModel {
    /// Checks that the shape is one a transformer can have and that its counts are exact.
    ///
    /// Every reader of models calls this; a model built in code may be checked the same way. Throws the first problem found.
    public func validate() throws(ModelProblem) {
        for (field, value, range) in rangedFields where !range.contains(value) {
            throw .outOfRange(field: field, value: value, range: range)
        }
        for (place, block) in namedBlocks {
            if let found = block.violation { throw .block(field: "\(place).\(found.key)", what: found.what, remedy: found.remedy) }
        }
        if let stack { try validate(stack) } else { try validateShortForm() }
        try validateEmbeddingOfLayers()
        if case .learned(let positions) = positions, let length = maxSequenceLength, length > positions {
            throw .positionsTooFew(positions: positions, maxSequenceLength: length)
        }
        if approximateParameters > ModelLimits.parameters { throw .tooManyParameters }
    }

    /// The blocks with the places that a model file has for them.
    private var namedBlocks: [(place: String, block: AnyBlock)] {
        if let stack { return stack.blocks.map { ("blocks.\($0.name)", $0.block) } }
        var blocks = attention.map { [("attention", AnyBlock($0))] } ?? []
        // A width of 0 means that no layer is dense.
        if feedForward.width != 0 { blocks.append(("feed_forward", AnyBlock(feedForward))) }
        if let experts { blocks.append(("experts", AnyBlock(experts))) }
        return blocks
    }

    private func validateShortForm() throws(ModelProblem) {
        guard let attention else { throw .attentionMissing }
        if attention.keyValues == .shared {
            throw .block(
                field: "attention.key_values", what: "every layer takes the keys and values of an earlier one, and none has its own",
                remedy: "write the layers with blocks and pattern, and give the first of them keys and values of its own")
        }
        if attention.indexer?.isReused == true {
            throw .block(
                field: "attention.indexer.reused", what: "every layer reuses the keys that an earlier one has chosen, and none chooses",
                remedy: "write the layers with blocks and pattern, and let the first of them choose")
        }
        let mixtureLayers = experts.map { experts in (0..<layers).lazy.filter { experts.isMixtureLayer($0) }.count } ?? 0
        if experts != nil, mixtureLayers == 0 { throw .noMixtureLayer(layers: layers) }
        if mixtureLayers < layers, feedForward.width == 0 { throw .denseWidthMissing(denseLayers: layers - mixtureLayers) }
        if mixtureLayers == layers, feedForward.width != 0 { throw .denseWidthUnused }
    }

    /// Blocks of the long form that place themselves, which only the pattern may do, and those that take something no earlier layer has.
    private func validate(_ stack: LayerStack) throws(ModelProblem) {
        if stack.predictionPattern != nil, predictionBlocks == 0 {
            throw .block(
                field: "prediction", what: "prediction says what prediction blocks are, and the model has none",
                remedy: "give prediction_blocks, or leave prediction out")
        }
        if let missing = stack.missingSource { throw missing }
        if let alone = stack.loneConnection {
            throw .block(
                field: "blocks.\(alone)", what: "it is the connection of another block, and stands in a layer beside none",
                remedy: "write it with a plus beside the block whose connection it is, as in attention + \(alone)")
        }
        for named in stack.blocks {
            if let attention = named.block.shape as? Attention, let window = attention.window, window.globalEvery != 0 {
                throw .block(
                    field: "blocks.\(named.name).window.global_every",
                    what:
                        "a block is the same in every layer that the pattern gives it, so global_every \(window.globalEvery) means nothing",
                    remedy: "write 0, and a second block without window for the global layers")
            }
            if let experts = named.block.shape as? Experts, experts.firstDenseLayers != 0 || experts.everyLayers != 1 {
                let key = experts.firstDenseLayers != 0 ? "first_dense_layers" : "every_layers"
                throw .block(
                    field: "blocks.\(named.name).\(key)", what: "the pattern says which layers are mixtures, not \(key)",
                    remedy: "leave it out")
            }
        }
    }

    /// Rows of an embedding for layers that no block reads, or blocks that read rows of another width or of none.
    private func validateEmbeddingOfLayers() throws(ModelProblem) {
        let readers = (stack?.blocks ?? []).compactMap { named in (named.block.shape as? LayerInput).map { (named.name, $0.width) } }
        guard let embedding = layerEmbedding else {
            guard let (name, width) = readers.first else { return }
            throw .block(
                field: "blocks.\(name)", what: "it reads rows of \(width) of layer_embedding, which the model does not have",
                remedy: "give layer_embedding, or leave the block out")
        }
        guard !readers.isEmpty else {
            throw .block(
                field: "layer_embedding", what: "no block reads the rows of layer_embedding",
                remedy: "add a block of kind \(LayerInput.kind), or leave layer_embedding out")
        }
        if let (name, width) = readers.first(where: { $0.1 != embedding.width }) {
            throw .block(
                field: "blocks.\(name).width", what: "it reads rows of \(width), and those of layer_embedding have \(embedding.width)",
                remedy: "make both widths the same")
        }
    }

    /// Every number of the model outside its blocks, with the name it has in a file and the range it must lie in.
    private var rangedFields: [(field: String, value: Int, range: ClosedRange<Int>)] {
        var fields = [
            (stack == nil ? "layers" : "pattern", layers, ModelLimits.layers), ("hidden", hidden, ModelLimits.hidden),
            ("vocabulary", vocabulary, ModelLimits.vocabulary), ("norms_per_layer", normsPerLayer, ModelLimits.normsPerLayer),
            ("prediction_blocks", predictionBlocks, ModelLimits.predictionBlocks),
            ("max_sequence_length", maxSequenceLength ?? 1, ModelLimits.sequenceLength),
            ("feed_forward.width", feedForward.width, 0...ModelLimits.width.upperBound),
        ]
        for extra in extras { fields.append(("extra_parameters.\(extra.name)", extra.count, ModelLimits.extraParameters)) }
        if case .learned(let count) = positions { fields.append(("positions", count, ModelLimits.sequenceLength)) }
        return fields
    }

    /// The parameters in floating point, which cannot overflow: an upper bound of them, for the check of magnitude alone.
    ///
    /// Operators are counted one by one, since a single one is within the range of whole numbers whatever its sizes, and a layer of several may not
    /// be.
    private var approximateParameters: Double {
        let classes = layerClasses
        let layer = classes.classes.map { layerClass in
            blocks(of: layerClass).flatMap(\.operators).reduce(0.0) { sum, one in
                var parameters = LayerParameters()
                parameters.add(one)
                return sum + Double(max(parameters.total, parameters.active, parameters.multipliedPerToken))
            }
        }
        let (h, l) = (Double(hidden), Double(layers))
        var outside = 2 * h * Double(vocabulary) + extras.reduce(0.0) { $0 + Double($1.count) }
        if case .learned(let count) = positions { outside += h * Double(count) }
        if let rows = layerEmbedding { outside += (Double(rows.vocabulary) + h) * l * Double(rows.width) }
        outside += Double(predictionBlocks) * ((layer.max() ?? 0) + 2 * h * h)
        return zip(classes.counts, layer).reduce(outside) { $0 + Double($1.0) * $1.1 }
    }
}
