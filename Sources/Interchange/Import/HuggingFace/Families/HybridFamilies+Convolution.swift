import Documents
import Workload

/// Layers of models that mix by short convolutions and gated recurrences.
extension HuggingFaceFamily {
    static func lfm2Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
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
        let others: [HuggingFacePiece]
        if decoder.family.mixture == nil {
            let mlp = HuggingFacePiece("mlp", try decoder.feedForward(width: lfm2Width(decoder)))
            others = [HuggingFacePiece](repeating: mlp, count: decoder.layers)
        } else {
            others = try decoder.feedForwards()
        }
        return zip(isAttention, others).map { [[$0 ? attention : convolution], [$1]] }
    }

    /// Two thirds of the stated width, times a factor, rounded up.
    static func lfm2Width(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Int {
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

    static func recurrentGemmaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
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
