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
        HuggingFaceFamily("kimi_linear") {
            $0.isLatent = true
            $0.positions = .none
            $0.mixture = .init(shared: .count(["num_shared_experts", "n_shared_experts"]), placement: .deepSeek)
            $0.layers = kimiLinearLayers
        },
    ]

    // MARK: Mamba-2

    /// Mamba-2 as Bamba, Granite and Falcon-H1 name it.
    private static func mamba2(_ decoder: HuggingFaceDecoder, width: Int? = nil) throws(DocumentError) -> Mamba2 {
        let fields = decoder.fields
        var mixer = Mamba2()
        mixer.heads = try fields.need("mamba_n_heads", in: ModelLimits.heads)
        if case .scalar(let scalar) = try fields.node("mamba_d_head"), scalar.text != "auto" {
            mixer.headDimension = try fields.need("mamba_d_head", in: ModelLimits.headDimension)
        } else {
            let expand = try fields.usual("mamba_expand", in: 1...64)
            mixer.headDimension = try fields.quotient(
                width ?? expand * decoder.hidden, "the mixer's width", by: mixer.heads, "heads", at: "mamba_n_heads")
        }
        mixer.groups = try fields.usual("mamba_n_groups", in: ModelLimits.heads)
        mixer.state = try fields.need("mamba_d_state", in: ModelLimits.headDimension)
        mixer.convolution = try fields.usual("mamba_d_conv", in: ModelLimits.taps)
        mixer.chunk = try fields.int("mamba_chunk_size", in: ModelLimits.chunk) ?? 256
        mixer.hasBias = try fields.flag("mamba_proj_bias")
        mixer.hasConvolutionBias = try fields.flag("mamba_conv_bias", otherwise: true)
        return mixer
    }

    private static func bambaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let listed = try decoder.fields.positions("attn_layer_indices", layers: decoder.layers) ?? []
        let types = try decoder.fields.perLayer(
            decoder.fields.has("layers_block_type") ? "layers_block_type" : "layer_types",
            .word(of: ["mamba", "attention", "full_attention"]), layers: decoder.layers)
        let isAttention = types.map { $0.map { $0 != "mamba" } } ?? (0..<decoder.layers).map(listed.contains)
        let attention = HuggingFacePiece("attention", try decoder.attention())
        let mamba = isAttention.contains(false) ? HuggingFacePiece("mamba", try mamba2(decoder)) : attention
        let mlp = HuggingFacePiece("mlp", try decoder.feedForward())
        return isAttention.map { [[$0 ? attention : mamba], [mlp]] }
    }

    private static func falconH1Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        var mixer = try mamba2(decoder, width: decoder.fields.int("mamba_d_ssm", in: ModelLimits.width))
        mixer.hasNorm = try decoder.fields.flag("mamba_rms_norm")
        let hasOutputBias = try decoder.fields.flag("projectors_bias")
        mixer.hasOutputBias = hasOutputBias == mixer.hasBias ? nil : hasOutputBias
        let attention = HuggingFacePiece("attention", try decoder.attention())
        let mlp = HuggingFacePiece("mlp", try decoder.feedForward())
        return [HuggingFaceLayer](
            repeating: [[HuggingFacePiece("mamba", mixer, norms: 0), attention], [mlp]], count: decoder.layers)
    }

    /// A mixture beside a feed-forward that every token visits, or the feed-forward alone where there are no experts.
    private static func graniteLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let types = try fields.perLayer(
            fields.has("layers_block_type") ? "layers_block_type" : "layer_types", .word(of: ["mamba", "attention"]), layers: decoder.layers
        )
        let isAttention = types.map { $0.map { $0 == "attention" } } ?? [Bool](repeating: false, count: decoder.layers)
        let attention = HuggingFacePiece("attention", try decoder.attention())
        let mamba = isAttention.contains(false) ? HuggingFacePiece("mamba", try mamba2(decoder)) : attention
        let shared = try fields.usual("shared_intermediate_size", in: 0...ModelLimits.width.upperBound)
        let experts = try fields.int("num_local_experts", in: 0...ModelLimits.experts.upperBound) ?? 0
        let other: HuggingFacePiece
        if experts > 0 {
            other = HuggingFacePiece(
                "moe",
                Experts(
                    count: experts, perToken: try fields.need("num_experts_per_tok", in: ModelLimits.experts),
                    width: try fields.need("intermediate_size", in: ModelLimits.width), sharedWidth: shared))
        } else {
            other = HuggingFacePiece("mlp", FeedForward(width: shared, isGated: true))
        }
        return isAttention.map { [[$0 ? attention : mamba], [other]] }
    }

    private static let nemotronKinds = ["M": "mamba", "E": "moe", "*": "attention", "-": "mlp"]

    private static func nemotronTypes(_ decoder: HuggingFaceDecoder, _ patternKey: String, _ listKeys: [String]) throws(DocumentError)
        -> [String]?
    {
        let words = ["mamba", "moe", "attention", "mlp"]
        if let key = listKeys.first(where: decoder.fields.has), let node = try decoder.fields.node(key) {
            return try YAMLType<[String]>.list(of: .word(of: words), count: 1...ModelLimits.layers.upperBound).read(node)
        }
        guard let pattern = try decoder.fields.text(patternKey), !pattern.isEmpty else { return nil }
        var types: [String] = []
        for letter in pattern {
            guard let kind = nemotronKinds[String(letter)] else {
                throw decoder.fields.problem(
                    at: patternKey, "'\(letter)' stands for no kind of layer",
                    remedy: "expected M, E, * and - for mamba, moe, attention and mlp")
            }
            types.append(kind)
        }
        return types
    }

    /// Layers of one block each, as a pattern of letters or a list names them.
    private static func nemotronLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        guard let types = try nemotronTypes(decoder, "hybrid_override_pattern", ["layers_block_type", "layer_types"]) else {
            throw fields.problem(
                at: "hybrid_override_pattern", "the kinds of the \(decoder.layers) layers are missing",
                remedy: "expected hybrid_override_pattern such as M-M*, or layers_block_type")
        }
        guard types.count == decoder.layers else {
            throw fields.problem(
                at: fields.has("hybrid_override_pattern") ? "hybrid_override_pattern" : "layers_block_type",
                "\(types.count) layers are named and num_hidden_layers is \(decoder.layers)", remedy: "make them agree")
        }
        return try nemotronBlocks(decoder, types).map { [[$0]] }
    }

    private static func nemotronBlocks(_ decoder: HuggingFaceDecoder, _ types: [String]) throws(DocumentError) -> [HuggingFacePiece] {
        let fields = decoder.fields
        var known: [String: HuggingFacePiece] = [:]
        var pieces: [HuggingFacePiece] = []
        for type in types {
            if known[type] == nil {
                known[type] =
                    switch type {
                    case "mamba": HuggingFacePiece(type, try nemotronMixer(decoder))
                    case "attention": HuggingFacePiece(type, try decoder.attention())
                    case "mlp":
                        HuggingFacePiece(
                            type,
                            FeedForward(
                                width: try fields.need("intermediate_size", in: ModelLimits.width), isGated: false,
                                hasBias: try fields.flag("mlp_bias")))
                    default: HuggingFacePiece(type, try nemotronExperts(decoder))
                    }
            }
            pieces += [known[type]].compactMap(\.self)
        }
        return pieces
    }

    private static func nemotronMixer(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Mamba2 {
        let fields = decoder.fields
        var mixer = Mamba2()
        mixer.heads = try fields.need("mamba_num_heads", in: ModelLimits.heads)
        mixer.headDimension = try fields.need("mamba_head_dim", in: ModelLimits.headDimension)
        mixer.groups = try fields.need("n_groups", "mamba_n_groups", in: ModelLimits.heads)
        mixer.state = try fields.need("ssm_state_size", in: ModelLimits.headDimension)
        mixer.convolution = try fields.usual("conv_kernel", "mamba_d_conv", in: ModelLimits.taps)
        mixer.chunk = try fields.int("chunk_size", "mamba_chunk_size", in: ModelLimits.chunk) ?? 128
        mixer.hasBias = try fields.flag("use_bias")
        mixer.hasConvolutionBias = try fields.flag("use_conv_bias", otherwise: true)
        return mixer
    }

    private static func nemotronExperts(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Experts {
        let fields = decoder.fields
        guard try !fields.flag("mlp_bias") else {
            throw fields.problem(
                at: "mlp_bias", "a mixture whose shared expert alone has biases is not supported",
                remedy: "every published model has mlp_bias false")
        }
        let shared = try fields.int("moe_shared_expert_intermediate_size", in: 0...ModelLimits.width.upperBound) ?? 0
        var experts = Experts(
            count: try fields.need("n_routed_experts", in: ModelLimits.experts),
            perToken: try fields.need("num_experts_per_tok", in: ModelLimits.experts),
            width: try fields.need("moe_intermediate_size", in: ModelLimits.width), sharedWidth: shared)
        experts.isGated = false
        experts.latentWidth = try fields.int("moe_latent_size", in: ModelLimits.hidden)
        return experts
    }

    /// The blocks of a prediction layer, which files name apart.
    private static let nemotronPrediction: @Sendable (HuggingFaceDecoder, inout TransformerModel) throws(DocumentError) -> Void = {
        decoder, model throws(DocumentError) in
        guard model.predictionBlocks > 0, var stack = model.stack else { return }
        let types = try nemotronTypes(decoder, "mtp_hybrid_override_pattern", ["mtp_layers_block_type"]) ?? ["attention", "moe"]
        var parts: [[String]] = []
        for piece in try nemotronBlocks(decoder, types) {
            if !stack.blocks.contains(where: { $0.name == piece.name }) {
                stack.blocks.append(LayerStack.NamedBlock(piece.name, piece.shape, norms: piece.norms))
            }
            parts.append([piece.name])
        }
        stack.predictionPattern = .layer(parts)
        model.stack = stack
    }

    // MARK: Mamba-1

    private static func jambaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let period = try fields.usual("attn_layer_period", in: ModelLimits.layers)
        let offset = try fields.usual("attn_layer_offset", in: 0...ModelLimits.layers.upperBound)
        let attention = HuggingFacePiece("attention", try decoder.attention())
        let mamba = HuggingFacePiece("mamba", try mamba1(decoder, innerNorms: true))
        let others = try decoder.feedForwards()
        return others.enumerated().map { [[$0 % period == offset ? attention : mamba], [$1]] }
    }

    /// Mamba-1 as Jamba and Zamba name it.
    static func mamba1(_ decoder: HuggingFaceDecoder, innerNorms: Bool) throws(DocumentError) -> Mamba1 {
        let fields = decoder.fields
        var mixer = Mamba1()
        mixer.channels = try fields.usual("mamba_expand", in: 1...16) * decoder.hidden
        mixer.state = try fields.need("mamba_d_state", in: ModelLimits.headDimension)
        if case .scalar(let scalar) = try fields.node("mamba_dt_rank"), scalar.text != "auto" {
            mixer.timeStepRank = try fields.need("mamba_dt_rank", in: ModelLimits.rank)
        } else {
            mixer.timeStepRank = (decoder.hidden + 15) / 16
        }
        mixer.convolution = try fields.usual("mamba_d_conv", in: ModelLimits.taps)
        mixer.hasBias = try fields.flag("mamba_proj_bias")
        mixer.hasConvolutionBias = try fields.flag("mamba_conv_bias", otherwise: true)
        mixer.hasInnerNorms = innerNorms
        return mixer
    }

    // MARK: Linear attention and delta rules

    /// Whether each layer is linear, as the file lists them or a rule says.
    private static func linearLayers(_ decoder: HuggingFaceDecoder, _ isLinear: (Int) -> Bool) throws(DocumentError) -> [Bool] {
        if let types = try decoder.fields.perLayer(
            "layer_types", .word(of: ["linear_attention", "full_attention"]), layers: decoder.layers)
        {
            return types.map { $0 == "linear_attention" }
        }
        return (0..<decoder.layers).map(isLinear)
    }

    private static func miniMaxLayers(_ decoder: HuggingFaceDecoder, isLinear: [Bool]) throws(DocumentError) -> [HuggingFaceLayer] {
        let attention = try decoder.attention()
        var linear = LightningAttention()
        (linear.heads, linear.headDimension) = (attention.heads, attention.headDimension)
        linear.chunk = try decoder.fields.int("block_size", in: ModelLimits.chunk) ?? 256
        let others = try decoder.feedForwards()
        return zip(isLinear, others).map {
            [[$0 ? HuggingFacePiece("linear", linear) : HuggingFacePiece("attention", attention)], [$1]]
        }
    }

    /// The gated delta net on all but every so many-th layer.
    private static func deltaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let every = try fields.int("full_attention_interval", in: ModelLimits.layers) ?? 4
        let isLinear = try linearLayers(decoder) { ($0 + 1) % every != 0 }
        let attention = HuggingFacePiece("attention", try decoder.attention())
        var mixer = GatedDelta()
        let heads = try decoder.heads()
        mixer.keyHeads = try fields.int("linear_num_key_heads", in: ModelLimits.heads) ?? heads
        mixer.valueHeads = try fields.int("linear_num_value_heads", in: ModelLimits.heads) ?? heads
        let usual = max(1, 3 * decoder.hidden / (4 * mixer.keyHeads))
        mixer.keyDimension = try fields.int("linear_key_head_dim", in: ModelLimits.headDimension) ?? usual
        mixer.valueDimension = try fields.int("linear_value_head_dim", in: ModelLimits.headDimension) ?? 2 * mixer.keyDimension
        mixer.convolution = try fields.usual("linear_conv_kernel_dim", in: ModelLimits.taps)
        let delta = HuggingFacePiece("delta", mixer)
        let others = try decoder.feedForwards()
        return zip(isLinear, others).map { [[$0 ? delta : attention], [$1]] }
    }

    /// Kimi delta attention and latent attention, listed from 1.
    private static func kimiLinearLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        guard let node = try decoder.fields.node("linear_attn_config") else {
            throw decoder.fields.problem(
                at: "linear_attn_config", "linear_attn_config is missing", remedy: "expected its heads, their width and full_attn_layers")
        }
        let linear = try MappingReader(node, as: "linear_attn_config")
        var mixer = KimiDelta()
        mixer.heads = try linear.required("num_heads", .int(in: ModelLimits.heads))
        mixer.headDimension = try linear.required("head_dim", .int(in: ModelLimits.headDimension))
        mixer.convolution = try linear.optional("short_conv_kernel_size", .int(in: ModelLimits.taps)) ?? 4
        let full = Set(try linear.required("full_attn_layers", .list(of: .int(in: 1...ModelLimits.layers.upperBound))))
        if let outside = full.first(where: { $0 > decoder.layers }) {
            throw DocumentError(
                linear.location(of: "full_attn_layers"),
                .invalid(
                    "layer \(outside) is named and the model has \(decoder.layers)", remedy: "expected positions of 1 to \(decoder.layers)")
            )
        }
        let attention = HuggingFacePiece("attention", try decoder.attention())
        let delta = HuggingFacePiece("delta", mixer)
        return try decoder.feedForwards().enumerated().map { [[full.contains($0 + 1) ? attention : delta], [$1]] }
    }

    // MARK: Convolutions and gated recurrences

    private static func lfm2Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let indices = try fields.positions("full_attn_idxs", layers: decoder.layers)
        let types = try fields.perLayer("layer_types", .word(of: ["conv", "full_attention"]), layers: decoder.layers)
        let isAttention = types.map { $0.map { $0 != "conv" } } ?? (0..<decoder.layers).map { indices?.contains($0) ?? true }
        var mixer = ShortConvolutionMixer()
        mixer.channels = decoder.hidden
        mixer.convolution = try fields.usual("conv_L_cache", in: ModelLimits.taps)
        mixer.hasBias = try fields.flag("conv_bias")
        let attention = HuggingFacePiece("attention", try decoder.attention())
        let convolution = HuggingFacePiece("conv", mixer)
        var others = try decoder.feedForwards()
        if decoder.family.mixture == nil {
            let mlp = HuggingFacePiece("mlp", try decoder.feedForward(width: lfm2Width(decoder)))
            others = [HuggingFacePiece](repeating: mlp, count: decoder.layers)
        }
        return zip(isAttention, others).map { [[$0 ? attention : convolution], [$1]] }
    }

    /// Two thirds of the stated width, times a factor, rounded up.
    private static func lfm2Width(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Int {
        let fields = decoder.fields
        let stated = try fields.need("block_ff_dim", "intermediate_size", in: ModelLimits.width)
        guard try fields.flag("block_auto_adjust_ff_dim") else { return stated }
        let width = 2 * stated / 3
        // A missing factor is 1; an explicit null leaves the rounding out too.
        let given = try fields.number("block_ffn_dim_multiplier")
        guard let factor = given ?? (fields.has("block_ffn_dim_multiplier") ? nil : 1) else { return width }
        let multiple = try fields.usual("block_multiple_of", in: ModelLimits.width)
        let scaled = factor * Double(width)
        guard scaled <= Double(ModelLimits.width.upperBound) else {
            throw fields.problem(
                at: "block_ffn_dim_multiplier", "a factor of \(factor) makes the feed-forward \(scaled) wide",
                remedy: "expected a width of at most \(ModelLimits.width.upperBound)")
        }
        return (Int(scaled) + multiple - 1) / multiple * multiple
    }

    private static func recurrentGemmaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let node = try fields.node(fields.has("block_types") ? "block_types" : "_block_types")
        let words = try node.map { node throws(DocumentError) in
            try YAMLType<[String]>.list(of: .word(of: ["recurrent", "attention"]), count: 1...ModelLimits.layers.upperBound).read(node)
        }
        let cycle = words ?? ["recurrent", "recurrent", "attention"]
        var attention = try decoder.attention()
        attention.hasOutputBias = true
        if let size = try fields.int("attention_window_size", in: ModelLimits.sequenceLength) {
            attention.window = SlidingWindow(size: size, globalEvery: 0)
        }
        var mixer = RecurrentGate()
        mixer.channels = try fields.int("lru_width", in: ModelLimits.width) ?? decoder.hidden
        mixer.heads = try decoder.heads()
        mixer.convolution = try fields.usual("conv1d_width", in: ModelLimits.taps)
        let width = try fields.need("intermediate_size", in: ModelLimits.width)
        let half = try fields.quotient(width, "intermediate_size", by: 2, "halves", at: "intermediate_size")
        let mlp = HuggingFacePiece("mlp", FeedForward(width: half, isGated: true, hasBias: true))
        let (local, recurrent) = (HuggingFacePiece("local", attention), HuggingFacePiece("recurrent", mixer))
        return (0..<decoder.layers).map { [[cycle[$0 % cycle.count] == "attention" ? local : recurrent], [mlp]] }
    }
}
