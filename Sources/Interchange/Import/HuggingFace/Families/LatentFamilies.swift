import Documents
import Workload

extension HuggingFaceFamily {
    /// Latent attention, with and without mixtures, with and without a choice of keys.
    static let latent: [HuggingFaceFamily] = [
        deepSeekV3,
        deepSeekV3.renamed("deepseek_v2") {
            $0.feedForwardBias = .key("mlp_bias")
            $0.mixture = .init(shared: .count(["n_shared_experts"]), sharedBias: .key("mlp_bias"), placement: .deepSeek)
            $0.layers = { decoder throws(DocumentError) in
                // The language model of DeepSeek-OCR attends as Llama does.
                var plain = decoder.family
                plain.isLatent = try decoder.fields.flag("use_mla", otherwise: true)
                if !plain.isLatent {
                    decoder.fields.passOver("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
                }
                let attentions = try HuggingFaceDecoder(decoder.fields, plain).attentions()
                return try zip(attentions, decoder.feedForwards()).map { [[$0], [$1]] }
            }
        },
        deepSeekV3.renamed("glm4_moe_lite") {
            $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .after(key: "first_k_dense_replace", usual: 1))
        },
        deepSeekV3.renamed("mistral4"),
        sparse,
        HuggingFaceFamily("youtu") { $0.isLatent = true },
        HuggingFaceFamily("longcat_flash") {
            $0.isLatent = true
            $0.layersKeys = ["num_layers"]
            $0.layers = longCatLayers
        },
        HuggingFaceFamily("deepseek_v4") {
            $0.layers = deepSeekV4Layers
            $0.finish = { decoder, model throws(DocumentError) in
                let streams = try decoder.fields.usual("hc_mult", in: 1...64)
                model.extras.append(.init("mix of the streams before the head", streams * streams * decoder.hidden + streams + 1))
            }
        },
    ]

    /// Latent attention whose code is not in transformers.
    static let latentElsewhere: [HuggingFaceFamily] = [
        deepSeekV3.renamed("kimi_k2"),
        deepSeekV3.renamed("deepseek_ref"),
        HuggingFaceFamily("minicpm3") {
            $0.isLatent = true
            ($0.inputBias, $0.outputBias) = (.key("attention_bias"), .key("attention_bias"))
            $0.tiesUnlessStated = true
        },
        sparse.renamed("deepseek_v32") { $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .deepSeek) },
    ]

    static let deepSeekV3 = HuggingFaceFamily("deepseek_v3") {
        $0.isLatent = true
        // Biases stand on the down-projections and on the output.
        $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .deepSeek)
    }

    private static let sparse = deepSeekV3.renamed("glm_moe_dsa") {
        $0.mixture = .init(shared: .count(["n_shared_experts"]), placement: .after(key: "first_k_dense_replace", usual: 3))
        $0.layers = { decoder throws(DocumentError) in
            let attention = try decoder.attention()
            var (own, reused) = (try indexer(decoder), try indexer(decoder))
            (own.isReused, reused.isReused) = (false, true)
            return try zip(reusesKeys(decoder), decoder.feedForwards()).map { reuses, other in
                var attention = attention
                attention.indexer = reuses ? reused : own
                return [[HuggingFacePiece(reuses ? "attention-reusing" : "attention", attention)], [other]]
            }
        }
    }

    /// Whether each layer takes the keys that an earlier one has chosen: as the file lists them, or every layer but one in so many.
    private static func reusesKeys(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [Bool] {
        let fields = decoder.fields
        var reuses: [Bool]
        if let listed = try fields.perLayer("indexer_types", .word(of: ["full", "shared"]), layers: decoder.layers) {
            reuses = listed.map { $0 == "shared" }
            fields.passOver("index_topk_freq", "index_skip_topk_offset", "index_topk_pattern")
        } else if let pattern = try fields.text("index_topk_pattern") {
            guard pattern.count == decoder.layers, pattern.allSatisfy({ $0 == "F" || $0 == "S" }) else {
                throw fields.problem(
                    at: "index_topk_pattern", "'\(pattern)' has \(pattern.count) letters and the model \(decoder.layers) layers",
                    remedy: "expected a letter a layer, F for a choice of its own and S for an earlier one's")
            }
            reuses = pattern.map { $0 == "S" }
        } else {
            // As vLLM counts: 2 where the file says nothing, which is the first layer and then every so many-th.
            let every = try fields.int("index_topk_freq", in: ModelLimits.layers) ?? 1
            let offset = try fields.int("index_skip_topk_offset", in: 0...ModelLimits.layers.upperBound) ?? 2
            reuses = (0..<decoder.layers).map { max($0 - offset + 1, 0) % every != 0 }
        }
        guard reuses.first != true else {
            let keys = ["indexer_types", "index_topk_pattern", "index_skip_topk_offset"]
            let key = keys.first(where: fields.has) ?? keys[0]
            throw fields.problem(
                at: key, "the first layer reuses keys that no layer before it has chosen", remedy: "begin with a choice of its own")
        }
        return reuses
    }

    private static func indexer(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> KeyIndexer {
        KeyIndexer(
            heads: try decoder.fields.need("index_n_heads", in: ModelLimits.heads),
            headDimension: try decoder.fields.need("index_head_dim", in: ModelLimits.headDimension),
            topK: try decoder.fields.need("index_topk", in: ModelLimits.sequenceLength))
    }

    /// Two attentions and two feed-forwards a layer; the mixture stands beside the first feed-forward and is added at the end of the layer.
    private static func longCatLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let attention = HuggingFacePiece("attention", try decoder.attention())
        let other = HuggingFacePiece("mlp", try decoder.feedForward(width: fields.need("ffn_hidden_size", in: ModelLimits.width)))
        var experts = Experts(
            count: try fields.need("n_routed_experts", in: ModelLimits.experts),
            perToken: try fields.need("moe_topk", in: ModelLimits.experts),
            width: try fields.need("expert_ffn_hidden_size", in: ModelLimits.width))
        experts.nullExperts = try fields.int("zero_expert_num", in: 0...ModelLimits.experts.upperBound) ?? 0
        let moe = HuggingFacePiece("moe", experts, norms: 0)
        return [HuggingFaceLayer](repeating: [[attention], [other, moe], [attention], [other]], count: decoder.layers)
    }

    private static func deepSeekV4Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        var window = CompressedAttention()
        window.heads = try decoder.heads()
        window.headDimension = try fields.need("head_dim", in: ModelLimits.headDimension)
        window.queryRank = try fields.need("q_lora_rank", in: ModelLimits.rank)
        window.outputGroups = try fields.usual("o_groups", in: ModelLimits.heads)
        window.outputRank = try fields.usual("o_lora_rank", in: ModelLimits.rank)
        window.window = try fields.need("sliding_window", in: ModelLimits.sequenceLength)
        let rates = try fields.node("compress_rates").map { node throws(DocumentError) in try MappingReader(node, as: "compress_rates") }
        func rate(_ key: String, _ older: String, _ usual: Int) throws(DocumentError) -> Int {
            if let rate = try rates?.optional(key, .int(in: ModelLimits.sequenceLength)) { return rate }
            return try fields.int(older, in: ModelLimits.sequenceLength) ?? usual
        }
        var heavy = window
        heavy.run = try rate("heavily_compressed_attention", "compress_rate_hca", 128)
        var sparse = window
        sparse.run = try rate("compressed_sparse_attention", "compress_rate_csa", 4)
        sparse.indexer = try indexer(decoder)
        let types = try deepSeekV4Types(decoder)
        var streams = HyperConnection()
        streams.streams = try fields.usual("hc_mult", in: 1...64)
        let width = try fields.need("moe_intermediate_size", "intermediate_size", in: ModelLimits.width)
        // One shared expert, whatever the number that the file states.
        var moe = Experts(
            count: try fields.need("n_routed_experts", in: ModelLimits.experts),
            perToken: try fields.need("num_experts_per_tok", in: ModelLimits.experts), width: width,
            sharedWidth: width)
        moe.hasSharedBias = try fields.flag("mlp_bias")
        let mixture = HuggingFacePiece("moe", moe)
        let connection = HuggingFacePiece("streams", streams, norms: 0)
        return types.map { type in
            let attention =
                switch type {
                case "sliding_attention": HuggingFacePiece("local", window)
                case "heavily_compressed_attention": HuggingFacePiece("compressed", heavy)
                default: HuggingFacePiece("sparse", sparse)
                }
            return [[attention, connection], [mixture, connection]]
        }
    }

    /// The listed kinds of layers, the ratios of older files, or two heavily compressed layers and then both kinds in turn.
    private static func deepSeekV4Types(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [String] {
        let words = ["sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention"]
        if let types = try decoder.fields.perLayer("layer_types", .word(of: words), layers: decoder.layers) { return types }
        if let node = try decoder.fields.node("compress_ratios") {
            // Files list the prediction block too.
            let ratios = try YAMLType<[Int]>.list(of: .int(in: 0...128)).read(node)
            let predicted = try decoder.fields.int("num_nextn_predict_layers", in: ModelLimits.predictionBlocks) ?? 0
            guard (decoder.layers...decoder.layers + predicted).contains(ratios.count) else {
                throw DocumentError(
                    node.location,
                    .invalid(
                        "compress_ratios has \(ratios.count) values, and the model \(decoder.layers) layers and \(predicted) prediction blocks",
                        remedy: "expected one a layer"))
            }
            if let odd = ratios.first(where: { ![0, 4, 128].contains($0) }) {
                throw DocumentError(
                    node.location, .invalid("a ratio of \(odd) stands for no kind of layer", remedy: "expected 0, 4 or 128"))
            }
            return ratios.prefix(decoder.layers).map { $0 == 0 ? words[0] : $0 == 4 ? words[1] : words[2] }
        }
        return (0..<decoder.layers).map { $0 >= 2 && $0 % 2 == 1 ? words[1] : words[2] }
    }
}
