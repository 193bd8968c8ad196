import Documents
import Workload

extension HuggingFaceFamily {
    /// Models without attention, and those that share one attention or run their layers more than once.
    static let recurrent: [HuggingFaceFamily] = [
        HuggingFaceFamily("mamba") { ($0.positions, $0.layers) = (.none, mambaLayers) },
        HuggingFaceFamily("falcon_mamba") { ($0.positions, $0.layers) = (.none, mambaLayers) },
        HuggingFaceFamily("mamba2") {
            $0.positions = .none
            $0.layers = { decoder throws(DocumentError) in
                let fields = decoder.fields
                var mixer = Mamba2()
                mixer.heads = try fields.need("num_heads", in: ModelLimits.heads)
                mixer.headDimension = try fields.need("head_dim", in: ModelLimits.headDimension)
                mixer.groups = try fields.need("n_groups", in: ModelLimits.heads)
                mixer.state = try fields.need("state_size", in: ModelLimits.headDimension)
                mixer.convolution = try fields.usual("conv_kernel", in: ModelLimits.taps)
                mixer.chunk = try fields.int("chunk_size", in: ModelLimits.chunk) ?? 256
                mixer.hasBias = try fields.flag("use_bias")
                mixer.hasConvolutionBias = try fields.flag("use_conv_bias", otherwise: true)
                let expand = try fields.usual("expand", in: 1...64)
                guard mixer.heads * mixer.headDimension == expand * decoder.hidden else {
                    throw fields.problem(
                        at: "num_heads",
                        "\(mixer.heads) heads of \(mixer.headDimension) are \(mixer.heads * mixer.headDimension) wide and the mixer \(expand * decoder.hidden)",
                        remedy: "num_heads × head_dim must be expand × hidden_size")
                }
                return [HuggingFaceLayer](repeating: [[HuggingFacePiece("mamba", mixer)]], count: decoder.layers)
            }
        },
        HuggingFaceFamily("xlstm") {
            $0.positions = .none
            $0.layersKeys = ["num_hidden_layers", "num_blocks"]
            $0.layers = xlstmLayers
            $0.canTie = false
        },
        HuggingFaceFamily("rwkv") {
            ($0.norm, $0.positions) = (.layer, .none)
            $0.layers = { decoder throws(DocumentError) in
                var time = RWKV4()
                time.channels = try decoder.fields.int("attention_hidden_size", in: ModelLimits.width) ?? decoder.hidden
                var channel = RWKVChannelMix()
                channel.width = try decoder.fields.int("intermediate_size", in: ModelLimits.width) ?? 4 * decoder.hidden
                return [HuggingFaceLayer](
                    repeating: [[HuggingFacePiece("time-mix", time)], [HuggingFacePiece("channel-mix", channel)]], count: decoder.layers)
            }
            // The first layer has a norm more.
            $0.finish = { _, model throws(DocumentError) in model.hasEmbeddingNorm = true }
        },
        HuggingFaceFamily("zamba") {
            $0.positions = .none
            $0.layers = zambaLayers
        },
        HuggingFaceFamily("zamba2") {
            $0.layers = zamba2Layers
            $0.finish = { decoder, model throws(DocumentError) in
                if try !decoder.fields.flag("use_mem_rope") { (model.positions, model.rotary) = (.none, nil) }
            }
        },
        HuggingFaceFamily("hrm_text") {
            $0.norm = .plain
            $0.layersKeys = ["num_layers_per_stack", "num_hidden_layers"]
            $0.attention = { $0.hasOutputGate = true }
            $0.feedForwardBias = .key("mlp_bias")
            $0.layers = hierarchicalLayers
            $0.finish = { decoder, model throws(DocumentError) in
                model.extras.append(.init("first state of the low module", decoder.hidden))
            }
        },
    ]

    /// Recurrent models whose code is not in transformers.
    static let recurrentElsewhere: [HuggingFaceFamily] = [
        HuggingFaceFamily("rwkv7") {
            ($0.norm, $0.positions) = (.layer, .none)
            $0.layers = rwkv7Layers
            $0.finish = { decoder, model throws(DocumentError) in
                model.hasEmbeddingNorm = try decoder.fields.flag("norm_first", otherwise: true)
            }
        }
    ]

    private static let mambaLayers: @Sendable (HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] = {
        decoder throws(DocumentError) in
        let fields = decoder.fields
        var mixer = Mamba1()
        let expand = try fields.usual("expand", in: 1...16)
        mixer.channels = try fields.int("intermediate_size", "d_inner", in: ModelLimits.width) ?? expand * decoder.hidden
        mixer.state = try fields.need("state_size", in: ModelLimits.headDimension)
        if case .scalar(let scalar) = try fields.node("time_step_rank"), scalar.text != "auto" {
            mixer.timeStepRank = try fields.need("time_step_rank", in: ModelLimits.rank)
        } else {
            mixer.timeStepRank = (decoder.hidden + 15) / 16
        }
        mixer.convolution = try fields.usual("conv_kernel", in: ModelLimits.taps)
        mixer.hasBias = try fields.flag("use_bias")
        mixer.hasConvolutionBias = try fields.flag("use_conv_bias", otherwise: true)
        return [HuggingFaceLayer](repeating: [[HuggingFacePiece("mamba", mixer)]], count: decoder.layers)
    }

    /// Matrix cells with a feed-forward each; widths are factors of hidden, that of the feed-forward rounded up.
    private static func xlstmLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        func rounded(_ key: String, usual: Double, to multiple: Int) throws(DocumentError) -> Int {
            let factor = try fields.number(key) ?? usual
            let width = (factor * Double(decoder.hidden)).rounded(.down)
            guard width <= Double(ModelLimits.width.upperBound) else {
                throw fields.problem(
                    at: key, "\(key) \(factor) makes a width of \(width)",
                    remedy: "expected a width of at most \(ModelLimits.width.upperBound)")
            }
            return (Int(width) + multiple - 1) / multiple * multiple
        }
        var cell = MatrixLSTM()
        cell.heads = try fields.need("num_heads", in: ModelLimits.heads)
        cell.keyDimension = try fields.quotient(
            rounded("qk_dim_factor", usual: 0.5, to: 1), "the keys' width", by: cell.heads, "heads", at: "num_heads")
        cell.valueDimension = try fields.quotient(
            rounded("v_dim_factor", usual: 1, to: 1), "the values' width", by: cell.heads, "heads", at: "num_heads")
        cell.chunk = try fields.int("chunk_size", in: ModelLimits.chunk) ?? 64
        guard try !fields.flag("use_bias") else {
            throw fields.problem(
                at: "use_bias", "xLSTM with biases, which its norms have too, is not supported",
                remedy: "every published model has use_bias false")
        }
        let width = try rounded("ffn_proj_factor", usual: 2.667, to: fields.int("ffn_round_up_to_multiple_of", in: ModelLimits.width) ?? 64)
        let mlp = HuggingFacePiece("mlp", FeedForward(width: width, isGated: true))
        return [HuggingFaceLayer](repeating: [[HuggingFacePiece("mlstm", cell)], [mlp]], count: decoder.layers)
    }

    private static func rwkv7Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        var mixer = RWKV7()
        mixer.headDimension = try fields.int("head_dim", in: ModelLimits.headDimension) ?? 64
        if let heads = try fields.int("num_heads", in: ModelLimits.heads) {
            mixer.heads = heads
        } else {
            mixer.heads = try fields.quotient(decoder.hidden, "hidden size", by: mixer.headDimension, "channels a head", at: "head_dim")
        }
        mixer.decayRank = try fields.need("decay_low_rank_dim", in: ModelLimits.rank)
        mixer.gateRank = try fields.need("gate_low_rank_dim", in: ModelLimits.rank)
        mixer.rateRank = try fields.need("a_low_rank_dim", in: ModelLimits.rank)
        let first = HuggingFacePiece("first-time-mix", mixer)
        mixer.valueRank = try fields.need("v_low_rank_dim", in: ModelLimits.rank)
        let ratio = try fields.number("hidden_ratio") ?? 4
        guard ratio <= 64 else {
            throw fields.problem(at: "hidden_ratio", "a feed-forward \(ratio) times as wide as the stream", remedy: "expected at most 64")
        }
        // The product rounded up to a multiple of 32.
        let product = Int((Double(decoder.hidden) * ratio).rounded(.down))
        let width = try fields.int("intermediate_size", in: ModelLimits.width) ?? max(1, (product + 31) / 32) * 32
        var mix = ResidualScale()
        // The channel mix shifts its input by one learned vector.
        mix.vectors = 1
        let channel = [
            HuggingFacePiece("channel-mix", FeedForward(width: width, isGated: false)), HuggingFacePiece("shift", mix, norms: 0),
        ]
        let later = HuggingFacePiece("time-mix", mixer)
        return (0..<decoder.layers).map { [[$0 == 0 ? first : later], channel] }
    }

    // MARK: Shared blocks

    /// Mamba-1 layers; some are led by a transformer block whose weights all of them share and which reads the embedding too.
    private static func zambaLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let mamba = HuggingFacePiece("mamba", try mamba1(decoder, innerNorms: false))
        var types = try fields.perLayer(
            fields.has("layers_block_type") ? "layers_block_type" : "layer_types", .word(of: ["mamba", "hybrid"]), layers: decoder.layers)
        if types == nil {
            let period = try fields.usual("attn_layer_period", in: ModelLimits.layers)
            let offset = try fields.offset("attn_layer_offset", below: period, "attn_layer_period")
            // Three layers in front follow no period.
            types = (0..<decoder.layers).map { index in
                index < 3 ? (index == 2 ? "hybrid" : "mamba") : (index - 3) % period == offset ? "hybrid" : "mamba"
            }
        }
        let heads = try decoder.heads()
        var attention = Attention(heads: heads, keyValueHeads: try decoder.keyValueHeads(of: heads), headDimension: 1)
        if let width = try fields.int("attention_head_dim", in: ModelLimits.headDimension) {
            attention.headDimension = width
        } else {
            attention.headDimension = try fields.quotient(
                2 * decoder.hidden, "twice the hidden size", by: heads, "heads", at: "num_attention_heads")
        }
        attention.readsEmbedding = true
        let mlp = FeedForward(width: try fields.need("intermediate_size", in: ModelLimits.width), isGated: true)
        let linear = HuggingFacePiece("linear", Linear(), norms: 0)
        var isFirst = true
        return (types ?? []).map { type in
            guard type == "hybrid" else { return [[mamba]] }
            // The norm of stream and embedding together is twice as wide.
            let name = isFirst ? "shared" : "shared-again"
            let parts: HuggingFaceLayer = [
                [HuggingFacePiece("\(name)-attention", attention, norms: 2, reusesWeights: !isFirst)],
                [HuggingFacePiece("\(name)-mlp", mlp, norms: 1, reusesWeights: !isFirst)], [linear], [mamba],
            ]
            isFirst = false
            return parts
        }
    }

    /// Mamba-2 layers; some are led by one of a few transformer blocks in turn, each with adapters of its layer's own.
    private static func zamba2Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        var mixer = Mamba2()
        mixer.heads = try fields.need("n_mamba_heads", in: ModelLimits.heads)
        let expand = try fields.usual("mamba_expand", in: 1...16)
        mixer.headDimension = try fields.quotient(
            expand * decoder.hidden, "the mixer's width", by: mixer.heads, "heads", at: "n_mamba_heads")
        mixer.groups = try fields.usual("mamba_ngroups", in: ModelLimits.heads)
        mixer.state = try fields.need("mamba_d_state", in: ModelLimits.headDimension)
        mixer.convolution = try fields.usual("mamba_d_conv", in: ModelLimits.taps)
        mixer.chunk = try fields.int("chunk_size", in: ModelLimits.chunk) ?? 256
        mixer.hasBias = try fields.flag("add_bias_linear")
        let mamba = HuggingFacePiece("mamba", mixer)
        let heads = try decoder.heads()
        var attention = Attention(
            heads: heads, keyValueHeads: try decoder.keyValueHeads(of: heads),
            headDimension: try fields.quotient(2 * decoder.hidden, "twice the hidden size", by: heads, "heads", at: "num_attention_heads"))
        attention.readsEmbedding = true
        let width = try fields.int("intermediate_size", "ffn_hidden_size", in: ModelLimits.width) ?? 4 * decoder.hidden
        let mlp = FeedForward(width: width, isGated: true, hasBias: mixer.hasBias)
        let rank = try fields.usual("adapter_rank", in: ModelLimits.rank)
        let blocks = try fields.usual("num_mem_blocks", in: 1...64)
        let hasAttentionAdapters = try fields.flag("use_shared_attention_adapter")
        var (adapter, attentionAdapter) = (LowRank(), LowRank())
        (adapter.rank, adapter.outputs) = (rank, 2 * width)
        (attentionAdapter.rank, attentionAdapter.outputs, attentionAdapter.readsEmbedding) = (rank, 2 * decoder.hidden, true)
        let types = try zamba2Types(decoder)
        let adapters = HuggingFacePiece("adapter", adapter, norms: 0)
        let attentionAdapters = [HuggingFacePiece](
            repeating: HuggingFacePiece("attention-adapter", attentionAdapter, norms: 0), count: hasAttentionAdapters ? 3 : 0)
        var seen = 0
        return types.map { type in
            guard type == "hybrid" else { return [[mamba]] }
            let isNew = seen < blocks
            let name = isNew ? "shared" : "shared-again"
            seen += 1
            return [
                [HuggingFacePiece("\(name)-attention", attention, norms: 2, reusesWeights: !isNew)] + attentionAdapters,
                [HuggingFacePiece("\(name)-mlp", mlp, norms: 1, reusesWeights: !isNew), adapters],
                [HuggingFacePiece("linear", Linear(), norms: 0)], [mamba],
            ]
        }
    }

    /// The listed kinds of layers, or those of the first Zamba 2.
    private static func zamba2Types(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [String] {
        let key = decoder.fields.has("layers_block_type") ? "layers_block_type" : "layer_types"
        let listed = try decoder.fields.positions("hybrid_layer_ids", layers: decoder.layers)
        if let types = try decoder.fields.perLayer(key, .word(of: ["mamba", "hybrid"]), layers: decoder.layers) {
            let hybrid = Set(types.indices.filter { types[$0] == "hybrid" })
            guard listed == nil || listed == hybrid else {
                throw decoder.fields.problem(
                    at: "hybrid_layer_ids",
                    "hybrid_layer_ids names \(listed?.count ?? 0) layers and \(key) has \(hybrid.count) hybrid ones",
                    remedy: "make them name the same layers")
            }
            return types
        }
        if let listed { return (0..<decoder.layers).map { listed.contains($0) ? "hybrid" : "mamba" } }
        throw decoder.fields.problem(
            at: key, "the kinds of the \(decoder.layers) layers are missing", remedy: "expected layers_block_type or hybrid_layer_ids")
    }

    /// A low and a high stack: in each of a number of cycles the low one runs several times and the high one once, always with the same weights.
    private static func hierarchicalLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let high = try fields.usual("H_cycles", in: 1...64)
        let low = try fields.usual("L_cycles", in: 1...64)
        let attention = try decoder.attention()
        let mlp = try decoder.feedForward()
        func stack(_ isFirst: Bool) -> [HuggingFaceLayer] {
            let name = isFirst ? "" : "again-"
            let layer = [
                [HuggingFacePiece("\(name)attention", attention, reusesWeights: !isFirst)],
                [HuggingFacePiece("\(name)mlp", mlp, reusesWeights: !isFirst)],
            ]
            return [HuggingFaceLayer](repeating: layer, count: decoder.layers)
        }
        guard high * (low + 1) * decoder.layers <= ModelLimits.layers.upperBound else {
            throw fields.problem(
                at: "H_cycles", "\(high) cycles of \(low + 1) stacks are \(high * (low + 1) * decoder.layers) layers",
                remedy: "expected at most \(ModelLimits.layers.upperBound)")
        }
        var layers: [HuggingFaceLayer] = []
        for cycle in 0..<high {
            for step in 0..<low { layers += stack(cycle == 0 && step == 0) }
            layers += stack(cycle == 0)
        }
        return layers
    }
}
