import Workload

/// What the attention kernels of a stack assert of context parallelism; their own code, not the mathematics.
public enum ContextRules: String, CaseIterable, Hashable, Sendable {
    /// Nothing beyond the mathematics.
    case none
    /// Transformer Engine (commit d0067d0d, `attention/dot_product_attention/context_parallel.py`): all-to-all needs query and key/value
    /// heads of a tensor rank divisible by the ranks that trade them (line 4246, and `flash_attn_a2a_communicate` of its `a2a+p2p`), sliding
    /// windows run with all-to-all and all-gather only (line 5057), learned sinks with all-to-all only (line 5066). Sparse attention runs with
    /// all-gather only (Megatron-LM main of August 2026, `TransformerConfig.__post_init__` for `dsa`).
    case transformerEngine = "transformer-engine"
    /// PyTorch's context parallelism shards plain causal attention only: TorchTitan v0.2.2 refuses it for models that need FlexAttention,
    /// which are those with windows, chunks or sinks (`models/gpt_oss/infra/parallelize.py`, `models/llama4/infra/parallelize.py`).
    case pytorch

    /// The rule that a strategy's kind for an attention breaks; nil where the kernels run it.
    func violation(of attention: Attention, in s: ParallelStrategy) -> LegalityRule? {
        let way = s.context(of: attention.sight)
        return violation(of: attention, kind: way.kind, context: s.context, inner: way.inner, tensor: s.tensor)
    }

    /// The rule that a kind over c ranks breaks on t tensor ranks; nil where the kernels run it.
    ///
    /// `inner` is the inner size of a nested kind.
    func violation(of attention: Attention, kind: ContextParallelKind, context: Int, inner: Int = 1, tensor: Int) -> LegalityRule? {
        switch self {
        case .none: return nil
        case .transformerEngine:
            let trading = kind.headRanks(of: context, inner: inner)
            if trading > 1, Self.keyValueHeads(of: attention, tensor: tensor) % trading != 0 { return .contextKeyValueHeads }
            // Chunks are no windows to these kernels: whoever runs them attends to the whole sequence.
            if kind.isRing, let window = attention.window, !window.isChunked { return .contextWindow }
            if kind != .ulysses, attention.hasSinks { return .contextSinks }
            if kind != .allGather, attention.indexer != nil { return .contextIndexer }
            return nil
        case .pytorch: return attention.window != nil || attention.hasSinks || attention.indexer != nil ? .contextPlainAttention : nil
        }
    }

    /// Key/value heads that a tensor rank holds: at least one, and those of all queries once latent ones are projected up.
    static func keyValueHeads(of attention: Attention, tensor: Int) -> Int {
        attention.latent != nil ? max(1, attention.heads / tensor) : max(1, attention.keyValueHeads / tensor)
    }

    /// The kinds whose kernels run every attention of a model over some number of ranks, in the order of the enumeration.
    func kinds(for attentions: [Attention]) -> [ContextParallelKind] {
        ContextParallelKind.allCases.filter { kind in
            attentions.allSatisfy { violation(of: $0, kind: kind, context: 1, tensor: 1) == nil }
        }
    }
}

extension LegalityRule {
    /// Whether it is what a stack's attention kernels ask of context parallelism.
    public var isOfKernels: Bool {
        switch self {
        case .stackContext, .contextKeyValueHeads, .contextWindow, .contextSinks, .contextIndexer, .contextPlainAttention: true
        default: false
        }
    }
}
