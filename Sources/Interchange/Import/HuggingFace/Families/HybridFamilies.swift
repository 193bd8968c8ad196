import Documents
import Workload

extension HuggingFaceFamily {
    /// Recurrent mixers beside attention.
    static let hybrids: [HuggingFaceFamily] = [
        HuggingFaceFamily("bamba") {
            $0.feedForwardBias = .key("mlp_bias")
            $0.layers = bambaLayers
        },
        HuggingFaceFamily("falcon_h1") {
            $0.feedForwardBias = .key("mlp_bias")
            $0.layers = falconH1Layers
        },
        HuggingFaceFamily("granitemoehybrid") {
            $0.layers = graniteLayers
            $0.finish = { decoder, model throws(DocumentError) in
                let isRotary = try decoder.fields.text("position_embedding_type") == "rope"
                if !isRotary { (model.positions, model.rotary) = (.none, nil) }
            }
        },
        HuggingFaceFamily("jamba") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.positions = .none
            $0.mixture = .init(widthKeys: ["intermediate_size"], placement: .jamba)
            $0.layers = jambaLayers
        },
        HuggingFaceFamily("nemotron_h") {
            $0.canTie = false
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.positions = .none
            $0.layersKeys = ["num_hidden_layers"]
            $0.layerNamesKeys = ["layers_block_type", "layer_types", "hybrid_override_pattern"]
            $0.layers = nemotronLayers
            $0.finish = nemotronPrediction
        },
        HuggingFaceFamily("minimax") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.mixture = .init(widthKeys: ["intermediate_size"])
            $0.layers = { decoder throws(DocumentError) in
                try miniMaxLayers(decoder, isLinear: linearLayers(decoder) { $0 % 2 == 1 })
            }
        },
        HuggingFaceFamily("qwen3_next") {
            $0.queryKeyNorm = .perHead
            $0.attention = { $0.hasOutputGate = true }
            $0.mixture = .init(shared: .width(["shared_expert_intermediate_size"]), hasSharedGate: true, placement: .qwen)
            $0.layers = deltaLayers
        },
        HuggingFaceFamily("qwen3_5_moe_text") {
            $0.queryKeyNorm = .perHead
            $0.attention = { $0.hasOutputGate = true }
            $0.mixture = .init(shared: .width(["shared_expert_intermediate_size"]), hasSharedGate: true)
            $0.layers = deltaLayers
        },
        HuggingFaceFamily("qwen3_5_text") {
            $0.queryKeyNorm = .perHead
            $0.attention = { $0.hasOutputGate = true }
            $0.layers = deltaLayers
        },
        HuggingFaceFamily("olmo_hybrid") {
            $0.queryKeyNorm = .full
            $0.layers = deltaLayers
        },
        HuggingFaceFamily("lfm2") {
            $0.inputBias = .no
            $0.outputBias = .no
            $0.queryKeyNorm = .perHead
            $0.layers = lfm2Layers
        },
        HuggingFaceFamily("lfm2_moe") {
            $0.inputBias = .no
            $0.outputBias = .no
            $0.queryKeyNorm = .perHead
            $0.mixture = .init(placement: .after(key: "num_dense_layers", usual: 2))
            $0.layers = lfm2Layers
        },
        HuggingFaceFamily("recurrent_gemma") {
            $0.layers = recurrentGemmaLayers
        },
    ]

    /// Hybrids whose code is not in transformers.
    static let hybridsElsewhere: [HuggingFaceFamily] = [
        HuggingFaceFamily("minimax_m1") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.mixture = .init(widthKeys: ["intermediate_size"], shared: .width(["shared_intermediate_size"]))
            $0.layers = { decoder throws(DocumentError) in
                // 0 is linear, 1 softmax.
                guard let types = try decoder.fields.perLayer("attn_type_list", .int(in: 0...1), layers: decoder.layers) else {
                    throw decoder.fields.problem(
                        at: "attn_type_list", "the kinds of the \(decoder.layers) layers are missing",
                        remedy: "expected attn_type_list with 0 for linear and 1 for softmax attention")
                }
                return try miniMaxLayers(decoder, isLinear: types.map { $0 == 0 })
            }
        },
        // Lightning attention on all but the last layer of every group; the others attend plainly (Ring-linear 2.0) or latently (Ling 2.5).
        HuggingFaceFamily("bailing_moe_linear") {
            ($0.inputBias, $0.outputBias) = (.key("use_qkv_bias"), .key("use_bias"))
            $0.queryKeyNorm = .perHead
            $0.queryKeyNormed = .key("use_qk_norm")
            $0.mixture = .init(shared: .count(["num_shared_experts"]), placement: .deepSeek)
            $0.layers = bailingLinearLayers
        },
        HuggingFaceFamily("bailing_hybrid") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.isLatent = true
            $0.mixture = .init(shared: .count(["num_shared_experts"]), placement: .deepSeek)
            $0.layers = bailingLinearLayers
        },
        HuggingFaceFamily("kimi_linear") {
            $0.isLatent = true
            $0.positions = .none
            $0.mixture = .init(shared: .count(["num_shared_experts", "n_shared_experts"]), placement: .deepSeek)
            $0.layers = kimiLinearLayers
        },
    ]
}
