import Documents
import Workload

extension HuggingFaceFamily {
    /// Mixtures of experts behind an ordinary attention.
    static let mixtures: [HuggingFaceFamily] = [
        HuggingFaceFamily("mixtral") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.mixture = .init(widthKeys: ["intermediate_size"])
            $0.windows = .all
        },
        HuggingFaceFamily("qwen2_moe") {
            ($0.inputBias, $0.outputBias) = (.key("qkv_bias"), .no)
            $0.mixture = .init(shared: .width(["shared_expert_intermediate_size"]), hasSharedGate: true, placement: .qwen)
            $0.windows = .before
        },
        HuggingFaceFamily("qwen3_moe") {
            $0.queryKeyNorm = .perHead
            $0.mixture = .init(placement: .qwen)
            $0.windows = .flagged
        },
        HuggingFaceFamily("gpt_oss") {
            $0.attention = { $0.hasSinks = true }
            $0.mixture = .init(widthKeys: ["intermediate_size"], hasBias: true, hasRouterBias: true)
            $0.windows = .globalEvery(key: nil, usual: 2)
        },
        HuggingFaceFamily("llama4_text") {
            $0.widthKeys = ["intermediate_size_mlp"]
            $0.mixture = .init(widthKeys: ["intermediate_size"], shared: .one, placement: .llama4)
            $0.windows = .chunked
        },
        HuggingFaceFamily("afmoe") {
            ($0.inputBias, $0.outputBias) = (.no, .key("attention_bias"))
            $0.queryKeyNorm = .perHead
            $0.attention = { $0.hasOutputGate = true }
            // Queries, keys and values have biases and the gate beside them has none.
            $0.finish = { decoder, model throws(DocumentError) in
                guard try decoder.fields.flag("attention_bias"), let attention = model.attention else { return }
                let biases = (attention.heads + 2 * attention.keyValueHeads) * attention.headDimension
                model.extras.append(.init("biases of queries, keys and values", decoder.layers * biases))
            }
            $0.norms = (2, 2)
            $0.mixture = .init(
                shared: .count(["num_shared_experts"]), hasRouterBias: true, placement: .after(key: "num_dense_layers", usual: 1))
            $0.windows = .globalEvery(key: "global_attn_every_n_layers", usual: 4)
        },
        HuggingFaceFamily("aria_text") {
            $0.mixture = .init(
                widthKeys: ["intermediate_size"],
                countKeys: ["moe_num_experts"], perTokenKeys: ["moe_topk"], shared: .count(["moe_num_shared_experts"]),
                sharedBias: .key("mlp_bias"))
        },
        HuggingFaceFamily("cohere2_moe") {
            ($0.norm, $0.isParallel) = (.unbiased, .yes)
            $0.norms = (1, 0)
            $0.widthKeys = ["prefix_dense_intermediate_size"]
            $0.mixture = .init(
                widthKeys: ["intermediate_size"], shared: .count(["num_shared_experts"]),
                placement: .after(key: "first_k_dense_replace", usual: 0))
            $0.windows = .globalEvery(key: "sliding_window_pattern", usual: 4)
        },
        HuggingFaceFamily("dbrx") {
            $0.norm = .unbiased
            $0.layers = dbrxLayers
        },
        HuggingFaceFamily("dots1") {
            $0.queryKeyNorm = .perHead
            $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .deepSeek)
            $0.windows = .after
        },
        HuggingFaceFamily("ernie4_5_moe") {
            ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.key("use_bias"), .key("use_bias"), .key("use_bias"))
            $0.mixture = .init(
                countKeys: ["moe_num_experts"], perTokenKeys: ["moe_k"], shared: .count(["moe_num_shared_experts"]),
                sharedBias: .key("use_bias"),
                hasRouterBias: true, placement: .ernie)
            $0.finish = { decoder, model throws(DocumentError) in model.hasHeadBias = try decoder.fields.flag("use_bias") }
        },
        HuggingFaceFamily("exaone_moe") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.queryKeyNorm = .perHead
            $0.mixture = .init(shared: .count(["num_shared_experts"]), placement: .after(key: "first_k_dense_replace", usual: 1))
            $0.windows = .globalEvery(key: "sliding_window_pattern", usual: 4)
        },
        HuggingFaceFamily("flex_olmo") {
            $0.queryKeyNorm = .full
            $0.mixture = .init(widthKeys: ["intermediate_size"])
        },
        HuggingFaceFamily("olmoe") {
            $0.queryKeyNorm = .full
            $0.mixture = .init(widthKeys: ["intermediate_size"])
        },
        glm4MoE,
        HuggingFaceFamily("solar_open") {
            $0.outputBias = .no
            $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .deepSeek)
        },
        HuggingFaceFamily("granitemoe") { $0.mixture = .init(widthKeys: ["intermediate_size"]) },
        HuggingFaceFamily("granitemoeshared") {
            $0.mixture = .init(widthKeys: ["intermediate_size"], shared: .width(["shared_intermediate_size"]))
        },
        HuggingFaceFamily("hunyuan_v1_moe") {
            $0.queryKeyNorm = .perHead
            $0.layers = hunyuanLayers
            $0.mixture = .init(widthKeys: ["intermediate_size"], shared: .one)
        },
        HuggingFaceFamily("hy_v3") {
            $0.queryKeyNorm = .perHead
            $0.feedForwardBias = .key("mlp_bias")
            $0.mixture = .init(
                shared: .count(["num_shared_experts"]), sharedBias: .key("mlp_bias"),
                placement: .after(key: "first_k_dense_replace", usual: 1))
        },
        HuggingFaceFamily("mellum") {
            $0.queryKeyNorm = .perHead
            $0.mixture = .init()
            $0.windows = .flagged
        },
        HuggingFaceFamily("minimax_m2") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.queryKeyNorm = .full
            $0.mixture = .init(widthKeys: ["intermediate_size"])
            $0.finish = { decoder, _ throws(DocumentError) in
                let types = try decoder.fields.perLayer("attn_type_list", .int(in: 0...1), layers: decoder.layers)
                guard let types, let linear = types.firstIndex(of: 0) else { return }
                throw decoder.fields.problem(
                    at: "attn_type_list", "layer \(linear) is linear, and MiniMax-M2's code has softmax attention alone",
                    remedy: "expected 1 for every layer; minimax_m1 has both")
            }
        },
        HuggingFaceFamily("phimoe") {
            $0.norm = .layer
            $0.mixture = .init(widthKeys: ["intermediate_size"])
            $0.finish = { decoder, model throws(DocumentError) in model.hasHeadBias = try decoder.fields.flag("lm_head_bias") }
        },
        HuggingFaceFamily("laguna") {
            $0.queryKeyNorm = .perHead
            $0.attention = { $0.hasHeadGate = true }
            $0.mixture = .init(
                shared: .width(["shared_expert_intermediate_size"]), hasRouterBias: true,
                placement: .after(key: "num_dense_layers", usual: 1))
            $0.windows = .flagged
            $0.layers = lagunaLayers
        },
        HuggingFaceFamily("jetmoe") {
            $0.layers = { decoder throws(DocumentError) in
                let fields = decoder.fields
                var attention = AttentionMixture()
                attention.count = try fields.need("num_local_experts", in: ModelLimits.experts)
                attention.perToken = try fields.need("num_experts_per_tok", in: ModelLimits.experts)
                attention.heads = try fields.need("num_key_value_heads", in: ModelLimits.heads)
                attention.headDimension = try fields.need("kv_channels", in: ModelLimits.headDimension)
                var mixture = Experts(
                    count: attention.count, perToken: attention.perToken, width: try fields.need("intermediate_size", in: ModelLimits.width)
                )
                mixture.hasOutputBias = true
                return [HuggingFaceLayer](
                    repeating: [[HuggingFacePiece("attention", attention)], [HuggingFacePiece("moe", mixture)]], count: decoder.layers)
            }
        },
    ]

    static let glm4MoE = HuggingFaceFamily("glm4_moe") {
        $0.outputBias = .no
        $0.queryKeyNorm = .perHead
        $0.queryKeyNormed = .key("use_qk_norm")
        $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .deepSeek)
    }

    /// Attention and mixture in mappings of their own; two norms around the attention's residual.
    private static func dbrxLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        func inner(_ key: String) throws(DocumentError) -> MappingReader {
            guard let node = try decoder.fields.node(key) else {
                throw decoder.fields.problem(at: key, "\(key) is missing", remedy: "expected a mapping, as DBRX's file has it")
            }
            return try MappingReader(node, as: key)
        }
        let (attention, mixture) = (try inner("attn_config"), try inner("ffn_config"))
        let heads = try decoder.heads()
        let shape = Attention(
            heads: heads, keyValueHeads: try attention.required("kv_n_heads", .int(in: ModelLimits.heads)),
            headDimension: try decoder.headDimension(heads: heads))
        let experts = Experts(
            count: try mixture.required("moe_num_experts", .int(in: ModelLimits.experts)),
            perToken: try mixture.required("moe_top_k", .int(in: ModelLimits.experts)),
            width: try mixture.required("ffn_hidden_size", .int(in: ModelLimits.width)))
        return [HuggingFaceLayer](
            repeating: [[HuggingFacePiece("attention", shape)], [HuggingFacePiece("moe", experts)]], count: decoder.layers)
    }

    /// Layers that take the keys and values of the last one that has its own, all but every `cla_share_factor`-th (Hunyuan-Large).
    private static func hunyuanLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let shares = try decoder.fields.flag("use_cla")
        let every = try decoder.fields.int("cla_share_factor", in: 1...64) ?? 2
        return try zip(decoder.attentions(), decoder.feedForwards()).enumerated().map { index, pair in
            var attention = pair.0
            if shares, index % every != 0, var shape = attention.shape as? Attention {
                shape.keyValues = .shared
                attention = HuggingFacePiece("attention-shared", shape, norms: attention.norms)
            }
            return [[attention], [pair.1]]
        }
    }

    /// Query heads that differ from layer to layer.
    private static func lagunaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let others = try decoder.feedForwards()
        var attentions = try decoder.attentions()
        if let heads = try decoder.fields.perLayer(
            "num_attention_heads_per_layer", .int(in: ModelLimits.heads), layers: decoder.layers)
        {
            for (index, count) in heads.enumerated() {
                guard var shape = attentions[index].shape as? Attention else { continue }
                shape.heads = count
                attentions[index].shape = shape
            }
        }
        return zip(attentions, others).map { [[$0], [$1]] }
    }
}
