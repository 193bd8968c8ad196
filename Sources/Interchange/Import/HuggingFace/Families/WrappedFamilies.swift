import Documents
import Workload

extension HuggingFaceFamily {
    /// Text parts of models that read pictures or sound too, whose other parts are left out.
    static let wrapped: [HuggingFaceFamily] = [
        like("qwen2", "qwen2_vl_text"), like("qwen2", "qwen2_5_vl_text"), like("qwen2", "qwen2_5_omni_text"),
        like("qwen3", "qwen3_vl_text"), like("qwen3_moe", "qwen3_vl_moe_text"), like("qwen3_moe", "qwen3_omni_moe_text"),
        like("glm4", "glm4v_text") { $0.inputBias = .yes },
        like("glm4", "glm_ocr_text") { $0.inputBias = .no },
        like("glm4_moe", "glm4v_moe_text") { $0.queryKeyNormed = .no },
        like("ernie4_5", "paddleocr_vl_text"), like("llama", "emu3_text_model") { $0.feedForwardBias = .key("mlp_bias") },
        like("phi3", "phi4_multimodal"),
        HuggingFaceFamily("voxtral_realtime_text") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.windows = .all
            $0.layers = { decoder throws(DocumentError) in
                // The delay of the transcript scales the second norm, through a rank that the code fixes.
                var delay = LowRank()
                delay.rank = 32
                let (mlp, scale) = (try decoder.feedForward(), HuggingFacePiece("delay", delay, norms: 0))
                return try decoder.attentions().map { [[$0], [HuggingFacePiece("mlp", mlp), scale]] }
            }
        },
        HuggingFaceFamily("chameleon") {
            $0.feedForwardBias = .key("mlp_bias")
            $0.layers = { decoder throws(DocumentError) in
                let attention = try decoder.attention()
                // A weight and a bias of every channel of queries and of keys: two norms over all heads.
                var normed = attention
                normed.queryKeyNorm = .full
                let mlp = HuggingFacePiece("mlp", try decoder.feedForward())
                return [HuggingFaceLayer](repeating: [[HuggingFacePiece("attention", normed)], [mlp]], count: decoder.layers)
            }
            $0.finish = { decoder, model throws(DocumentError) in
                let attention = try decoder.attention()
                let biases = (attention.heads + attention.keyValueHeads) * attention.headDimension
                model.extras.append(.init("biases of query and key norms", decoder.layers * biases))
            }
        },
        HuggingFaceFamily("mllama_text_model") {
            $0.canTie = false
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.layers = mllamaLayers
            // Eight entries more for pictures have an embedding alone.
            $0.finish = { decoder, model throws(DocumentError) in
                model.extras.append(.init("embeddings of picture tokens", 8 * decoder.hidden))
            }
        },
    ]

    /// Models in which a search has chosen each layer's blocks (Bercovich et al., Puzzle, arXiv:2411.19146).
    static let searched: [HuggingFaceFamily] = [
        HuggingFaceFamily("nemotron-nas") {
            $0.feedForwardBias = .key("mlp_bias")
            $0.layers = searchedLayers
        }
    ]

    private static func like(_ base: String, _ type: String, _ set: (inout HuggingFaceFamily) -> Void = { _ in }) -> HuggingFaceFamily {
        let family = (dense + classic + mixtures).first { $0.type == base } ?? HuggingFaceFamily(base)
        return family.renamed(type, set)
    }

    /// Some layers attend to the picture instead of the text, with a gate on either residual.
    private static func mllamaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let cross = try decoder.fields.positions("cross_attention_layers", layers: decoder.layers) ?? []
        let attention = try decoder.attention()
        var toPicture = attention
        toPicture.queryKeyNorm = .perHead
        var gate = ResidualScale()
        gate.numbers = 1
        let gates = HuggingFacePiece("gate", gate, norms: 0)
        let mlp = HuggingFacePiece("mlp", try decoder.feedForward())
        return (0..<decoder.layers).map { index in
            guard cross.contains(index) else { return [[HuggingFacePiece("attention", attention)], [mlp]] }
            return [[HuggingFacePiece("picture-attention", toPicture), gates], [mlp, gates]]
        }
    }

    /// A block that is left out cannot also be a single projection.
    private static func checkSearched(_ block: MappingReader) throws(DocumentError) {
        guard try block.optional("no_op", .bool) ?? false, try block.optional("replace_with_linear", .bool) ?? false else { return }
        throw DocumentError(
            block.location(of: "no_op"), .invalid("no_op and replace_with_linear are both true", remedy: "make one of them false"))
    }

    /// Each layer's blocks, any of which may be missing or a single projection.
    private static func searchedLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        guard let configs = try fields.perLayer("block_configs", .node, layers: decoder.layers) else {
            throw fields.problem(
                at: "block_configs", "block_configs is missing", remedy: "expected one mapping for each of \(decoder.layers) layers")
        }
        let heads = try decoder.heads()
        let width = try decoder.headDimension(heads: heads)
        let (input, output) = (try decoder.holds(decoder.family.inputBias), try decoder.holds(decoder.family.outputBias))
        let hasBias = try decoder.holds(decoder.family.feedForwardBias)
        var layers: [HuggingFaceLayer] = []
        for node in configs {
            let config = try MappingReader(node, as: "a block of block_configs")
            var layer: HuggingFaceLayer = []
            let first = try MappingReader(try config.required("attention", .node), as: "attention")
            try checkSearched(first)
            if try first.optional("replace_with_linear", .bool) ?? false {
                layer.append([HuggingFacePiece("linear-attention", Linear())])
            } else if try !(first.optional("no_op", .bool) ?? false) {
                let group = try first.required("n_heads_in_group", .int(in: ModelLimits.heads))
                let keyValueHeads = try fields.quotient(heads, "the number of heads", by: group, "heads a group", at: "block_configs")
                var attention = Attention(
                    heads: heads, keyValueHeads: keyValueHeads, headDimension: width, hasInputBias: input, hasOutputBias: output)
                attention.window = try first.optional("window_length", .int(in: ModelLimits.sequenceLength))
                    .map { SlidingWindow(size: $0, globalEvery: 0) }
                layer.append([HuggingFacePiece(attention.window == nil ? "attention" : "local", attention)])
            }
            let second = try MappingReader(try config.required("ffn", .node), as: "ffn")
            try checkSearched(second)
            if try second.optional("replace_with_linear", .bool) ?? false {
                layer.append([HuggingFacePiece("linear-mlp", Linear())])
            } else if try !(second.optional("no_op", .bool) ?? false) {
                let factor = try second.required("ffn_mult", .double(in: 0...1024))
                // Two thirds of the factor, rounded up to 256.
                let exact = Int((2 * factor * Double(decoder.hidden) / 3).rounded(.down))
                layer.append([
                    HuggingFacePiece("mlp", FeedForward(width: max(1, (exact + 255) / 256) * 256, isGated: true, hasBias: hasBias))
                ])
            }
            // A layer that skips both passes its input on, and so is none.
            if !layer.isEmpty { layers.append(layer) }
        }
        if layers.count < configs.count {
            fields.remark(
                "block_configs",
                "\(configs.count - layers.count) of \(configs.count) layers have neither attention nor feed-forward and are left out")
        }
        guard !layers.isEmpty else {
            throw fields.problem(at: "block_configs", "no layer has a block", remedy: "leave the attention or the feed-forward of one in")
        }
        return layers
    }
}
