import Documents
import Workload

extension MegatronReader {
    /// The model that the flags describe; nil where they state no shape.
    mutating func model(named name: String, _ result: inout UserConfiguration) throws(DocumentError) -> TransformerModel? {
        let pattern = try hybridPattern()
        let stated = try number("num-layers")
        if let pattern, let stated, stated != pattern.layers.count {
            throw DocumentError(
                location("num-layers"),
                .invalid(
                    "--num-layers is \(stated) and the pattern of hybrid layers has \(pattern.layers.count)",
                    remedy: "make them agree, or leave --num-layers out"))
        }
        guard let layers = pattern?.layers.count ?? stated, let hidden = try number("hidden-size"),
            let heads = try number("num-attention-heads"), heads > 0
        else { return nil }
        let glu = try text("glu-activation")
        let isGated = has("swiglu") || has("quick-geglu") || glu != nil
        let width = try number("ffn-hidden-size") ?? (isGated ? hidden * 8 / 3 / 64 * 64 : 4 * hidden)
        let hasBias = !has("disable-bias-linear")
        let experts = try experts(width: width, layers: layers, hasBias: hasBias, &result)
        let padded = try number("padded-vocab-size")
        let bare = try number("vocab-size")
        var vocabulary = padded ?? bare
        if vocabulary == nil {
            vocabulary = 50_304
            result.isVocabularyAssumed = true
        }
        let positions: TransformerModel.Positions
        let table = try number("max-position-embeddings")
        let isRotary = has("use-rotary-position-embeddings")
        let hasNone = has("no-position-embedding")
        switch try text("position-embedding-type") ?? (isRotary ? "rope" : hasNone ? "none" : "learned_absolute") {
        case "learned_absolute": positions = .learned(table ?? 2048)
        case "none": positions = .none
        default: positions = .rotary
        }
        let isDense = experts.map { $0.firstDenseLayers > 0 || $0.everyLayers > 1 } ?? true
        var model = TransformerModel(
            name: name, source: "flags of Megatron-LM", layers: layers, hidden: hidden, vocabulary: vocabulary ?? 0,
            attention: try attention(heads: heads, hidden: hidden, hasBias: hasBias),
            feedForward: FeedForward(width: isDense ? width : 0, isGated: isGated, hasBias: hasBias && isDense), experts: experts,
            norm: try text("normalization") == "RMSNorm" ? .rms : .layer, positions: positions,
            hasTiedEmbeddings: !has("untie-embeddings-and-output-weights"), predictionBlocks: try number("mtp-num-layers") ?? 0)
        if let pattern {
            model = try hybrid(pattern, model, dense: FeedForward(width: width, isGated: isGated, hasBias: hasBias))
        } else if let linear = try linearLayers(layers) {
            model = try withLinearLayers(linear, model)
        }
        model.maxSequenceLength = table
        model.rotary = try rotary(positions)
        do throws(ModelProblem) { try model.validate() } catch {
            let place = flag(of: error.field) ?? (pattern == nil ? "num-layers" : "hybrid-layer-pattern")
            throw DocumentError(location(place), .invalid("the flags describe no model: \(error.what)", remedy: error.remedy))
        }
        return model
    }

    /// The flag that says a field of the model, of those that are given.
    private mutating func flag(of field: String) -> String? {
        let flags = [
            "hidden": ["hidden-size"], "heads": ["mamba-num-heads", "num-attention-heads"],
            "key_value_heads": ["num-query-groups", "num-key-value-heads", "num-attention-heads"],
            "head_dimension": ["kv-channels", "mamba-head-dim"], "vocabulary": ["padded-vocab-size", "vocab-size"],
            "width": ["moe-ffn-hidden-size", "ffn-hidden-size"], "count": ["num-experts"], "per_token": ["moe-router-topk"],
            "groups": ["mamba-num-groups"], "state": ["mamba-state-dim"], "key_heads": ["linear-num-key-heads"],
            "value_heads": ["linear-num-value-heads"], "positions": ["max-position-embeddings"], "prediction_blocks": ["mtp-num-layers"],
            "feed_forward": ["moe-layer-freq", "ffn-hidden-size"], "experts": ["moe-layer-freq", "num-experts"],
            "top_k": ["dsa-indexer-topk"],
        ]
        for leaf in field.split(separator: ".").reversed() {
            if let flag = flags[String(leaf)]?.first(where: { !words($0).isEmpty }) { return flag }
        }
        return nil
    }

    private mutating func rotary(_ positions: TransformerModel.Positions) throws(DocumentError) -> RotaryEmbedding? {
        let base = try text("rotary-base").flatMap { Double($0) }.flatMap { Int(exactly: $0) }
        let isScaled = has("use-rope-scaling")
        let factor = try text("rope-scaling-factor").map { Double($0) ?? 8 } ?? 8
        guard positions == .rotary, let base, base > 0 else { return nil }
        return RotaryEmbedding(theta: base, scaling: isScaled ? .init(kind: .llama3, factor: factor) : nil)
    }

    private mutating func attention(heads: Int, hidden: Int, hasBias: Bool) throws(DocumentError) -> Attention {
        let width = try number("kv-channels") ?? hidden / heads
        let isGrouped = has("group-query-attention")
        let groups = try number("num-query-groups")
        let pairs = try number("num-key-value-heads")
        var latent: LatentAttention?
        if has("multi-latent-attention") {
            latent = LatentAttention(
                queryRank: try number("q-lora-rank"), keyValueRank: try number("kv-lora-rank") ?? 32,
                nopeDimension: try number("qk-head-dim") ?? 128, ropeDimension: try number("qk-pos-emb-head-dim") ?? 64,
                valueDimension: try number("v-head-dim") ?? 128)
        }
        let hasInputBias = hasBias || has("add-qkv-bias")
        let isNormalised = has("qk-layernorm")
        let hasSinks = try text("softmax-type") == "learnable"
        var attention = Attention(
            heads: heads, keyValueHeads: pairs ?? (isGrouped ? groups ?? 1 : heads), headDimension: width,
            queryKeyNorm: isNormalised && latent == nil ? .perHead : .none, hasInputBias: hasInputBias, hasOutputBias: hasBias,
            hasSinks: hasSinks, window: try window(), latent: latent)
        attention.hasOutputGate = has("attention-output-gate") && latent == nil
        attention.indexer = try indexer()
        return attention
    }

    /// The choice of keys of `--experimental-attention-variant dsa`, whose sizes have no defaults.
    private mutating func indexer() throws(DocumentError) -> KeyIndexer? {
        guard try text("experimental-attention-variant") == "dsa" else { return nil }
        func size(_ name: String) throws(DocumentError) -> Int {
            if let size = try number(name) { return size }
            throw DocumentError(
                location("experimental-attention-variant"), .invalid("dsa needs --\(name), which is missing", remedy: "add it"))
        }
        return KeyIndexer(
            heads: try size("dsa-indexer-n-heads"), headDimension: try size("dsa-indexer-head-dim"), topK: try size("dsa-indexer-topk"))
    }

    mutating func window() throws(DocumentError) -> SlidingWindow? {
        let every = try text("window-attn-skip-freq")
        guard let text = try text("window-size") else { return nil }
        let digits = text.drop { !$0.isNumber }.prefix { $0.isNumber }
        return try Int(digits).map { size throws(DocumentError) in
            SlidingWindow(size: min(size, 1_000_000_000) + 1, globalEvery: try every.map(fullAttention) ?? 0)
        }
    }

    /// One layer of full attention in how many; a list has 1 for a window.
    private func fullAttention(_ text: String) throws(DocumentError) -> Int {
        if let every = Int(text), (0...65_536).contains(every) { return every }
        if let list = PythonList.numbers(text) {
            if !list.contains(0) { return 0 }
            if let pattern = LayerPattern(list.map { 1 - min(1, $0) }), pattern.firstDense == 0 { return pattern.every }
        }
        throw DocumentError(
            location("window-attn-skip-freq"),
            .invalid("the layers \(text) of full attention are not one in every few", remedy: "write a number such as 4, or [1,1,1,0]*12"))
    }

    /// Experts of a mixture; nil where every layer is dense.
    mutating func expertCount() throws(DocumentError) -> Int? {
        let texts = words("num-experts")
        // One expert a layer is a dense model to Megatron-DeepSpeed, which takes a list.
        guard texts.contains(where: { $0 != "1" }) else { return nil }
        guard Set(texts).count == 1 else {
            throw DocumentError(
                location("num-experts"),
                .invalid("the experts \(texts.joined(separator: ", ")) differ from layer to layer", remedy: "state one number of experts"))
        }
        return try number("num-experts").flatMap { $0 > 0 ? $0 : nil }
    }

    private mutating func experts(
        width: Int, layers: Int, hasBias: Bool, _ result: inout UserConfiguration
    ) throws(DocumentError) -> Experts? {
        let isOfDeepSpeed = isDeepSpeed()
        let shared = try number("moe-shared-expert-intermediate-size") ?? 0
        let perToken = try number("moe-router-topk") ?? (isOfDeepSpeed ? 1 : 2)
        let own = try number("moe-ffn-hidden-size") ?? width
        let hasGate = has("moe-shared-expert-gate")
        let latent = try number("moe-latent-size")
        let pattern = try text("moe-layer-freq")
        let interval = try number("expert-interval") ?? 2
        guard let count = try expertCount() else { return nil }
        var experts = Experts(count: count, perToken: perToken, width: own, sharedWidth: shared, hasSharedGate: hasGate, hasBias: hasBias)
        experts.latentWidth = latent
        if isOfDeepSpeed {
            experts.everyLayers = max(1, interval)
        } else if let pattern {
            let found = try mixtures(pattern, layers: layers)
            (experts.firstDenseLayers, experts.everyLayers) = (found.firstDense, found.every)
        }
        return experts
    }

    /// Which layers are mixtures: a number N for the first of every N, or a list with 1 for a mixture.
    private func mixtures(_ text: String, layers: Int) throws(DocumentError) -> LayerPattern {
        let place = location("moe-layer-freq")
        let list: [Int]?
        if let every = Int(text) {
            list = (1...65_536).contains(every) && layers <= 65_536 ? (0..<layers).map { $0 % every == 0 ? 1 : 0 } : nil
        } else {
            list = PythonList.numbers(text)
        }
        guard let list else {
            throw DocumentError(
                place, .invalid("'\(text)' is no pattern of layers", remedy: "write a number, or a list such as ([0]*3+[1]*58)"))
        }
        guard list.count == layers else {
            throw DocumentError(
                place, .invalid("the pattern \(text) is of \(list.count) layers, the model has \(layers)", remedy: "they must be as many"))
        }
        guard let pattern = LayerPattern(list) else {
            throw DocumentError(
                place,
                .invalid(
                    "the mixture layers \(text) are not dense layers first and then one in every few",
                    remedy: "no other pattern can be priced"))
        }
        return pattern
    }
}
