import Documents
import Workload

/// Layers of models that mix by linear attention and delta rules.
extension HuggingFaceFamily {
    /// Whether each layer is linear, as the file lists them or a rule says.
    static func linearLayers(_ decoder: HuggingFaceDecoder, _ isLinear: (Int) -> Bool) throws(DocumentError) -> [Bool] {
        if let types = try decoder.fields.perLayer(
            "layer_types", .word(of: ["linear_attention", "full_attention"]), layers: decoder.layers)
        {
            return types.map { $0 == "linear_attention" }
        }
        return (0..<decoder.layers).map(isLinear)
    }

    static func miniMaxLayers(_ decoder: HuggingFaceDecoder, isLinear: [Bool]) throws(DocumentError) -> [HuggingFaceLayer] {
        let attention = try decoder.attention()
        var linear = LightningAttention()
        (linear.heads, linear.headDimension) = (attention.heads, attention.headDimension)
        linear.chunk = try decoder.fields.int("block_size", in: ModelLimits.chunk) ?? 256
        let others = try decoder.feedForwards()
        return zip(isLinear, others).map {
            [[$0 ? HuggingFacePiece("linear", linear) : HuggingFacePiece("attention", attention)], [$1]]
        }
    }

    /// Lightning attention, with as many keys as queries, on all but the last layer of every group and those behind the last whole group.
    static func bailingLinearLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let attention = try decoder.attention()
        let group = try fields.int("layer_group_size", in: ModelLimits.layers) ?? 1
        var linear = LightningAttention()
        linear.heads = attention.heads
        linear.headDimension = try decoder.headDimension(heads: attention.heads)
        linear.hasQueryKeyNorm = try fields.flag("use_qk_norm")
        linear.hasOutputBias = try fields.flag("use_bias")
        linear.hasInputBias = try fields.flag("use_qkv_bias") || linear.hasOutputBias
        fields.passOver("group_norm_size", "linear_silu", "linear_rope", "linear_backend", "linear_scale")
        let whole = decoder.layers / group * group
        return try decoder.feedForwards().enumerated().map { index, other in
            let isLinear = (index + 1) % group != 0 && index < whole
            return [[isLinear ? HuggingFacePiece("linear", linear) : HuggingFacePiece("attention", attention)], [other]]
        }
    }

    /// The gated delta net on all but every so many-th layer.
    static func deltaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
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
    static func kimiLinearLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        guard let node = try decoder.fields.node("linear_attn_config") else {
            throw decoder.fields.problem(
                at: "linear_attn_config", "linear_attn_config is missing", remedy: "expected its heads, their width and full_attn_layers")
        }
        let linear = try MappingReader(node, as: "linear_attn_config")
        var mixer = KimiDelta()
        mixer.heads = try linear.required("num_heads", .int(in: ModelLimits.heads))
        mixer.headDimension = try linear.required("head_dim", .int(in: ModelLimits.headDimension))
        mixer.convolution = try linear.optional("short_conv_kernel_size", .int(in: ModelLimits.taps)) ?? 4
        mixer.hasFullGate = try linear.optional("use_full_rank_gate", .bool) ?? false
        let isFull = try kimiLayers(linear, layers: decoder.layers)
        let attention = HuggingFacePiece("attention", try kimiAttention(decoder))
        let delta = HuggingFacePiece("delta", mixer)
        let others = try decoder.feedForwards()
        // Experts may work on tokens narrower than the stream (Kimi K3).
        let latent = try decoder.fields.int("routed_expert_hidden_size", in: ModelLimits.hidden)
        return zip(isFull, others).map { isFull, other in
            var other = other
            if var experts = other.shape as? Experts, let latent, latent != decoder.hidden {
                experts.latentWidth = latent
                other.shape = experts
            }
            return [[isFull ? attention : delta], [other]]
        }
    }

    private static func kimiAttention(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Attention {
        var attention = try decoder.attention()
        attention.hasOutputGate = try decoder.fields.flag("mla_use_output_gate")
        return attention
    }

    /// Whether each layer attends, from two lists of positions that count from 1 and share none.
    private static func kimiLayers(_ linear: MappingReader, layers: Int) throws(DocumentError) -> [Bool] {
        func positions(_ key: String) throws(DocumentError) -> Set<Int> {
            let list = Set(try linear.required(key, .list(of: .int(in: 1...ModelLimits.layers.upperBound))))
            if let outside = list.first(where: { $0 > layers }) {
                throw DocumentError(
                    linear.location(of: key),
                    .invalid("layer \(outside) is named and the model has \(layers)", remedy: "expected positions of 1 to \(layers)"))
            }
            return list
        }
        let full = try positions("full_attn_layers")
        guard linear.has("kda_layers") else { return (1...layers).map(full.contains) }
        let delta = try positions("kda_layers")
        if let twice = full.intersection(delta).min() {
            throw DocumentError(
                linear.location(of: "kda_layers"),
                .invalid("layer \(twice) is named by full_attn_layers too", remedy: "name every layer in one of the two"))
        }
        if let missing = (1...layers).first(where: { !full.contains($0) && !delta.contains($0) }) {
            throw DocumentError(
                linear.location(of: "kda_layers"),
                .invalid("layer \(missing) of \(layers) is named by neither list", remedy: "name every layer in one of the two"))
        }
        return (1...layers).map(full.contains)
    }
}
