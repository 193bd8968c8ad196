import Documents
import Workload

/// Reads the shape of a model from the fields of a configuration, by the rules of its family.
struct HuggingFaceShape {
    let reader: MappingReader
    let family: HuggingFaceFamily
    let isTied: Bool

    /// The model without its name and source.
    func model() throws(DocumentError) -> TransformerModel {
        family == .gpt2 ? try gpt2() : try decoder()
    }

    private func gpt2() throws(DocumentError) -> TransformerModel {
        let hidden = try reader.required("n_embd", .int(in: ModelLimits.hidden))
        let heads = try reader.required("n_head", .int(in: ModelLimits.heads))
        let length = try reader.required(reader.has("n_positions") ? "n_positions" : "n_ctx", .int(in: ModelLimits.sequenceLength))
        return TransformerModel(
            name: "", layers: try reader.required("n_layer", .int(in: ModelLimits.layers)), hidden: hidden,
            vocabulary: try reader.required("vocab_size", .int(in: ModelLimits.vocabulary)),
            attention: Attention(
                heads: heads, keyValueHeads: try isMultiQuery() ? 1 : heads, headDimension: try quotient(hidden, heads, "n_head"),
                hasInputBias: true, hasOutputBias: true),
            feedForward: FeedForward(
                width: try reader.optional("n_inner", .int(in: ModelLimits.width)) ?? 4 * hidden, isGated: false, hasBias: true),
            norm: .layer, positions: .learned(length), hasTiedEmbeddings: isTied, maxSequenceLength: length)
    }

    /// Whether all query heads share one key and value: SantaCoder's `attention_head_type`, and `multi_query` of GPTBigCode, where it is on
    /// unless said otherwise.
    private func isMultiQuery() throws(DocumentError) -> Bool {
        if let type = try reader.optional("attention_head_type", .string) { return type == "multiquery" }
        if let flag = try reader.optional("multi_query", .bool) { return flag }
        return try reader.optional("model_type", .string) == "gpt_bigcode"
    }

    private func decoder() throws(DocumentError) -> TransformerModel {
        let layers = try reader.required("num_hidden_layers", .int(in: ModelLimits.layers))
        let hidden = try reader.required("hidden_size", .int(in: ModelLimits.hidden))
        let length = try reader.optional("max_position_embeddings", .int(in: ModelLimits.sequenceLength))
        let experts = family.isMixture ? try HuggingFaceExperts(reader: reader, family: family).experts(layers: layers) : nil
        var attention = try attention(hidden: hidden)
        attention.window = try HuggingFaceWindow(reader: reader, family: family).window(layers: layers, maxSequenceLength: length)
        let isDenseSomewhere = experts.map { experts in (0..<layers).contains { !experts.isMixtureLayer($0) } } ?? true
        return TransformerModel(
            name: "", layers: layers, hidden: hidden,
            vocabulary: try reader.required("vocab_size", .int(in: ModelLimits.vocabulary)),
            attention: attention, feedForward: try feedForward(isUsed: isDenseSomewhere), experts: experts,
            normsPerLayer: family == .gemma2 ? 4 : 2, hasTiedEmbeddings: isTied,
            predictionBlocks: try reader.optional("num_nextn_predict_layers", .int(in: ModelLimits.predictionBlocks)) ?? 0,
            maxSequenceLength: length, rotary: try HuggingFaceRotation(reader: reader, family: family).embedding())
    }

    private func attention(hidden: Int) throws(DocumentError) -> Attention {
        let heads = try reader.required("num_attention_heads", .int(in: ModelLimits.heads))
        let bias = try attentionBias()
        if family.isLatent {
            let latent = LatentAttention(
                queryRank: try reader.optional("q_lora_rank", .int(in: ModelLimits.rank)),
                keyValueRank: try reader.required("kv_lora_rank", .int(in: ModelLimits.rank)),
                nopeDimension: try reader.required("qk_nope_head_dim", .int(in: ModelLimits.headDimension)),
                ropeDimension: try reader.required("qk_rope_head_dim", .int(in: ModelLimits.headDimension)),
                valueDimension: try reader.required("v_head_dim", .int(in: ModelLimits.headDimension)))
            guard !bias.input else {
                throw DocumentError(
                    reader.location(of: "attention_bias"),
                    .invalid("latent attention with biases is not supported", remedy: "every published model has attention_bias false"))
            }
            // Its num_key_value_heads says nothing: every head has a key and a value of its own.
            return Attention(
                heads: heads, keyValueHeads: heads, headDimension: latent.nopeDimension + latent.ropeDimension, latent: latent)
        }
        return Attention(
            heads: heads, keyValueHeads: try keyValueHeads(of: heads), headDimension: try headDimension(hidden: hidden, heads: heads),
            queryKeyNorm: family.queryKeyNorm, hasInputBias: bias.input, hasOutputBias: bias.output, hasSinks: family == .gptOSS)
    }

    private func headDimension(hidden: Int, heads: Int) throws(DocumentError) -> Int {
        if let given = try reader.optional("head_dim", .int(in: ModelLimits.headDimension)) ?? family.headDimension { return given }
        return try quotient(hidden, heads, "num_attention_heads")
    }

    /// A missing field means the family's default, an explicit null one key and value per head.
    private func keyValueHeads(of heads: Int) throws(DocumentError) -> Int {
        if let given = try reader.optional("num_key_value_heads", .int(in: ModelLimits.heads)) { return given }
        return reader.has("num_key_value_heads") ? heads : family.keyValueHeads ?? heads
    }

    private func attentionBias() throws(DocumentError) -> (input: Bool, output: Bool) {
        switch family.attentionBias {
        case .never: return (false, false)
        case .always: return (true, true)
        case .inputOnly: return (try reader.optional("qkv_bias", .bool) ?? true, false)
        case .flagged(let usual):
            let flag = try reader.optional("attention_bias", .bool) ?? usual
            return (flag, flag)
        }
    }

    private func feedForward(isUsed: Bool) throws(DocumentError) -> FeedForward {
        guard isUsed, let key = family.denseWidthKey else { return FeedForward(width: 0, isGated: true) }
        return FeedForward(
            width: try reader.required(key, .int(in: ModelLimits.width)), isGated: true,
            hasBias: family == .llama ? try reader.optional("mlp_bias", .bool) ?? false : false)
    }

    /// hidden ÷ heads, which must come out even.
    private func quotient(_ hidden: Int, _ heads: Int, _ key: String) throws(DocumentError) -> Int {
        guard hidden % heads == 0 else {
            throw DocumentError(
                reader.location(of: key),
                .invalid("hidden size \(hidden) is no multiple of \(heads) heads", remedy: "give head_dim, or heads that divide it"))
        }
        return hidden / heads
    }
}
