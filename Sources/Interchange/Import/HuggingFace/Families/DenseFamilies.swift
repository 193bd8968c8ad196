import Documents
import Workload

extension HuggingFaceFamily {
    /// Models whose layers are an attention and a dense feed-forward, with RMS norms and rotary positions.
    static let dense: [HuggingFaceFamily] = [
        HuggingFaceFamily("llama") { $0.feedForwardBias = .key("mlp_bias") },
        HuggingFaceFamily("mistral") {
            $0.windows = .all
            ($0.inputBias, $0.outputBias) = (.no, .no)
        },
        HuggingFaceFamily("ministral3") { ($0.inputBias, $0.outputBias) = (.no, .no) },
        HuggingFaceFamily("ministral") { ($0.inputBias, $0.outputBias) = (.no, .no) },
        HuggingFaceFamily("qwen2") {
            ($0.inputBias, $0.outputBias) = (.yes, .no)
            $0.windows = .after
        },
        HuggingFaceFamily("qwen3") {
            $0.queryKeyNorm = .perHead
            $0.windows = .after
        },
        HuggingFaceFamily("phi3") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.windows = .all
        },
        HuggingFaceFamily("apertus") {
            $0.queryKeyNorm = .perHead
            $0.isGated = false
            // The two slopes of xIELU.
            $0.feedForward = { $0.activationParameters = 2 }
        },
        HuggingFaceFamily("arcee") {
            $0.isGated = false
            $0.feedForwardBias = .key("mlp_bias")
        },
        HuggingFaceFamily("bitnet") {
            $0.attention = { $0.hasOutputNorm = true }
            $0.feedForward = { $0.hasInnerNorm = true }
        },
        HuggingFaceFamily("diffllama") { $0.attention = { $0.isDifferential = true } },
        HuggingFaceFamily("doge") {
            $0.queryKeyNorm = .perHead
            $0.feedForwardBias = .key("mlp_bias")
            $0.attention = { $0.hasDynamicMask = true }
            $0.layers = { decoder throws(DocumentError) in
                guard try !decoder.fields.flag("is_moe") else {
                    throw decoder.fields.problem(
                        at: "is_moe", "a mixture of single neurons chosen by product keys is not supported",
                        remedy: "Doge's dense models, with is_moe false, are")
                }
                var scale = ResidualScale()
                scale.vectors = 1
                let scales = HuggingFacePiece("scale", scale, norms: 0)
                let mlp = HuggingFacePiece("mlp", try decoder.feedForward())
                return try decoder.attentions().map { [[$0, scales], [mlp, scales]] }
            }
        },
        HuggingFaceFamily("ernie4_5") {
            ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.key("use_bias"), .key("use_bias"), .key("use_bias"))
        },
        HuggingFaceFamily("exaone4") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.queryKeyNorm = .perHead
            $0.windows = .globalEvery(key: "sliding_window_pattern", usual: 4)
        },
        HuggingFaceFamily("glm") { $0.outputBias = .no },
        HuggingFaceFamily("glm4") {
            $0.outputBias = .no
            $0.norms = (2, 2)
        },
        HuggingFaceFamily("granite") { $0.feedForwardBias = .key("mlp_bias") },
        HuggingFaceFamily("helium") {
            $0.outputBias = .no
            $0.feedForwardBias = .key("mlp_bias")
        },
        HuggingFaceFamily("hunyuan_v1_dense") { $0.queryKeyNorm = .perHead },
        HuggingFaceFamily("hyperclovax") {
            $0.feedForwardBias = .key("mlp_bias")
            $0.finish = { decoder, model throws(DocumentError) in
                if try decoder.fields.flag("use_post_norm") { model.normsPerLayer = 4 }
            }
        },
        HuggingFaceFamily("nanochat") {
            $0.isGated = false
            $0.norm = .plain
            $0.queryKeyNorm = .plain
        },
        HuggingFaceFamily("olmo2") {
            $0.queryKeyNorm = .full
        },
        HuggingFaceFamily("seed_oss") {
            $0.outputBias = .key("attention_out_bias")
            $0.feedForwardBias = .key("mlp_bias")
        },
        HuggingFaceFamily("smollm3") { $0.feedForwardBias = .key("mlp_bias") },
        HuggingFaceFamily("moshi") {
            $0.canTie = false
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.layers = { decoder throws(DocumentError) in
                let width = try decoder.fields.need("ffn_dim", in: ModelLimits.width)
                // One matrix holds gate and input, each half as wide as the file says.
                let half = try decoder.fields.quotient(width, "ffn_dim", by: 2, "halves", at: "ffn_dim")
                let other = HuggingFacePiece("mlp", try decoder.feedForward(width: half))
                return try decoder.attentions().map { [[$0], [other]] }
            }
            // One more entry, with which audio begins, has an embedding alone.
            $0.finish = { decoder, model throws(DocumentError) in model.extras.append(.init("embedding of the first token", decoder.hidden))
            }
        },
    ]

    /// Models of Llama's shape whose code is not in transformers.
    static let denseElsewhere: [HuggingFaceFamily] = [
        HuggingFaceFamily("mimo") { ($0.inputBias, $0.outputBias) = (.key("attention_bias"), .no) },
        HuggingFaceFamily("baichuan") { ($0.inputBias, $0.outputBias) = (.no, .no) },
        HuggingFaceFamily("exaone") { ($0.inputBias, $0.outputBias) = (.no, .no) },
        // Its file has twice the width, of which each of two matrices takes half.
        HuggingFaceFamily("qwen") {
            ($0.inputBias, $0.outputBias) = (.yes, .no)
            $0.layers = { decoder throws(DocumentError) in
                let width = try decoder.fields.need("intermediate_size", in: ModelLimits.width)
                let half = try decoder.fields.quotient(width, "intermediate_size", by: 2, "halves", at: "intermediate_size")
                let other = HuggingFacePiece("mlp", try decoder.feedForward(width: half))
                return try decoder.attentions().map { [[$0], [other]] }
            }
        },
        // Both sizes of MiniCPM: the mixtures say how many experts they have.
        HuggingFaceFamily("minicpm") {
            $0.tiesUnlessStated = true
            $0.layers = { decoder throws(DocumentError) in
                guard let count = try decoder.fields.int("num_experts", in: 0...ModelLimits.experts.upperBound), count > 0 else {
                    let other = HuggingFacePiece("mlp", try decoder.feedForward())
                    return try decoder.attentions().map { [[$0], [other]] }
                }
                let experts = Experts(
                    count: count, perToken: try decoder.fields.need("num_experts_per_tok", in: 1...count),
                    width: try decoder.fields.need("intermediate_size", in: ModelLimits.width))
                return try decoder.attentions().map { [[$0], [HuggingFacePiece("moe", experts)]] }
            }
        },
        HuggingFaceFamily("xverse") { ($0.inputBias, $0.outputBias) = (.no, .no) },
        HuggingFaceFamily("internlm2") { ($0.inputBias, $0.outputBias) = (.key("bias"), .key("bias")) },
        HuggingFaceFamily("internlm3") {
            ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.key("qkv_bias"), .key("bias"), .key("bias"))
        },
        HuggingFaceFamily("chatglm") {
            ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.key("add_qkv_bias"), .key("add_bias_linear"), .key("add_bias_linear"))
            $0.widthKeys = ["ffn_hidden_size"]
            $0.layers = { decoder throws(DocumentError) in
                var attention = try decoder.attention()
                if try decoder.fields.flag("multi_query_attention") {
                    attention.keyValueHeads = try decoder.fields.need("multi_query_group_num", in: ModelLimits.heads)
                }
                let other = HuggingFacePiece("mlp", try decoder.feedForward())
                return [HuggingFaceLayer](repeating: [[HuggingFacePiece("attention", attention)], [other]], count: decoder.layers)
            }
        },
    ]
}
