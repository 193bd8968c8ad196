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
}
