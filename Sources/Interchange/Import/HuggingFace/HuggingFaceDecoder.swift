import Documents
import Workload

/// Makes a model of a configuration's keys by the rules of its family.
struct HuggingFaceDecoder {
    let fields: HuggingFaceFields
    let family: HuggingFaceFamily
    let layers: Int
    let hidden: Int
    let maxSequenceLength: Int?

    init(_ fields: HuggingFaceFields, _ family: HuggingFaceFamily) throws(DocumentError) {
        self.fields = fields
        self.family = family
        if let named = try fields.namedLayers(family.layerNamesKeys), !family.layersKeys.contains(where: fields.has) {
            layers = named
        } else {
            layers = try fields.need(family.layersKeys, in: ModelLimits.layers)
        }
        hidden = try fields.need("hidden_size", "n_embd", "n_embed", "d_model", "embedding_dim", in: ModelLimits.hidden)
        maxSequenceLength = try fields.int(
            "max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length", "context_length", "max_sequence_length",
            in: ModelLimits.sequenceLength)
    }

    /// Whether something is so.
    func holds(_ rule: HuggingFaceFamily.Rule) throws(DocumentError) -> Bool {
        switch rule {
        case .no: false
        case .yes: true
        case .key(let key): try fields.flag(key)
        }
    }

    /// The model without its name and source.
    func model() throws(DocumentError) -> TransformerModel {
        let built = if let make = family.layers { try make(self) } else { try usualLayers() }
        var model = HuggingFaceLayers(layers: built, hidden: hidden).model
        model.vocabulary = try fields.need("vocab_size", "padded_vocab_size", in: ModelLimits.vocabulary)
        model.norm = family.norm
        model.maxSequenceLength = maxSequenceLength
        model.hasTiedEmbeddings = try isTied()
        model.predictionBlocks = try predictionBlocks()
        model.positions = try positions()
        if model.positions == .rotary { model.rotary = try HuggingFaceRotation(fields: fields, family: family).embedding() }
        try family.finish?(self, &model)
        return model
    }

    /// Where the text model is nested, either level may say whether the head is tied.
    private func isTied() throws(DocumentError) -> Bool {
        guard family.canTie else { return false }
        for key in ["tie_word_embeddings", "tie_embedding"] {
            if let inner = try fields.stated(key) { return inner }
        }
        if fields.isNested, let outer = try fields.outer.optional("tie_word_embeddings", .bool) { return outer }
        return try fields.flag("tie_word_embeddings", otherwise: family.tiesUnlessStated)
    }

    /// Multi-token-prediction blocks: a number of them, or MiniMax's modules of some layers behind a flag.
    private func predictionBlocks() throws(DocumentError) -> Int {
        if let count = try fields.int("num_nextn_predict_layers", "mtp_num_hidden_layers", in: ModelLimits.predictionBlocks) {
            return count
        }
        let modules = try fields.int("num_mtp_modules", in: ModelLimits.predictionBlocks) ?? 0
        let layers = try fields.int("mtp_transformer_layers", in: ModelLimits.predictionBlocks) ?? 1
        guard try fields.flag("use_mtp"), modules > 0 else { return 0 }
        guard ModelLimits.predictionBlocks.contains(modules * layers) else {
            throw fields.problem(
                at: "num_mtp_modules", "\(modules) modules of \(layers) layers are \(modules * layers) prediction blocks",
                remedy: "expected at most \(ModelLimits.predictionBlocks.upperBound)")
        }
        return modules * layers
    }

    private func positions() throws(DocumentError) -> TransformerModel.Positions {
        switch family.positions {
        case .rotary: return .rotary
        case .none: return .none
        case .learned(let more): return .learned(try learned() + more)
        case .alibi(let key): return try fields.flag(key) ? .none : .rotary
        }
    }

    private func learned() throws(DocumentError) -> Int {
        guard let length = maxSequenceLength else {
            return try fields.need("max_position_embeddings", in: 1...ModelLimits.sequenceLength.upperBound / 2)
        }
        return length
    }

    // MARK: Layers

    /// Attention and feed-forward, one after the other or side by side.
    private func usualLayers() throws(DocumentError) -> [HuggingFaceLayer] {
        let attentions = try attentions()
        let others = try feedForwards()
        let isParallel = try holds(family.isParallel)
        return (0..<layers).map { index in
            isParallel ? [[attentions[index], others[index]]] : [[attentions[index]], [others[index]]]
        }
    }

    /// The attention of each layer, with its window.
    func attentions() throws(DocumentError) -> [HuggingFacePiece] {
        let attention = try attention()
        let windows = try HuggingFaceWindow(decoder: self).windows()
        return windows.map { window in
            var shape = attention
            shape.window = window
            let name = window.map { $0.isChunked ? "chunked" : "local" } ?? "attention"
            return HuggingFacePiece(name, shape, norms: family.norms.attention)
        }
    }

    /// The feed-forward or mixture of each layer.
    func feedForwards() throws(DocumentError) -> [HuggingFacePiece] {
        let reader = HuggingFaceMixture(decoder: self)
        let mixtures = try reader.mixtureLayers()
        let mixture = mixtures.contains(true) ? HuggingFacePiece("moe", try reader.experts(), norms: family.norms.feedForward) : nil
        let dense = mixtures.contains(false) ? HuggingFacePiece("mlp", try feedForward(), norms: family.norms.feedForward) : nil
        return mixtures.compactMap { $0 ? mixture : dense }
    }

    /// The dense feed-forward.
    func feedForward(width: Int? = nil) throws(DocumentError) -> FeedForward {
        var shape = FeedForward(
            width: try denseWidth(width), isGated: family.isGated, hasBias: try holds(family.feedForwardBias))
        family.feedForward(&shape)
        return shape
    }

    private func denseWidth(_ forced: Int?) throws(DocumentError) -> Int {
        if let forced { return forced }
        if family.widthFactor > 0 {
            let given = try fields.int(family.widthKeys, in: ModelLimits.width)
            return given ?? family.widthFactor * hidden
        }
        return try fields.need(family.widthKeys, in: ModelLimits.width)
    }

    /// The query heads.
    func heads() throws(DocumentError) -> Int { try fields.need(family.headsKeys, in: ModelLimits.heads) }

    /// The attention, without a window.
    func attention() throws(DocumentError) -> Attention {
        let heads = try heads()
        var shape: Attention
        if family.isLatent {
            shape = try latentAttention(heads: heads)
        } else {
            shape = Attention(
                heads: heads, keyValueHeads: try keyValueHeads(of: heads), headDimension: try headDimension(heads: heads),
                queryKeyNorm: try holds(family.queryKeyNormed) ? family.queryKeyNorm : .none)
        }
        (shape.hasInputBias, shape.hasOutputBias) = (try holds(family.inputBias), try holds(family.outputBias))
        family.attention(&shape)
        return shape
    }

    private func latentAttention(heads: Int) throws(DocumentError) -> Attention {
        let latent = LatentAttention(
            queryRank: try fields.int("q_lora_rank", in: ModelLimits.rank),
            keyValueRank: try fields.need("kv_lora_rank", in: ModelLimits.rank),
            nopeDimension: try fields.need("qk_nope_head_dim", in: ModelLimits.headDimension),
            ropeDimension: try fields.need("qk_rope_head_dim", in: ModelLimits.headDimension),
            valueDimension: try valueDimension(heads: heads))
        if let whole = try fields.int("qk_head_dim", in: 1...2 * ModelLimits.headDimension.upperBound),
            whole != latent.nopeDimension + latent.ropeDimension
        {
            throw fields.problem(
                at: "qk_head_dim",
                "qk_head_dim is \(whole), and qk_nope_head_dim \(latent.nopeDimension) and qk_rope_head_dim \(latent.ropeDimension) add up to "
                    + "\(latent.nopeDimension + latent.ropeDimension)", remedy: "make them add up")
        }
        // Its num_key_value_heads says nothing: every head has a key and a value of its own.
        fields.passOver("num_key_value_heads", "head_dim")
        return Attention(heads: heads, keyValueHeads: heads, headDimension: latent.nopeDimension + latent.ropeDimension, latent: latent)
    }

    /// The width of a latent value head: MiniCPM3's class divides the stream over the heads.
    private func valueDimension(heads: Int) throws(DocumentError) -> Int {
        guard family.type == "minicpm3", !fields.has("v_head_dim") else {
            return try fields.need("v_head_dim", in: ModelLimits.headDimension)
        }
        return try fields.quotient(hidden, "hidden size", by: heads, "heads", at: "num_attention_heads")
    }

    /// The width of a head that the file or its class states, or hidden ÷ heads.
    func headDimension(heads: Int) throws(DocumentError) -> Int {
        // Nemotron's files say it twice.
        if let given = try fields.int("head_dim", "kv_channels", "attention_head_dim", in: ModelLimits.headDimension) {
            fields.passOver("attention_head_dim")
            return given
        }
        let key = family.headsKeys.first(where: fields.has) ?? family.headsKeys[0]
        return try fields.quotient(hidden, "hidden size", by: heads, "heads", at: key)
    }

    /// A missing key means what the class takes, an explicit null one key and value per head.
    func keyValueHeads(of heads: Int) throws(DocumentError) -> Int {
        try fields.int("num_key_value_heads", "num_kv_heads", in: ModelLimits.heads) ?? heads
    }
}
