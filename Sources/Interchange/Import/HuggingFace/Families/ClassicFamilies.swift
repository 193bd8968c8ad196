import Documents
import Workload

extension HuggingFaceFamily {
    /// Models before Llama: layer normalisation with biases, ungated feed-forwards, positions of any kind, often attention and feed-forward side by side.
    static let classic: [HuggingFaceFamily] =
        [gpt2, gpt2.renamed("gpt_bigcode")] + [
            classic("openai-gpt") {
                $0.positions = .learned(plus: 0)
                $0.finish = { _, model throws(DocumentError) in model.hasFinalNorm = false }
            },
            classic("biogpt") { $0.positions = .learned(plus: 2) },
            classic("bloom") {
                $0.positions = .none
                $0.finish = { _, model throws(DocumentError) in model.hasEmbeddingNorm = true }
            },
            classic("codegen") {
                ($0.inputBias, $0.outputBias, $0.isParallel) = (.no, .no, .yes)
                $0.norms = (1, 0)
                $0.finish = { _, model throws(DocumentError) in model.hasHeadBias = true }
            },
            classic("gptj") {
                ($0.inputBias, $0.outputBias, $0.isParallel) = (.no, .no, .yes)
                $0.norms = (1, 0)
                $0.finish = { _, model throws(DocumentError) in model.hasHeadBias = true }
            },
            classic("ctrl") {
                $0.positions = .none
                $0.finish = { _, model throws(DocumentError) in model.hasHeadBias = true }
            },
            classic("gpt_neo") {
                $0.positions = .learned(plus: 0)
                $0.inputBias = .no
                $0.layers = gptNeoLayers
            },
            classic("gpt_neox") {
                ($0.inputBias, $0.outputBias) = (.key("attention_bias"), .key("attention_bias"))
                $0.isParallel = .key("use_parallel_residual")
                $0.norms = (1, 1)
                $0.layers = { decoder throws(DocumentError) in try parallelOrNot(decoder, "use_parallel_residual", parallelNorms: 2) }
            },
            classic("gpt_neox_japanese") {
                ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.no, .no, .no)
                $0.layers = { decoder throws(DocumentError) in
                    let attention = HuggingFacePiece("attention", try decoder.attention())
                    let factor = try decoder.fields.usual("intermediate_multiple_size", in: 1...1024)
                    let other = HuggingFacePiece("mlp", try decoder.feedForward(width: factor * decoder.hidden))
                    var layers = [HuggingFaceLayer](repeating: [[attention], [other]], count: decoder.layers)
                    // Only the last layer's attention has a bias, which stands for those of all.
                    var last = try decoder.attention()
                    last.hasOutputBias = true
                    layers[layers.count - 1][0] = [HuggingFacePiece("last-attention", last)]
                    return layers
                }
            },
            classic("opt") {
                $0.positions = .learned(plus: 2)
                ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.key("enable_bias"), .key("enable_bias"), .key("enable_bias"))
                $0.finish = finishOPT
            },
            classic("xglm") { $0.positions = .none },
            classic("falcon") {
                $0.layers = falconLayers
                $0.positions = .alibi(key: "alibi")
            },
            classic("mpt") {
                $0.layers = { decoder throws(DocumentError) in
                    let hasBias = try !decoder.fields.flag("no_bias", otherwise: true)
                    var attention = try decoder.attention()
                    (attention.hasInputBias, attention.hasOutputBias) = (hasBias, hasBias)
                    var other = try decoder.feedForward(width: decoder.fields.usual("expansion_ratio", in: 1...1024) * decoder.hidden)
                    other.hasBias = hasBias
                    return [HuggingFaceLayer](
                        repeating: [[HuggingFacePiece("attention", attention)], [HuggingFacePiece("mlp", other)]], count: decoder.layers)
                }
                // The norms' biases are set to none in the code, whatever the file says.
                ($0.norm, $0.positions) = (.unbiased, .none)
            },
            classic("persimmon") {
                $0.queryKeyNorm = .perHeadWithBias
                $0.queryKeyNormed = .key("qk_layernorm")
            },
            classic("phi") {
                $0.queryKeyNorm = .perHeadWithBias
                ($0.queryKeyNormed, $0.isParallel) = (.key("qk_layernorm"), .yes)
                $0.norms = (1, 0)
                $0.finish = { _, model throws(DocumentError) in model.hasHeadBias = true }
            },
            classic("nemotron") {
                ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.key("attention_bias"), .key("attention_bias"), .key("mlp_bias"))
            },
            classic("jais2") {
                ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.key("attention_bias"), .key("attention_bias"), .key("mlp_bias"))
            },
            classic("starcoder2") {
                ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.key("use_bias"), .key("use_bias"), .key("use_bias"))
                $0.windows = .all
            },
            HuggingFaceFamily("stablelm") {
                $0.norm = .layer
                ($0.inputBias, $0.outputBias) = (.key("use_qkv_bias"), .no)
                $0.queryKeyNorm = .full
                $0.queryKeyNormed = .key("qk_layernorm")
                $0.layers = { decoder throws(DocumentError) in try parallelOrNot(decoder, "use_parallel_residual", parallelNorms: 1) }
            },
            HuggingFaceFamily("olmo") { $0.norm = .plain },
            HuggingFaceFamily("cohere") {
                ($0.norm, $0.isParallel) = (.unbiased, .yes)
                $0.norms = (1, 0)
                $0.queryKeyNorm = .full
                $0.queryKeyNormed = .key("use_qk_norm")
            },
            HuggingFaceFamily("cohere2") {
                ($0.norm, $0.isParallel) = (.unbiased, .yes)
                $0.norms = (1, 0)
                $0.windows = .globalEvery(key: "sliding_window_pattern", usual: 4)
            },
            HuggingFaceFamily("modernbert-decoder") {
                $0.feedForwardBias = .key("mlp_bias")
                $0.layers = { decoder throws(DocumentError) in
                    // The embedding's norm serves the first layer.
                    let half = try decoder.fields.usual("local_attention", in: 1...ModelLimits.sequenceLength.upperBound) / 2
                    let types = try decoder.fields.perLayer("layer_types", .word(of: HuggingFaceWindow.words), layers: decoder.layers)
                    let every = try decoder.fields.int("global_attn_every_n_layers", in: ModelLimits.layers) ?? 3
                    let other = HuggingFacePiece("mlp", try decoder.feedForward())
                    let attention = try decoder.attention()
                    return (0..<decoder.layers).map { index in
                        let isGlobal = types.map { $0[index] == "full_attention" } ?? (index % every == 0)
                        var shape = attention
                        if !isGlobal, half > 0 { shape.window = SlidingWindow(size: half, globalEvery: 0) }
                        let name = index == 0 ? "first-attention" : isGlobal ? "attention" : "local"
                        return [[HuggingFacePiece(name, shape, norms: index == 0 ? 0 : 1)], [other]]
                    }
                }
                $0.finish = { decoder, model throws(DocumentError) in
                    model.norm = try decoder.fields.flag("norm_bias") ? .layer : .unbiased
                    model.hasEmbeddingNorm = true
                    model.hasHeadBias = true
                    let bias = try decoder.fields.flag("classifier_bias") ? decoder.hidden : 0
                    model.extras.append(.init("projection before the head", decoder.hidden * decoder.hidden + bias))
                    model.extras.append(.init("norm before the head", decoder.hidden * model.norm.vectors))
                }
            },
        ]

    private static func classic(_ type: String, _ set: (inout HuggingFaceFamily) -> Void = { _ in }) -> HuggingFaceFamily {
        HuggingFaceFamily(type) {
            $0.norm = .layer
            ($0.inputBias, $0.outputBias, $0.feedForwardBias) = (.yes, .yes, .yes)
            ($0.isGated, $0.widthFactor) = (false, 4)
            set(&$0)
        }
    }

    private static let gpt2 = classic("gpt2") {
        $0.positions = .learned(plus: 0)
        $0.layers = { decoder throws(DocumentError) in
            var attention = try decoder.attention()
            attention.keyValueHeads = try isMultiQuery(decoder) ? 1 : attention.heads
            let other = HuggingFacePiece("mlp", try decoder.feedForward())
            return [HuggingFaceLayer](repeating: [[HuggingFacePiece("attention", attention)], [other]], count: decoder.layers)
        }
    }

    /// Whether all query heads share one key and value: SantaCoder's `attention_head_type`, and `multi_query` of GPTBigCode, where it is on
    /// unless said otherwise.
    private static func isMultiQuery(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Bool {
        if let type = try decoder.fields.text("attention_head_type"), !type.isEmpty { return type == "multiquery" }
        return try decoder.fields.flag("multi_query")
    }

    /// Side by side with so many norms where a key says so, otherwise one after the other.
    private static func parallelOrNot(
        _ decoder: HuggingFaceDecoder, _ key: String, parallelNorms: Int
    ) throws(DocumentError) -> [HuggingFaceLayer] {
        let isParallel = try decoder.fields.flag(key)
        let attention = HuggingFacePiece("attention", try decoder.attention(), norms: isParallel ? parallelNorms : 1)
        let other = HuggingFacePiece("mlp", try decoder.feedForward(), norms: isParallel ? 0 : 1)
        return [HuggingFaceLayer](repeating: isParallel ? [[attention, other]] : [[attention], [other]], count: decoder.layers)
    }

    private static func gptNeoLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let attention = try decoder.attention()
        let size = try decoder.fields.usual("window_size", in: ModelLimits.sequenceLength)
        let other = HuggingFacePiece("mlp", try decoder.feedForward())
        // Older files have [[["global", "local"], 12]] alone; every second layer is local in all of them.
        let types = try decoder.fields.perLayer("attention_layers", .word(of: ["global", "local"]), layers: decoder.layers)
        return (0..<decoder.layers).map { index in
            let isLocal = types.map { $0[index] == "local" } ?? (index % 2 == 1)
            var shape = attention
            if isLocal, size < decoder.maxSequenceLength ?? .max { shape.window = SlidingWindow(size: size, globalEvery: 0) }
            return [[HuggingFacePiece(isLocal ? "local" : "attention", shape)], [other]]
        }
    }

    /// Falcon's three generations: one key and value for all heads, one a group, or one a head.
    private static func falconLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let isNew = try fields.flag("new_decoder_architecture")
        let isAdded = try fields.flag("parallel_attn")
        let isParallel = isNew || isAdded
        let hasBias = try fields.flag("bias")
        let heads = try decoder.heads()
        var attention = Attention(
            heads: heads, keyValueHeads: heads, headDimension: try decoder.headDimension(heads: heads), hasInputBias: hasBias,
            hasOutputBias: hasBias)
        if isNew {
            attention.keyValueHeads = try decoder.keyValueHeads(of: heads)
        } else if try fields.flag("multi_query") {
            attention.keyValueHeads = 1
        }
        let norms = try isNew ? fields.int("num_ln_in_parallel_attn", in: 1...2) ?? 2 : 1
        let other = FeedForward(
            width: try fields.int("ffn_hidden_size", in: ModelLimits.width) ?? 4 * decoder.hidden, isGated: false, hasBias: hasBias)
        let first = HuggingFacePiece("attention", attention, norms: isParallel ? norms : 1)
        let second = HuggingFacePiece("mlp", other, norms: isParallel ? 0 : 1)
        return [HuggingFaceLayer](repeating: isParallel ? [[first, second]] : [[first], [second]], count: decoder.layers)
    }

    private static let finishOPT: @Sendable (HuggingFaceDecoder, inout TransformerModel) throws(DocumentError) -> Void = {
        decoder, model throws(DocumentError) in
        let width = try decoder.fields.int("word_embed_proj_dim", in: ModelLimits.hidden) ?? decoder.hidden
        guard width == decoder.hidden else {
            throw decoder.fields.problem(
                at: "word_embed_proj_dim", "embeddings of width \(width) beside a stream of \(decoder.hidden) are not supported",
                remedy: "expected word_embed_proj_dim \(decoder.hidden), as in all but OPT-350M")
        }
        if try !decoder.fields.flag("layer_norm_elementwise_affine", otherwise: true) { model.norm = .plain }
        let isFirst = try decoder.fields.flag("do_layer_norm_before", otherwise: true)
        let isRemoved = try decoder.fields.flag("_remove_final_layer_norm")
        model.hasFinalNorm = isFirst && !isRemoved
    }
}
