import Documents
import Workload

extension MegatronReader {
    /// The layers of a hybrid model; nil where the flags state none.
    mutating func hybridPattern() throws(DocumentError) -> HybridPattern? {
        let name = words("hybrid-layer-pattern").isEmpty ? "hybrid-override-pattern" : "hybrid-layer-pattern"
        _ = has("is-hybrid-model")
        let predicted = try text("mtp-hybrid-override-pattern")
        let predictions = try number("mtp-num-layers") ?? 0
        guard let text = try text(name) else { return nil }
        do throws(HybridPattern.Problem) {
            var pattern = try HybridPattern(text)
            // `validate_args` joins the two where the pattern itself says nothing of predicted tokens.
            if pattern.predictionBlocks == 0, let predicted, predictions > 0 {
                pattern.prediction = try HybridPattern(predicted).layers
                pattern.predictionBlocks = predictions
            }
            return pattern
        } catch { throw DocumentError(location(name), .invalid("--\(spelling(name)): \(error.what)", remedy: error.remedy)) }
    }

    /// The model of a pattern, whose blocks have the sizes of a model of attention and feed-forward by the same flags.
    mutating func hybrid(_ pattern: HybridPattern, _ plain: TransformerModel, dense: FeedForward) throws(DocumentError) -> TransformerModel
    {
        let used = Set(pattern.layers + pattern.prediction)
        // `TransformerConfig` and `MambaMixer`: an inner width of twice the stream's unless heads are given.
        let width = max(1, try number("mamba-head-dim") ?? 64)
        let mamba = Mamba2(
            heads: try number("mamba-num-heads") ?? 2 * plain.hidden / width, headDimension: width,
            groups: max(1, try number("mamba-num-groups") ?? 8), state: try number("mamba-state-dim") ?? 128)
        if used.contains(.mixture), plain.experts == nil {
            throw DocumentError(
                location("hybrid-layer-pattern"),
                .invalid("the pattern has mixtures (E) and --num-experts is not given", remedy: "state it"))
        }
        let delta = try gatedDelta()
        var attention = plain.attention ?? Attention()
        // Asterisks are plain attention whatever the flags of latent attention say.
        if used.contains(.attention) { (attention.latent, attention.indexer) = (nil, nil) }
        if used.contains(.latent) { attention.indexer = nil }
        for (symbol, isThere, flag) in [
            (HybridPattern.Symbol.latent, attention.latent != nil, "multi-latent-attention"),
            (.sparse, attention.latent != nil && attention.indexer != nil, "multi-latent-attention and the sizes of --dsa-indexer-n-heads"),
        ] where used.contains(symbol) && !isThere {
            throw DocumentError(
                location("hybrid-layer-pattern"),
                .invalid("the pattern has latent attention (\(symbol.rawValue)) and --\(flag) is not given", remedy: "state it"))
        }
        var experts = plain.experts ?? Experts()
        experts.isGated = dense.isGated ? nil : false
        let stack = pattern.stack { symbol in
            switch symbol {
            case .mamba: mamba
            case .gatedDelta: delta
            case .attention, .latent, .sparse: attention
            case .feedForward: dense
            case .mixture: experts
            }
        }
        var model = TransformerModel(
            name: plain.name, source: plain.source, hidden: plain.hidden, vocabulary: plain.vocabulary, stack: stack, norm: plain.norm,
            positions: plain.positions, hasTiedEmbeddings: plain.hasTiedEmbeddings,
            predictionBlocks: max(plain.predictionBlocks, pattern.predictionBlocks))
        model.maxSequenceLength = plain.maxSequenceLength
        return model
    }

    /// The gated delta net of the flags, with the defaults of `TransformerConfig`.
    mutating func gatedDelta() throws(DocumentError) -> GatedDelta {
        var delta = GatedDelta()
        delta.keyHeads = try number("linear-num-key-heads") ?? 16
        delta.keyDimension = try number("linear-key-head-dim") ?? 128
        delta.valueHeads = try number("linear-num-value-heads") ?? 32
        delta.valueDimension = try number("linear-value-head-dim") ?? 128
        delta.convolution = try number("linear-conv-kernel-dim") ?? 4
        return delta
    }
}
