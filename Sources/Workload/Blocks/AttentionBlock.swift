import Documents

extension Attention: BlockShape {
    /// `attention`.
    public static let kind = "attention"

    /// Its keys in model files.
    public static let fields: [BlockField<Attention>] = [
        .count("heads", \.heads, in: ModelLimits.heads),
        .part(
            "latent", as: "latent attention", \.latent,
            LatentAttention(queryRank: nil, keyValueRank: 1, nopeDimension: 1, ropeDimension: 1, valueDimension: 1), LatentAttention.fields),
        keyValueHeadsField, headDimensionField, .count("query_rank", \.queryRank, in: ModelLimits.rank),
        .count("value_dimension", \.valueDimension, in: ModelLimits.headDimension),
        .choice("query_key_norm", \.queryKeyNorm, usual: .none),
        .flag("input_bias", \.hasInputBias), .flag("output_bias", \.hasOutputBias), .flag("sinks", \.hasSinks),
        .flag("output_gate", \.hasOutputGate), .flag("head_gate", \.hasHeadGate), .flag("output_norm", \.hasOutputNorm),
        .flag("differential", \.isDifferential), .flag("dynamic_mask", \.hasDynamicMask), .flag("reads_embedding", \.readsEmbedding),
        .choice("key_values", \.keyValues, usual: .own),
        .part("window", as: "the attention window", \.window, SlidingWindow(size: 1, globalEvery: 0), SlidingWindow.fields),
        .part(
            "indexer", as: "the indexer of sparse attention", \.indexer, KeyIndexer(heads: 1, headDimension: 1, topK: 1), KeyIndexer.fields),
    ]

    /// As many as query heads unless given; latent attention has as many and does not write them.
    private static let keyValueHeadsField = BlockField<Attention>(
        key: "key_value_heads",
        read: { reader, shape throws(DocumentError) in
            shape.keyValueHeads = try reader.optional("key_value_heads", .int(in: ModelLimits.heads)) ?? shape.heads
        }, write: { $0.latent == nil ? .integer($0.keyValueHeads) : nil },
        check: { shape in
            ModelLimits.heads.contains(shape.keyValueHeads)
                ? nil : .init(key: "key_value_heads", value: shape.keyValueHeads, range: ModelLimits.heads)
        })

    /// Latent attention's heads are as wide as their two parts together.
    private static let headDimensionField = BlockField<Attention>(
        key: "head_dimension",
        read: { reader, shape throws(DocumentError) in
            if let latent = shape.latent {
                shape.headDimension = latent.nopeDimension + latent.ropeDimension
            } else {
                shape.headDimension = try reader.required("head_dimension", .int(in: ModelLimits.headDimension))
            }
        }, write: { $0.latent == nil ? .integer($0.headDimension) : nil },
        check: { shape in
            // Latent heads have two parts.
            let range = 1...(shape.latent == nil ? 1 : 2) * ModelLimits.headDimension.upperBound
            return range.contains(shape.headDimension) ? nil : .init(key: "head_dimension", value: shape.headDimension, range: range)
        })

    /// Heads that cannot be shared out, or latent attention with what it cannot have.
    public func problem() -> BlockProblem? {
        if latent != nil, keyValueHeads != heads {
            return BlockProblem(
                key: "key_value_heads",
                what: "latent attention has a key and a value for each of its \(heads) heads, not \(keyValueHeads)",
                remedy: "leave key_value_heads out")
        }
        if heads % keyValueHeads != 0 {
            return BlockProblem(
                key: "key_value_heads", what: "\(heads) heads cannot share \(keyValueHeads) key/value heads evenly",
                remedy: "the number of key/value heads must divide \(heads)")
        }
        if valueDimension != nil, latent != nil || keyValues == .joint || hasOutputGate {
            return BlockProblem(
                key: "value_dimension",
                what: "values are as wide as \(latent != nil ? "latent" : "what they are shared or gated with") says",
                remedy: "leave value_dimension out")
        }
        if latent != nil, queryRank != nil {
            return BlockProblem(
                key: "query_rank", what: "latent attention has a query_rank of its own", remedy: "write query_rank within latent")
        }
        if latent != nil, keyValues != .own {
            return BlockProblem(
                key: "key_values", what: "latent attention projects keys and values of its own", remedy: "leave key_values or latent out")
        }
        if latent != nil, readsEmbedding || hasDynamicMask || isDifferential {
            return BlockProblem(
                key: "latent",
                what: "latent attention has neither a differential core, nor a dynamic mask, nor the embedding beside the stream",
                remedy: "leave latent out, or what contradicts it")
        }
        if indexer != nil, window != nil {
            return BlockProblem(
                key: "indexer", what: "a query cannot see both a window and what an indexer chooses", remedy: "leave window or indexer out")
        }
        return nil
    }

    /// What a query sees where that is not everything.
    public var distinction: String {
        if let indexer { return "the best \(indexer.topK) keys" }
        guard let window else { return "" }
        return window.isChunked ? "chunks of \(window.size)" : "window of \(window.size)"
    }

    /// What a query sees.
    public var sight: Sight {
        if let indexer { return .selected(indexer.topK) }
        guard let window else { return .whole }
        return window.isChunked ? .chunk(window.size) : .window(window.size)
    }

    /// Projections, norms of queries and keys, rotation, the choice of keys, core, output.
    public func operators(hidden: Int) -> [Operator] {
        let inner = latent.map { latentOperators($0, hidden) } ?? plainOperators(hidden)
        return inner + gates(hidden) + (indexer.map { $0.operators(hidden: hidden, queryRank: latent?.queryRank) } ?? [])
            + [core] + [outputNorm].compactMap(\.self) + [output(hidden)]
    }

    /// Small projections beside those of queries, keys and values: of gates a head, and of the mask from values.
    private func gates(_ hidden: Int) -> [Operator] {
        var operators: [Operator] = []
        if hasHeadGate {
            let product = DenseProduct(Width(heads, .tensor), from: Width(hidden))
            operators.append(
                Operator("head gates", .product(product), .attention, saved: [SavedTensor(Width(heads, .tensor), .whole, .activation)]))
        }
        if hasDynamicMask {
            var product = DenseProduct(Width(keyValueHeads), from: Width(keyValueHeads, of: headDimension))
            // A scale a head, and its bias where projections have biases.
            product.outputBias = (hasInputBias ? 2 : 1) * keyValueHeads
            operators.append(
                Operator("mask projection", .product(product), .latentDown, saved: [SavedTensor(Width(keyValueHeads), .whole, .activation)])
            )
        }
        return operators
    }

    /// The norm of the heads' output.
    private var outputNorm: Operator? {
        guard hasOutputNorm else { return nil }
        let inner = Width(heads, of: valueWidth, .tensor)
        var work = Elementwise(kind: .norm, width: inner, tokens: .whole, bytes: 4)
        work.sharedOut = inner.elements
        return Operator("output norm", .elementwise(work), .attention, saved: [SavedTensor(inner, .whole, .activation)])
    }

    /// Multi-head or grouped-query projections of queries, keys and values.
    private func plainOperators(_ hidden: Int) -> [Operator] {
        let (d, g) = (headDimension, keyValueHeads)
        // Of a key/value head, the key and the value that are projected here.
        let pair = keyValues.projections == 2 ? d + valueWidth : keyValues.projections * d
        let gates = hasOutputGate ? 2 : 1
        let inputs = Width(readsEmbedding ? 2 * hidden : hidden)
        var kept = [
            SavedTensor(Width(heads, of: gates * d, .tensor), .whole, .activation, moving: queryKeyNorm == .none ? .coreAttention : []),
            SavedTensor(
                Width(g, of: pair, .tensorRepeating), .whole, .activation, moving: queryKeyNorm == .none ? .coreAttention : []),
        ]
        if queryKeyNorm != .none {
            // What the core reads of queries and keys is normalised; values beside unnormalised keys are left out of what moves.
            kept.append(SavedTensor(Width(heads, of: d, .tensor), .whole, .activation, moving: .coreAttention))
            kept.append(SavedTensor(Width(g, of: d, .tensorRepeating), .whole, .activation, moving: .coreAttention))
            // The reciprocal root mean squares in fp32.
            kept.append(SavedTensor(Width(heads, .tensor), .whole, .bytes(4)))
            kept.append(SavedTensor(Width(g, .tensorRepeating), .whole, .bytes(4)))
        }
        var rotation = Elementwise(kind: .activation, width: Width(heads + g, of: d, .tensor), tokens: .whole, bytes: 4)
        rotation.vectors = queryKeyNormVectors + (isDifferential ? 4 * d : 0) + (queryRank ?? 0)
        var operators = queryRank.map { factorised($0, pair: pair, gates: gates, inputs: inputs, keeping: kept) } ?? []
        if operators.isEmpty {
            var product = DenseProduct(Width(heads, of: gates * d, .tensor), from: inputs)
            product.keyValues = Width(g, of: pair, .tensorRepeating)
            product.bias = hasInputBias ? gates * heads * d + g * pair : 0
            product.castInputs = inputs
            product.castGradients = Width(1, of: gates * heads * d + g * pair, .tensor)
            operators.append(
                Operator(
                    "qkv projection", .product(product), .attention, saved: kept, alternateShare: 1,
                    joins: [.query] + [.key, .value].prefix(keyValues.projections)))
        }
        operators.append(Operator("rotation and query/key norms", .elementwise(rotation), .vectors, alternateShare: 0.7))
        if hasOutputGate {
            let gate = Elementwise(kind: .activation, width: Width(heads, of: d, .tensor), tokens: .whole, bytes: 6)
            operators.append(Operator("output gate", .elementwise(gate), .vectors))
        }
        return operators
    }

    /// Queries through a normalised vector of `rank` that every tensor-parallel rank computes, beside keys and values (multi-matrix factorisation
    /// attention, Hu et al., arXiv:2412.19255, §3).
    private func factorised(_ rank: Int, pair: Int, gates: Int, inputs: Width, keeping kept: [SavedTensor]) -> [Operator] {
        var down = DenseProduct(Width(rank), from: inputs)
        let queries = Width(heads, of: gates * headDimension, .tensor)
        var up = DenseProduct(queries, from: Width(rank))
        let pairs = Width(keyValueHeads, of: pair, .tensorRepeating)
        var keyValue = DenseProduct(pairs, from: inputs)
        if hasInputBias { (down.outputBias, up.bias, keyValue.bias) = (rank, queries.elements, pairs.elements) }
        (down.castInputs, down.castGradients) = (inputs, Width(rank))
        (up.castInputs, up.castGradients) = (Width(rank), queries)
        keyValue.castGradients = Width(1, of: pairs.elements, .tensor)
        let operators = [
            // Before and behind the norm.
            Operator(
                "query down-projection", .product(down), .latentDown, saved: [SavedTensor(Width(2 * rank), .gathered, .activation)],
                alternateShare: 1, joins: [.queryDown]),
            Operator("query up-projection", .product(up), .attention, saved: kept, joins: [.queryUp]),
        ]
        guard pair > 0 else { return operators }
        return operators
            + [Operator("key/value projection", .product(keyValue), .attention, joins: [.key, .value].prefix(keyValues.projections) + [])]
    }

    /// Multi-head latent attention's down- and up-projections (DeepSeek-AI, DeepSeek-V2, arXiv:2405.04434, eq. 9–19).
    private func latentOperators(_ latent: LatentAttention, _ hidden: Int) -> [Operator] {
        let h = Width(hidden)
        let queries = Width(heads, of: queryKeyWidth, .tensor)
        let nopeAndValue = latent.nopeDimension + latent.valueDimension
        var operators: [Operator] = []
        if let rank = latent.queryRank {
            var down = DenseProduct(Width(rank), from: h)
            if hasInputBias { down.outputBias = rank }
            operators.append(Operator("query down-projection", .product(down), .latentDown, alternateShare: 1, joins: [.queryDown]))
            operators.append(
                Operator(
                    "query up-projection", .product(DenseProduct(queries, from: Width(rank))), .attention, in: .latentUpProjection,
                    joins: [.queryUp]))
        } else {
            operators.append(
                Operator("query projection", .product(DenseProduct(queries, from: h)), .attention, alternateShare: 1, joins: [.query]))
        }
        var down = DenseProduct(Width(latent.keyValueRank + latent.ropeDimension), from: h)
        if hasInputBias { down.outputBias = latent.keyValueRank + latent.ropeDimension }
        operators.append(Operator("key/value down-projection", .product(down), .latentDown, joins: [.keyValueDown]))
        let up = DenseProduct(Width(heads, of: nopeAndValue, .tensor), from: Width(latent.keyValueRank))
        operators.append(Operator("key/value up-projection", .product(up), .attention, in: .latentUpProjection, joins: [.keyValueUp]))
        var rotation = Elementwise(
            kind: .activation, width: Width(heads, of: 6 * queryKeyWidth + 4 * nopeAndValue, .tensor), tokens: .whole, bytes: 1)
        rotation.vectors = (latent.queryRank ?? 0) + latent.keyValueRank + queryKeyNormVectors
        operators.append(Operator("rotation and latent norms", .elementwise(rotation), .vectors, alternateShare: 0.7))
        if hasOutputGate {
            let gated = Width(heads, of: latent.valueDimension, .tensor)
            operators.append(
                Operator(
                    "output gate projection", .product(DenseProduct(gated, from: h)), .attention,
                    saved: [SavedTensor(gated, .whole, .activation)]))
            operators.append(
                Operator(
                    "output gate", .elementwise(Elementwise(kind: .activation, width: gated, tokens: .whole, bytes: 6)), .vectors))
        }
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
                Width(heads, of: 2 * queryKeyWidth + latent.valueDimension, .tensor), .whole, .activation, in: .latentUpProjection,
                moving: .coreAttention),
        ]
        return operators
    }

    /// Learned vectors of the norms of queries and keys.
    private var queryKeyNormVectors: Int {
        // Keys of another layer come normalised.
        let sides = keyValues == .shared ? 1 : 2
        return switch queryKeyNorm {
        case .none, .plain: 0
        case .perHead: sides * headDimension
        case .perHeadWithBias: 2 * sides * headDimension
        case .full: (heads + (sides - 1) * keyValueHeads) * headDimension
        }
    }

    private var core: Operator {
        var work = AttentionWork(
            heads: heads, keyValueHeads: keyValueHeads, queryKeyWidth: queryKeyWidth, valueWidth: valueWidth, sight: sight,
            isLatent: latent != nil, sinks: hasSinks ? heads : 0)
        if let latent { (work.latentRank, work.latentRotary) = (latent.keyValueRank, latent.ropeDimension) }
        if indexer != nil {
            work.sparseKeyWidth = latent.map { $0.keyValueRank + $0.ropeDimension } ?? headDimension
            work.sparseValueWidth = latent?.keyValueRank ?? headDimension
        }
        return Operator("attention core", .attention(work), .attention, in: .coreAttention)
    }

    private func output(_ hidden: Int) -> Operator {
        let inputs = Width(heads, of: valueWidth, .tensor)
        var product = DenseProduct(Width(hidden), from: inputs)
        product.outputBias = hasOutputBias ? hidden : 0
        product.castInputs = inputs
        product.castGradients = Width(hidden)
        return Operator(
            "output projection", .product(product), .attention,
            saved: [SavedTensor(inputs, .whole, .activation, moving: .attentionProjection), SavedTensor(inputs, .whole, .lowCopy)],
            joins: [.attentionOutput])
    }
}
