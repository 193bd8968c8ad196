import Documents
import Workload

extension MegatronReader {
    /// The model that the flags describe; nil where they state no shape.
    mutating func model(named name: String, _ result: inout UserConfiguration) throws(DocumentError) -> TransformerModel? {
        guard let layers = try number("num-layers"), let hidden = try number("hidden-size"), let heads = try number("num-attention-heads"),
            heads > 0
        else { return nil }
        let isGated = has("swiglu") || has("quick-geglu")
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
        switch try text("position-embedding-type") ?? (isRotary ? "rope" : "learned_absolute") {
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
        model.maxSequenceLength = table
        model.rotary = try rotary(positions)
        do throws(ModelProblem) { try model.validate() } catch {
            throw DocumentError(location("num-layers"), .invalid("the flags describe no model: \(error.what)", remedy: error.remedy))
        }
        return model
    }

    private mutating func rotary(_ positions: TransformerModel.Positions) throws(DocumentError) -> RotaryEmbedding? {
        let base = try number("rotary-base")
        let isScaled = has("use-rope-scaling")
        let factor = try text("rope-scaling-factor").map { Double($0) ?? 8 } ?? 8
        guard positions == .rotary, let base, base > 0 else { return nil }
        return RotaryEmbedding(theta: base, scaling: isScaled ? .init(kind: .llama3, factor: factor) : nil)
    }

    private mutating func attention(heads: Int, hidden: Int, hasBias: Bool) throws(DocumentError) -> Attention {
        let width = try number("kv-channels") ?? hidden / heads
        let isGrouped = has("group-query-attention")
        let groups = try number("num-query-groups")
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
        return Attention(
            heads: heads, keyValueHeads: isGrouped ? groups ?? 1 : heads, headDimension: width,
            queryKeyNorm: isNormalised && latent == nil ? .perHead : .none, hasInputBias: hasInputBias, hasOutputBias: hasBias,
            hasSinks: hasSinks, window: try window(), latent: latent)
    }

    private mutating func window() throws(DocumentError) -> SlidingWindow? {
        let every = try number("window-attn-skip-freq") ?? 0
        guard let text = try text("window-size") else { return nil }
        let digits = text.drop { !$0.isNumber }.prefix { $0.isNumber }
        return Int(digits).map { SlidingWindow(size: min($0, 1_000_000_000) + 1, globalEvery: every) }
    }

    private mutating func experts(
        width: Int, layers: Int, hasBias: Bool, _ result: inout UserConfiguration
    ) throws(DocumentError) -> Experts? {
        let shared = try number("moe-shared-expert-intermediate-size") ?? 0
        let perToken = try number("moe-router-topk") ?? 2
        let own = try number("moe-ffn-hidden-size") ?? width
        let hasGate = has("moe-shared-expert-gate")
        let pattern = try text("moe-layer-freq")
        for flag in ["moe-grouped-gemm", "moe-token-dispatcher-type", "moe-enable-deepep", "moe-flex-dispatcher-backend"] { _ = has(flag) }
        guard let count = try number("num-experts"), count > 0 else { return nil }
        var experts = Experts(count: count, perToken: perToken, width: own, sharedWidth: shared, hasSharedGate: hasGate, hasBias: hasBias)
        guard let pattern, pattern != "1" else { return experts }
        if let every = Int(pattern) {
            experts.everyLayers = every
        } else if let found = pattern.replacing(" ", with: "").firstMatch(of: /^\(?\[0\](?:\*([0-9]{1,6}))?\+\[1\]\*[0-9]{1,6}\)?$/) {
            experts.firstDenseLayers = min(found.1.flatMap { Int($0) } ?? 1, layers)
        } else {
            result.notes.append("The pattern \(pattern) of mixture layers is not understood; every layer is taken for a mixture.")
        }
        return experts
    }
}
