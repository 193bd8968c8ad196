import Workload

/// The layers of a model in the notation of Megatron-LM's `--hybrid-layer-pattern`: one letter a layer, `|` between pipeline stages, and behind `/`
/// the layers of each multi-token-prediction block.
///
/// Source: `Symbols` in Megatron-LM's megatron/core/models/hybrid/hybrid_layer_allocation.py. A letter is a layer of one block: what others call a
/// layer, attention and feed-forward, is two of them.
struct HybridPattern: Hashable {
    /// A layer.
    enum Symbol: Character, CaseIterable {
        case mamba = "M"
        case gatedDelta = "G"
        case attention = "*"
        /// Latent attention.
        case latent = "+"
        /// Latent attention to keys that an indexer chooses.
        case sparse = "D"
        case feedForward = "-"
        case mixture = "E"

        /// The name of its block in model files.
        var block: String {
            switch self {
            case .mamba: "mamba"
            case .gatedDelta: "delta"
            case .attention, .latent, .sparse: "attention"
            case .feedForward: "mlp"
            case .mixture: "moe"
            }
        }
    }

    /// The layers of each pipeline stage, virtual ones in the order of the model; one stage where the pattern does not say.
    var stages: [[Symbol]]
    /// The layers of a multi-token-prediction block.
    var prediction: [Symbol] = []
    /// How many of those there are.
    var predictionBlocks = 0

    /// The layers of the model.
    var layers: [Symbol] { stages.flatMap { $0 } }

    /// The text of the flag.
    var text: String {
        let predicted = String(prediction.map(\.rawValue))
        return stages.map { String($0.map(\.rawValue)) }.joined(separator: "|")
            + repeatElement("/\(predicted)", count: predictionBlocks).joined()
    }

    /// What is wrong with a text that is no pattern, and what would be right.
    struct Problem: Error {
        let what: String
        let remedy: String
    }

    /// The pattern of a text.
    init(_ text: String) throws(Problem) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        stages = []
        for stage in (parts.first ?? "").split(separator: "|", omittingEmptySubsequences: false) { stages.append(try Self.symbols(stage)) }
        guard !layers.isEmpty else {
            throw Problem(what: "the pattern '\(text)' has no layers", remedy: "write a letter a layer, as in M-M-M*-")
        }
        guard let first = parts.dropFirst().first, !first.isEmpty else {
            try checkAttention()
            return
        }
        guard parts.dropFirst().allSatisfy({ $0 == first }) else {
            throw Problem(
                what: "the prediction blocks of '\(text)' differ from one another", remedy: "write the same layers behind every /")
        }
        prediction = try Self.symbols(first)
        predictionBlocks = parts.count - 1
        try checkAttention()
    }

    /// `_validate_pattern` refuses two kinds of attention in one model.
    private func checkAttention() throws(Problem) {
        let kinds = [Symbol.attention, .latent, .sparse].filter { layers.contains($0) || prediction.contains($0) }
        guard kinds.count > 1 else { return }
        throw Problem(
            what: "the pattern has attention of several kinds (\(kinds.map { String($0.rawValue) }.joined(separator: ", ")))",
            remedy: "write one of *, + and D")
    }

    private static func symbols(_ text: Substring) throws(Problem) -> [Symbol] {
        var symbols: [Symbol] = []
        for letter in text {
            guard let symbol = Symbol(rawValue: letter) else {
                throw Problem(
                    what: "'\(letter)' is no layer of a pattern",
                    remedy: "expected \(Symbol.allCases.map { String($0.rawValue) }.joined(separator: ", "))")
            }
            symbols.append(symbol)
        }
        return symbols
    }

    /// The pattern of a model whose stages have so many layers each.
    ///
    /// Throws the reason where Megatron's hybrid models have no such layers.
    init(_ model: TransformerModel, stages counts: [Int]) throws(Problem) {
        let classes = model.layerClasses
        var blocks: [Symbol: AnyBlock] = [:]
        var symbols: [[Symbol]] = []
        for layer in classes.classes {
            var own: [Symbol] = []
            for part in layer.parts {
                guard part.blocks.count == 1, let block = part.blocks.first, part.norms == 1, !block.reusesWeights,
                    let symbol = Self.symbol(block)
                else {
                    throw Problem(
                        what: "patterns are written of Mamba-2, gated delta nets, attention, feed-forward and mixtures of plain sizes, "
                            + "not of \(part.title)",
                        remedy: "")
                }
                guard blocks[symbol] == nil || blocks[symbol] == block else {
                    throw Problem(what: "its layers of \(symbol.block) are all alike, and these are not", remedy: "")
                }
                blocks[symbol] = block
                own.append(symbol)
            }
            symbols.append(own)
        }
        let gates = [blocks[.feedForward]?.shape, blocks[.mixture]?.shape].compactMap { shape in
            (shape as? FeedForward)?.isGated ?? (shape as? Experts).map { $0.isGated ?? true }
        }
        if Set(gates).count > 1 { throw Problem(what: "one switch says whether feed-forwards and experts have a gate", remedy: "") }
        stages = []
        var first = 0
        for count in counts {
            // What the model has as one layer of several blocks is as many letters.
            stages.append(classes.ofLayer[first..<first + count].flatMap { symbols[$0] })
            first += count
        }
        if model.predictionBlocks > 0 {
            prediction = symbols[classes.prediction]
            predictionBlocks = model.predictionBlocks
        }
        try checkAttention()
    }

    /// The letter of a block with the sizes that Megatron's layers can have; nil where they cannot.
    private static func symbol(_ block: AnyBlock) -> Symbol? {
        switch block.shape {
        case let mamba as Mamba2:
            var plain = Mamba2(heads: mamba.heads, headDimension: mamba.headDimension, groups: mamba.groups, state: mamba.state)
            // Chunks are how a kernel goes about it, not what it computes.
            plain.chunk = mamba.chunk
            return plain == mamba ? .mamba : nil
        case let delta as GatedDelta:
            var usual = delta
            usual.chunk = GatedDelta().chunk
            return usual == delta ? .gatedDelta : nil
        case let attention as Attention:
            var plain = Attention(
                heads: attention.heads, keyValueHeads: attention.keyValueHeads, headDimension: attention.headDimension,
                queryKeyNorm: attention.queryKeyNorm, hasInputBias: attention.hasInputBias, hasOutputBias: attention.hasOutputBias,
                latent: attention.latent)
            guard attention.latent != nil else {
                plain.hasOutputGate = attention.hasOutputGate
                return plain == attention ? .attention : nil
            }
            plain.indexer = attention.indexer
            guard plain == attention, attention.indexer?.isReused != true else { return nil }
            return attention.indexer == nil ? .latent : .sparse
        case let feedForward as FeedForward:
            let plain = FeedForward(width: feedForward.width, isGated: feedForward.isGated, hasBias: feedForward.hasBias)
            return plain == feedForward ? .feedForward : nil
        case let experts as Experts:
            var plain = Experts(
                count: experts.count, perToken: experts.perToken, width: experts.width, sharedWidth: experts.sharedWidth,
                hasSharedGate: experts.hasSharedGate, hasBias: experts.hasBias)
            (plain.isGated, plain.latentWidth) = (experts.isGated, experts.latentWidth)
            return plain == experts ? .mixture : nil
        default: return nil
        }
    }

    /// The model's layers as a stack of named blocks.
    func stack(_ block: (Symbol) -> any BlockShape) -> LayerStack {
        func layer(_ symbols: [Symbol]) -> [[String]] { symbols.map { [$0.block] } }
        let used = Symbol.allCases.filter { layers.contains($0) || prediction.contains($0) }
        return LayerStack(
            blocks: used.map { .init($0.block, block($0)) }, pattern: LayerStack.folded(layers.map { layer([$0]) }),
            predictionPattern: prediction.isEmpty ? nil : .layer(layer(prediction)))
    }
}

extension Mamba2 {
    /// A mixer of Megatron's sizes, which flags do not change: four tokens of convolution and chunks of 128 (`MambaMixer`).
    init(heads: Int, headDimension: Int, groups: Int, state: Int) {
        self.init()
        self.heads = heads
        self.headDimension = headDimension
        self.groups = groups
        self.state = state
        chunk = 128
    }
}
