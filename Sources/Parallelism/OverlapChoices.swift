/// What hides tensor-parallel collectives: what may run beside what, by name.
public enum OverlapTechnique: String, CaseIterable, Hashable, Sendable {
    /// Every collective is waited for.
    case none
    /// Gathers in pieces beside the product that reads them, scatters beside the product that writes them: TransformerEngine's user buffers
    /// (`--tp-comm-overlap`).
    case userBuffers = "user-buffers"
    /// The same by PyTorch's symmetric memory (TorchTitan's asynchronous tensor parallelism).
    case asynchronous = "async-tp"
    /// The reduce-scatter in the stores of the product before it, tile by tile (T3, arXiv:2401.16677); gathers are waited for.
    case fused
    /// Half the sequences' collectives beside the other half's compute (Domino, arXiv:2409.15241, §3: slices of the batch; of columns where there is one).
    case splitBatch = "split-batch"
    /// A model whose block reads the residual of the block before the last, so that a block's collective runs beside the next block
    /// (arXiv:2501.06589).
    case ladder
    /// A model whose attention and feed-forward read the same input and share their collectives (Wang and Komatsuzaki, GPT-J; Chowdhery et al., PaLM,
    /// arXiv:2204.02311, §2).
    case parallelBlocks = "parallel-blocks"
    /// No collectives at all: the upper bound.
    case noExchange = "no-exchange"

    /// Who launches it; for models, that it is another model.
    public var launchers: String {
        switch self {
        case .none: "every stack"
        case .userBuffers: "Megatron-Core (--tp-comm-overlap)"
        case .asynchronous: "TorchTitan (enable_async_tensor_parallel)"
        case .fused: "no GPU that is sold: simulated hardware"
        case .splitBatch: "DeepSpeed (Domino)"
        case .ladder: "a model with ladder residuals, trained so"
        case .parallelBlocks: "a model with parallel blocks, trained so"
        case .noExchange: "nothing; it bounds the others"
        }
    }
}

/// What a technique lets run beside the exchange of tokens.
public enum ExpertOverlap: String, CaseIterable, Hashable, Sendable {
    /// Nothing.
    case none
    /// Shared experts beside the way there (`--moe-shared-expert-overlap`).
    case sharedExperts = "shared-experts"
    /// Experts tile by tile as tokens come and go (Zhang et al., Comet, arXiv:2502.19811, §3).
    case tiles
    /// The forward of a micro-batch beside the backward of another (DeepSeek-V3, arXiv:2412.19437, §3.2; Megatron's combined 1F1B).
    case batches
    /// No exchange at all: the bound.
    case noExchange = "no-exchange"

    /// Who launches it.
    public var launchers: String {
        switch self {
        case .none: "every stack"
        case .sharedExperts: "Megatron-Core (--moe-shared-expert-overlap)"
        case .tiles: "Comet"
        case .batches: "Megatron-Core (--overlap-moe-expert-parallel-comm), DualPipe"
        case .noExchange: "nothing; it bounds the others"
        }
    }
}
