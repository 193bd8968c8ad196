import Documents
import Workload

extension HuggingFaceFamily {
    /// Windows on most layers: Gemma's generations and their kin.
    static let windowed: [HuggingFaceFamily] = [
        HuggingFaceFamily("gemma"),
        HuggingFaceFamily("gemma2") {
            $0.norms = (2, 2)
            $0.windows = .globalEvery(key: nil, usual: 2)
        },
        HuggingFaceFamily("vaultgemma") { $0.windows = .globalEvery(key: nil, usual: 2) },
        HuggingFaceFamily("gemma3_text") {
            $0.norms = (2, 2)
            $0.queryKeyNorm = .perHead
            $0.windows = .globalEvery(key: "sliding_window_pattern", usual: 6)
        },
        HuggingFaceFamily("gemma3n_text") {
            $0.norms = (2, 2)
            $0.queryKeyNorm = .perHead
            $0.windows = .globalEvery(key: nil, usual: 5)
            $0.layers = gemma3nLayers
            $0.finish = { decoder, model throws(DocumentError) in
                try addLayerEmbedding(decoder, &model)
                let streams = try decoder.fields.usual("altup_num_inputs", in: 1...64)
                model.extras.append(.init("projections of the streams", 2 * (streams - 1) * decoder.hidden * decoder.hidden))
            }
        },
        gemma4.renamed("gemma4_text") { $0.finish = addLayerEmbedding },
        gemma4,
        HuggingFaceFamily("olmo3") {
            $0.queryKeyNorm = .full
            $0.windows = .globalEvery(key: nil, usual: 4)
        },
        HuggingFaceFamily("cwm") {
            ($0.inputBias, $0.outputBias) = (.no, .no)
            $0.feedForwardBias = .key("mlp_bias")
            $0.windows = .globalFirst(of: 4)
        },
    ]

    private static let gemma4 = HuggingFaceFamily("gemma4_unified_text") {
        $0.norms = (2, 2)
        $0.queryKeyNorm = .perHead
        $0.windows = .globalEvery(key: nil, usual: 6)
        $0.layers = gemma4Layers
    }

    /// The second embedding of files that have one.
    private static let addLayerEmbedding: @Sendable (HuggingFaceDecoder, inout TransformerModel) throws(DocumentError) -> Void = {
        decoder, model throws(DocumentError) in
        let width = try decoder.fields.int("hidden_size_per_layer_input", in: 0...ModelLimits.hidden.upperBound) ?? 0
        guard width > 0 else { return }
        model.layerEmbedding = LayerEmbedding(
            vocabulary: try decoder.fields.usual("vocab_size_per_layer_input", in: ModelLimits.vocabulary), width: width)
    }

    /// What a layer does with its row of the second embedding; nil where there is none.
    private static func layerInput(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> HuggingFacePiece? {
        let width = try decoder.fields.int("hidden_size_per_layer_input", in: 0...ModelLimits.hidden.upperBound) ?? 0
        guard width > 0 else { return nil }
        var input = LayerInput()
        input.width = width
        return HuggingFacePiece("layer-input", input)
    }

    /// The first of the last layers that take keys and values from earlier ones.
    private static func firstShared(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> Int {
        let count = try decoder.fields.int("num_kv_shared_layers", in: 0...ModelLimits.layers.upperBound) ?? 0
        guard count < decoder.layers else {
            throw decoder.fields.problem(
                at: "num_kv_shared_layers", "\(count) of \(decoder.layers) layers cannot take keys and values of earlier ones",
                remedy: "expected fewer than \(decoder.layers)")
        }
        return decoder.layers - count
    }

    /// Attention with LAuReL beside it, the feed-forward, and the streams with the layer's row.
    private static func gemma3nLayers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        var laurel = LowRank()
        laurel.rank = try fields.usual("laurel_rank", in: ModelLimits.rank)
        var updates = AlternatingUpdates()
        updates.streams = try fields.usual("altup_num_inputs", in: 1...64)
        let streams = HuggingFacePiece("streams", updates, norms: 0)
        let input = try layerInput(decoder)
        let firstShared = try firstShared(decoder)
        let widths: [Int]
        if case .sequence = try fields.node("intermediate_size") {
            widths = try fields.perLayer("intermediate_size", .int(in: ModelLimits.width), layers: decoder.layers) ?? []
        } else {
            widths = [Int](repeating: try fields.usual("intermediate_size", in: ModelLimits.width), count: decoder.layers)
        }
        let attentions = try decoder.attentions()
        var layers: [HuggingFaceLayer] = []
        for (index, piece) in attentions.enumerated() {
            var attention = piece
            // The norm before, those after attention and LAuReL.
            attention.norms = 3
            if index >= firstShared { share(&attention) }
            let mlp = HuggingFacePiece("mlp", try decoder.feedForward(width: widths[index]), norms: 2)
            layers.append([[attention, HuggingFacePiece("laurel", laurel, norms: 0)], [mlp], [streams] + [input].compactMap(\.self)])
        }
        return layers
    }

    private static func share(_ piece: inout HuggingFacePiece) {
        guard var shape = piece.shape as? Attention else { return }
        shape.keyValues = .shared
        piece.shape = shape
        piece.name += "-shared"
    }

    /// Global layers with heads of their own, layers that share keys and values, a mixture beside the feed-forward, and the layer's row.
    private static func gemma4Layers(_ decoder: HuggingFaceDecoder) throws(DocumentError) -> [HuggingFaceLayer] {
        let fields = decoder.fields
        let firstShared = try firstShared(decoder)
        var attentions = try decoder.attentions()
        // The last layer sees the whole sequence whatever the file lists.
        if var last = attentions[decoder.layers - 1].shape as? Attention {
            last.window = nil
            attentions[decoder.layers - 1] = HuggingFacePiece("attention", last, norms: 2)
        }
        let globalWidth = try fields.int("global_head_dim", in: ModelLimits.headDimension)
        let isJoint = try fields.flag("attention_k_eq_v")
        let globalHeads = try fields.int("num_global_key_value_heads", in: ModelLimits.heads)
        let isDouble = try fields.flag("use_double_wide_mlp")
        let width = try fields.need("intermediate_size", in: 1...ModelLimits.width.upperBound / 2)
        var mixture: HuggingFacePiece?
        if try fields.flag("enable_moe_block") {
            var experts = Experts(
                count: try fields.need("num_experts", in: ModelLimits.experts),
                perToken: try fields.need("top_k_experts", "num_experts_per_tok", in: ModelLimits.experts),
                width: try fields.need("moe_intermediate_size", "expert_intermediate_size", in: ModelLimits.width))
            experts.hasRouterScales = true
            mixture = HuggingFacePiece("moe", experts, norms: 0)
        }
        let input = try layerInput(decoder)
        return attentions.enumerated().map { index, piece in
            var attention = piece
            if var shape = piece.shape as? Attention, shape.window == nil {
                shape.headDimension = globalWidth ?? shape.headDimension
                if isJoint {
                    shape.keyValues = .joint
                    shape.keyValueHeads = globalHeads ?? shape.keyValueHeads
                }
                attention.shape = shape
            }
            if index >= firstShared { share(&attention) }
            let isWide = isDouble && index >= firstShared && firstShared > 0
            // Beside a mixture, both have a norm after them, and the mixture one before.
            let mlp = HuggingFacePiece(
                isWide ? "wide-mlp" : "mlp", FeedForward(width: isWide ? 2 * width : width, isGated: true), norms: mixture == nil ? 2 : 5)
            return [[attention], [mlp] + [mixture].compactMap(\.self)] + [input].compactMap { $0 }.map { [$0] }
        }
    }
}
