import Workload

/// How the optimizer's state, the gradients and the parameters are spread over data-parallel ranks.
public enum OptimizerSharding: String, CaseIterable, Hashable, Sendable {
    /// Every rank holds everything.
    case none
    /// Optimizer state is sharded (ZeRO-1; Megatron's distributed optimizer).
    case zero1
    /// Optimizer state and gradients are sharded (ZeRO-2).
    case zero2
    /// Parameters too (ZeRO-3; fully sharded data parallel).
    case zero3
}

/// Which activations are computed again in the backward pass.
public enum Recompute: String, CaseIterable, Hashable, Sendable {
    /// Nothing.
    case none
    /// The modules in `RecomputeModules`.
    case selective
    /// Whole layers, from their stored inputs.
    case full
}

/// In which order ranks enumerate the dimensions, fastest first.
public enum RankOrder: String, CaseIterable, Hashable, Sendable {
    /// Megatron's default: tensor, context, expert, data, pipeline.
    case tpCpEpDpPp = "tp-cp-ep-dp-pp"
    /// Megatron's `--use-tp-pp-dp-mapping`: pipeline before data.
    case tpCpEpPpDp = "tp-cp-ep-pp-dp"
}

/// How layers are dealt to the virtual stages.
public enum LayerLayout: Hashable, Sendable {
    /// The same number on every virtual stage; a remainder goes one each to the stages in the middle.
    case even
    /// Embedding and loss count as a layer each, so the end stages hold one layer fewer.
    case embeddingAware
    /// Layers of each virtual stage, by global stage index (chunk · p + rank).
    case explicit([Int])
}
