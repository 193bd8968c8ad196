import Schedules
public import Workload

/// What a stack's own code asserts of sizes beyond the mathematics; docs/legality.md lists every assertion with its place.
public enum ArgumentRules: String, CaseIterable, Hashable, Sendable {
    /// Nothing beyond the mathematics.
    case none
    /// Megatron-Core 0.15 to main with Transformer Engine's linear layers.
    case megatronCore = "megatron-core"
    /// TorchTitan 0.2 and 0.3.
    case torchtitan
    /// Megatron-DeepSpeed (4efb479d, `megatron/core/parallel_state.py` line 146).
    case megatronDeepSpeed = "megatron-deepspeed"

    /// The rule that the grid breaks by itself, whatever schedule, sharding and recomputation are chosen.
    func gridViolation(
        of s: ParallelStrategy, model: TransformerModel, divisions: ModelDivisions, job: TrainingJob, compiles: Bool
    ) -> LegalityRule? {
        switch self {
        case .none: return nil
        case .megatronCore:
            // `TransformerConfig.__post_init__`: "Bias in Moe is only supported when ETP==1".
            if s.expertTensor > 1, divisions.mixtures.contains(where: \.hasBias) { return .expertBiasByExpertTensor }
            return EightBitSizes.areLegal(s, model: model, divisions: divisions, job: job) ? nil : .eightBitSizes
        case .torchtitan:
            // `ParallelDims.seq_len_divisor` is tp · 2cp, for a single context rank too.
            guard job.sequenceLength % (2 * s.tensor * s.context) == 0 else { return .sequenceByTensorAndContext }
            // `MXLinearConverter`: "TP not yet supported with torch.compile for mxfp8".
            if compiles, job.precision == .mxfp8, s.tensor > 1 { return .compiledPrecisionWithTensor }
            return nil
        case .megatronDeepSpeed:
            // "DeepSpeed's sequence parallel does not work with tensor parallel or pipeline parallel".
            return s.context > 1 && s.tensor * s.pipeline > 1 ? .stackContextAlone : nil
        }
    }

    /// The rule that sharding and schedule break.
    func choiceViolation(of s: ParallelStrategy, model: TransformerModel, divisions: ModelDivisions, job: TrainingJob) -> LegalityRule? {
        guard self == .megatronCore || self == .torchtitan else { return nil }
        // Replicas of shards must be replicas of whole expert grids: Megatron divides the expert data-parallel ranks by them, TorchTitan
        // builds its sparse mesh inside one shard group.
        if divisions.hasExperts, s.sharding != .none, s.shardGroup > 0 {
            guard s.shardGroup * s.context * s.tensor % (s.expert * s.expertTensor) == 0 else { return .expertsInShardGroup }
        }
        if self == .megatronCore, s.schedule == .combined1F1B {
            guard s.expert > 1 else { return .expertOverlapNeedsExpertParallel }
            guard model.predictionBlocks <= 1, job.precision != .fp32 else { return .expertOverlapLimits }
        }
        return nil
    }

    /// The modules of a selection that a model has and this stack can drop of it.
    ///
    /// Megatron-Core refuses the activation of experts that run one after another, which those in fp16 and fp32 do, and the projections of
    /// latent attention where there are none.
    public func droppable(_ modules: RecomputeModules, of divisions: ModelDivisions, precision: Precision) -> RecomputeModules {
        guard self == .megatronCore else { return modules }
        var modules = modules
        if !divisions.hasExperts || precision == .fp16 || precision == .fp32 { modules.remove(.expertActivation) }
        if !divisions.hasLatent { modules.remove(.latentUpProjection) }
        return modules
    }
}
