import Documents
import Workload

/// Layers of models that mix by Mamba-2.
extension HuggingFaceFamily {
    /// Mamba-2 as Bamba, Granite and Falcon-H1 name it.
    static func mamba2(_ decoder: HuggingFaceDecoder, width: Int? = nil) throws(DocumentError) -> Mamba2 {
        let fields = decoder.fields
        var mixer = Mamba2()
        mixer.heads = try fields.need("mamba_n_heads", in: ModelLimits.heads)
        if case .scalar(let scalar) = try fields.node("mamba_d_head"), scalar.text != "auto" {
            mixer.headDimension = try fields.need("mamba_d_head", in: ModelLimits.headDimension)
            let expand = try fields.int("mamba_expand", in: 1...64)
            let expected = width ?? expand.map { $0 * decoder.hidden }
            let own = mixer.heads * mixer.headDimension
            guard expected == nil || own == expected else {
                throw fields.problem(
                    at: "mamba_d_head", "\(mixer.heads) heads of \(mixer.headDimension) are \(own) wide and the mixer is \(expected ?? 0)",
                    remedy: "mamba_n_heads times mamba_d_head must be \(expected ?? 0)")
            }
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

    static func bambaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
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

    static func falconH1Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
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
    static func graniteLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
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

    static let nemotronKinds = ["M": "mamba", "E": "moe", "*": "attention", "-": "mlp"]

    static func nemotronTypes(_ decoder: HuggingFaceDecoder, _ patternKey: String, _ listKeys: [String]) throws(DocumentError)
        -> [String]?
    {
        let words = ["mamba", "moe", "attention", "mlp"]
        let pattern = try decoder.fields.text(patternKey) ?? ""
        if let key = listKeys.first(where: decoder.fields.has), let node = try decoder.fields.node(key) {
            let types = try YAMLType<[String]>.list(of: .word(of: words), count: 1...ModelLimits.layers.upperBound).read(node)
            guard pattern.isEmpty || pattern.map({ nemotronKinds[String($0)] }) == types else {
                throw decoder.fields.problem(
                    at: patternKey, "\(patternKey) and \(key) name other layers", remedy: "make them agree, or leave one of them out")
            }
            return types
        }
        guard !pattern.isEmpty else { return nil }
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
    static func nemotronLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
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

    static func nemotronBlocks(_ decoder: HuggingFaceDecoder, _ types: [String]) throws(DocumentError) -> [HuggingFacePiece] {
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

    static func nemotronMixer(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Mamba2 {
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

    static func nemotronExperts(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Experts {
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
    static let nemotronPrediction: @Sendable (HuggingFaceDecoder, inout TransformerModel) throws(DocumentError) -> Void = {
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
}
