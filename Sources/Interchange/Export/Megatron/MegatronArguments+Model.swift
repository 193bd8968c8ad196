import Parallelism
import Workload

extension MegatronArguments {
    /// The shape outside attention and experts.
    func addShape(to list: inout FlagList) {
        let model = plan.model
        list.add("num-layers", hybrid?.layers.count ?? model.layers)
        list.add("hidden-size", model.hidden)
        list.add("ffn-hidden-size", model.feedForward.width > 0 ? model.feedForward.width : (model.experts?.width ?? 0))
        list.add("normalization", model.norm == .rms ? "RMSNorm" : "LayerNorm")
        if model.normsPerLayer != 2 {
            list.warn("\(version.name) normalises twice a layer; the \(model.normsPerLayer) normalisations of \(model.name) are not built.")
        }
        if isGated {
            list.add("swiglu")
            if plan.model.attention?.hasSinks ?? false {
                list.warn("The activation of \(model.name) is not among the model's data; --swiglu is assumed.")
            }
        }
        addBiases(to: &list)
        addPositions(to: &list)
        warnOfKernels(to: &list)
        if !model.hasTiedEmbeddings { list.add("untie-embeddings-and-output-weights") }
        if model.predictionBlocks > 0 { list.add("mtp-num-layers", model.predictionBlocks) }
    }

    /// What the model has beside its matrices that no flag here builds.
    private func warnOfKernels(to list: inout FlagList) {
        let model = plan.model
        if !isGated, hybrid == nil, !hasRecipe {
            list.warn(
                "The activation of \(model.name) is not among the model's data; GELU applies unless a flag such as --squared-relu is added."
            )
        }
        if model.feedForward.activationParameters > 0 {
            list.warn("The \(model.feedForward.activationParameters) learned numbers of the activation of \(model.name) are not built.")
        }
        if model.hasEmbeddingNorm { list.warn("The normalisation behind the embedding of \(model.name) is not built.") }
    }

    /// Whether feed-forwards and experts have a gate.
    private var isGated: Bool {
        let model = plan.model
        guard model.stack != nil, model.feedForward.width == 0, let experts = model.experts else { return model.feedForward.isGated }
        return experts.isGated ?? model.feedForward.isGated
    }

    /// Biases are one switch for all linear layers, and one for the query, key and value projections.
    private func addBiases(to list: inout FlagList) {
        let model = plan.model
        let feedForward = model.feedForward.width > 0 ? model.feedForward.hasBias : (model.experts?.hasBias ?? false)
        let (input, output) = (model.attention?.hasInputBias ?? false, model.attention?.hasOutputBias ?? false)
        guard !(feedForward && output) else { return }
        list.add("disable-bias-linear")
        if input { list.add("add-qkv-bias") }
        if feedForward || output {
            list.warn("Biases of single linear layers cannot be chosen; only those of queries, keys and values are built.")
        }
    }

    private func addPositions(to list: inout FlagList) {
        switch plan.model.positions {
        case .rotary:
            list.add("position-embedding-type", "rope")
            list.add("max-position-embeddings", max(plan.job.sequenceLength, plan.model.maxSequenceLength ?? 0))
            addRotation(to: &list)
        case .learned(let count):
            list.add("position-embedding-type", "learned_absolute")
            list.add("max-position-embeddings", max(count, plan.job.sequenceLength))
        case .none:
            list.add("position-embedding-type", "none")
            list.add("max-position-embeddings", plan.job.sequenceLength)
        }
    }

    private func addRotation(to list: inout FlagList) {
        if hasRecipe { return }
        guard let rotary = plan.model.rotary else {
            return list.warn(
                "The base of the rotary positions is not among the data of \(plan.model.name); the default of --rotary-base applies.")
        }
        list.add("rotary-base", rotary.theta)
        guard let scaling = rotary.scaling else { return }
        guard scaling.kind == .llama3 else {
            let words = "\(scaling.kind.rawValue) by \(scaling.factor)"
            return list.warn("The scaling of rotary positions (\(words)) is not written; the default of \(version.name) applies.")
        }
        list.add("use-rope-scaling")
        list.add("rope-scaling-factor", "\(scaling.factor)")
    }

    /// Dropout is what the plan was priced without; a stack that keeps its masks runs with Megatron's own.
    func addDropout(to list: inout FlagList) {
        guard !plan.keepsDropout else { return }
        list.add("attention-dropout", "0.0")
        list.add("hidden-dropout", "0.0")
    }

    /// Heads, latent projections, normalisation of queries and keys, windows and sinks.
    func addAttention(to list: inout FlagList) {
        guard let attention = plan.model.attention else { return }
        list.add("num-attention-heads", attention.heads)
        if let latent = attention.latent {
            list.add("multi-latent-attention")
            if let rank = latent.queryRank { list.add("q-lora-rank", rank) }
            list.add("kv-lora-rank", latent.keyValueRank)
            list.add("qk-head-dim", latent.nopeDimension)
            list.add("qk-pos-emb-head-dim", latent.ropeDimension)
            list.add("v-head-dim", latent.valueDimension)
            // The normalisations of the latent vectors are behind the same switch.
            list.add("qk-layernorm")
        } else {
            list.add("kv-channels", attention.headDimension)
            if attention.keyValueHeads != attention.heads {
                list.add("group-query-attention")
                list.add("num-query-groups", attention.keyValueHeads)
            }
            if attention.queryKeyNorm != .none { list.add("qk-layernorm") }
            if attention.queryKeyNorm == .full {
                list.warn("Queries and keys are normalised per head rather than over all heads.")
            }
        }
        if attention.hasOutputGate, version >= .core019 { list.add("attention-output-gate") }
        if let indexer = attention.indexer {
            list.add("experimental-attention-variant", "dsa")
            list.add("dsa-indexer-n-heads", indexer.heads)
            list.add("dsa-indexer-head-dim", indexer.headDimension)
            list.add("dsa-indexer-topk", indexer.topK)
        }
        if attention.hasSinks { list.add("softmax-type", "learnable") }
        addWindow(to: &list)
    }

    private func addWindow(to list: inout FlagList) {
        guard let window = plan.model.attention?.window else { return }
        guard !window.isChunked else {
            return list.warn("Attention in chunks of \(window.size) tokens cannot be chosen; every layer sees the whole sequence.")
        }
        list.add("window-size", "\(window.size - 1),0")
        if window.globalEvery > 0 { list.add("window-attn-skip-freq", window.globalEvery) }
        if plan.strategy.context > 1 {
            list.warn("Windows with context parallelism need a Transformer Engine that supports both.")
        }
    }
}
