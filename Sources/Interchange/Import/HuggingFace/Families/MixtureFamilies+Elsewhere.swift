import Documents
import Workload

extension HuggingFaceFamily {
    /// Mixtures whose code is not in transformers.
    static let mixturesElsewhere: [HuggingFaceFamily] = [
        // Attention, then a dense feed-forward and a mixture that both add to the stream.
        HuggingFaceFamily("arctic") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.layers = { decoder throws(DocumentError) in
                let fields = decoder.fields
                let attention = HuggingFacePiece("attention", try decoder.attention())
                let width = try fields.need("intermediate_size", in: ModelLimits.width)
                let every = try fields.int("moe_layer_frequency", in: ModelLimits.layers) ?? 2
                let isAdded = try fields.flag("parallel_attn_mlp_res", otherwise: true)
                let hasResidual = try isAdded ? fields.flag("use_residual", otherwise: true) : false
                let experts = Experts(
                    count: try fields.need("num_local_experts", in: ModelLimits.experts),
                    perToken: try fields.need("num_experts_per_tok", in: ModelLimits.experts), width: width)
                // The dense residual is as wide as the stream; a norm of its own stands before the mixture.
                let residual = HuggingFacePiece("residual-mlp", FeedForward(width: decoder.hidden, isGated: true))
                return (0..<decoder.layers).map { index in
                    guard (index + 1) % every == 0 else {
                        return [[attention], [HuggingFacePiece("mlp", FeedForward(width: width, isGated: true))]]
                    }
                    let moe = HuggingFacePiece("moe", experts, norms: hasResidual ? 2 : 1)
                    return hasResidual ? [[attention], [residual, moe]] : [[attention], [moe]]
                }
            }
        },
        // The first DeepSeek mixture, which transformers never had.
        HuggingFaceFamily("deepseek_moe") {
            $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .deepSeek)
        },
        HuggingFaceFamily("grok-1") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.norms = (2, 2)
            $0.mixture = .init(widthKeys: ["intermediate_size", "moe_intermediate_size"])
            $0.layers = grokLayers
        },
        HuggingFaceFamily("bailing_moe") {
            ($0.inputBias, $0.outputBias) = (.key("use_qkv_bias"), .key("use_bias"))
            $0.queryKeyNorm = .perHead
            $0.queryKeyNormed = .key("use_qk_norm")
            $0.mixture = .init(shared: .count(["num_shared_experts"]), placement: .deepSeek)
        },
        HuggingFaceFamily("mimo_v2") {
            $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .deepSeek)
            $0.outputBias = .no
            $0.layers = mimoV2Layers
        },
        HuggingFaceFamily("step3p5") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.layers = step35Layers
        },
        HuggingFaceFamily("step3_text") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.layers = step3Layers
        },
    ]

    /// A mixture, beside which Grok-2 has a dense feed-forward.
    private static func grokLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let attentions = try decoder.attentions()
        guard try decoder.fields.flag("residual_moe") else { return try zip(attentions, decoder.feedForwards()).map { [[$0], [$1]] } }
        let fields = decoder.fields
        let experts = Experts(
            count: try fields.need("num_local_experts", in: ModelLimits.experts),
            perToken: try fields.need("num_experts_per_tok", in: ModelLimits.experts),
            width: try fields.need("moe_intermediate_size", in: ModelLimits.width))
        let moe = HuggingFacePiece("moe", experts, norms: 2)
        let residual = HuggingFacePiece("residual-mlp", try decoder.feedForward(), norms: 2)
        return attentions.map { [[$0], [residual, moe]] }
    }

    /// Windowed layers with heads of their own, values narrower than keys, and sinks where a flag says so.
    private static func mimoV2Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let pattern = try fields.perLayer("hybrid_layer_pattern", .int(in: 0...1), layers: decoder.layers)
        var global = try decoder.attention()
        global.valueDimension = try fields.int("v_head_dim", in: ModelLimits.headDimension)
        global.hasSinks = try fields.flag("add_full_attention_sink_bias")
        var local = global
        local.heads = try fields.int("swa_num_attention_heads", in: ModelLimits.heads) ?? global.heads
        local.keyValueHeads = try fields.int("swa_num_key_value_heads", in: ModelLimits.heads) ?? global.keyValueHeads
        local.headDimension = try fields.int("swa_head_dim", in: ModelLimits.headDimension) ?? global.headDimension
        local.valueDimension = try fields.int("swa_v_head_dim", in: ModelLimits.headDimension) ?? global.valueDimension
        local.hasSinks = try fields.flag("add_swa_attention_sink_bias")
        if let size = try fields.int("sliding_window", "sliding_window_size", in: ModelLimits.sequenceLength) {
            local.window = SlidingWindow(size: size, globalEvery: 0)
        }
        let others = try decoder.feedForwards()
        return others.enumerated().map { index, other in
            let isLocal = pattern.map { $0[index] == 1 } ?? false
            return [[HuggingFacePiece(isLocal ? "local" : "attention", isLocal ? local : global)], [other]]
        }
    }

    /// Windowed layers with more heads, gates a head, and mixtures on listed layers.
    private static func step35Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        var global = try decoder.attention()
        global.keyValueHeads = try fields.int("num_attention_groups", in: ModelLimits.heads) ?? global.keyValueHeads
        global.queryKeyNorm = try fields.flag("use_qk_norm", otherwise: true) ? .perHead : .none
        global.hasHeadGate = try fields.flag("use_head_wise_attn_gate")
        var local = global
        if let node = try fields.node("attention_other_setting"), case .mapping = node {
            let other = try MappingReader(node, as: "attention_other_setting")
            local.heads = try other.optional("num_attention_heads", .int(in: ModelLimits.heads)) ?? local.heads
            local.keyValueHeads = try other.optional("num_attention_groups", .int(in: ModelLimits.heads)) ?? local.keyValueHeads
            local.headDimension = try other.optional("head_dim", .int(in: ModelLimits.headDimension)) ?? local.headDimension
        }
        if let size = try fields.int("sliding_window", in: ModelLimits.sequenceLength) {
            local.window = SlidingWindow(size: size, globalEvery: 0)
        }
        // Files list the layers of the prediction blocks too.
        let types =
            try fields.node("layer_types").map { node throws(DocumentError) in
                try YAMLType<[String]>.list(of: .word(of: HuggingFaceWindow.words)).read(node)
            } ?? []
        guard types.isEmpty || types.count >= decoder.layers else {
            throw fields.problem(
                at: "layer_types", "layer_types has \(types.count) values and the model \(decoder.layers) layers",
                remedy: "expected one value for each of the \(decoder.layers) layers")
        }
        let others = try stepOthers(decoder)
        return (0..<decoder.layers).map { index in
            let isLocal = index < types.count && types[index] == "sliding_attention"
            return [[HuggingFacePiece(isLocal ? "local" : "attention", isLocal ? local : global)], [others[index]]]
        }
    }

    /// Attention whose queries pass through a vector that all heads share (multi-matrix factorisation attention), and mixtures on listed layers.
    private static func step3Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        var attention = try decoder.attention()
        attention.keyValueHeads = try fields.int("num_attention_groups", in: ModelLimits.heads) ?? 1
        attention.queryRank = try fields.int("share_q_dim", in: ModelLimits.rank) ?? attention.headDimension
        return try stepOthers(decoder).map { [[HuggingFacePiece("attention", attention)], [$0]] }
    }

    /// The feed-forward or mixture of each layer.
    private static func stepOthers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFacePiece] {
        let fields = decoder.fields
        let mixtures = try stepMixtures(decoder)
        let dense = HuggingFacePiece("mlp", try decoder.feedForward())
        let experts = Experts(
            count: try fields.need("moe_num_experts", in: ModelLimits.experts),
            perToken: try fields.need("moe_top_k", in: ModelLimits.experts),
            width: try fields.need("moe_intermediate_size", in: ModelLimits.width),
            sharedWidth: try fields.int("share_expert_dim", "share_expert_dims", in: 0...ModelLimits.width.upperBound) ?? 0)
        let moe = HuggingFacePiece("moe", experts)
        return (0..<decoder.layers).map { mixtures.contains($0) ? moe : dense }
    }

    /// The positions of mixtures in a text such as `3,4,5`.
    private static func stepMixtures(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Set<Int> {
        guard let text = try decoder.fields.text("moe_layers_enum"), !text.isEmpty else { return Set(1..<max(2, decoder.layers)) }
        var positions: Set<Int> = []
        for piece in text.split(separator: ",") {
            guard let position = Int(piece.filter { !$0.isWhitespace }), (0..<decoder.layers).contains(position) else {
                throw decoder.fields.problem(
                    at: "moe_layers_enum", "'\(piece)' is no layer of a model of \(decoder.layers)",
                    remedy: "expected positions of 0 to \(decoder.layers - 1)")
            }
            positions.insert(position)
        }
        return positions
    }
}
