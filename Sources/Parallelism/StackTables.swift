public import Documents
import Quantities
import Workload

extension StackConstants {
    /// The constants' keys and units; a new constant is one more line.
    public static var table: FieldTable<StackConstants> {
        [
            .number("visible_tensor_share", \.visibleTensorShare),
            .time("host_layer_time", \.hostLayerTime),
            .number("norm_passes", \.normPasses),
            .number("loss_passes", \.lossPasses),
            .number("attention_factor", \.attentionFactor, .positive),
            .number("data_parallel_overlap", \.dataParallelOverlap, .fraction),
            .number("data_parallel_efficiency", \.dataParallelEfficiency, .positive),
            .flag("scatters_transfers", \.scattersTransfers),
            .number("blocking_transfer_share", \.blockingTransferShare),
            .number("shard_slowdown", \.shardSlowdown),
            .number("time_factor", \.timeFactor, .double(in: 0.1...10)),
        ]
    }

    /// What the table is read over; every key is required, so nothing of it stays.
    static let unset = StackConstants(
        visibleTensorShare: 1, hostLayerTime: .zero, normPasses: 1, lossPasses: 1, attentionFactor: 1, dataParallelOverlap: 0,
        dataParallelEfficiency: 1, scattersTransfers: false, blockingTransferShare: 0, shardSlowdown: 0)
}

extension StackMemory {
    /// The constants' keys and units; a new constant is one more line.
    public static var table: FieldTable<StackMemory> {
        [
            .number("logit_bytes", \.logitBytes),
            .flag("shards_logits", \.shardsLogits),
            .flag("buffers_head_gradient", \.buffersHeadGradient),
            .flag("buffers_weight_gradients", \.buffersWeightGradients),
            .flag("keeps_gathered_inputs", \.keepsGatheredInputs),
            .number("unfused_norm_bytes", \.unfusedNormBytes),
            .number("activation_extra_bytes", \.activationExtraBytes),
            .number("score_bytes", \.scoreBytes),
            .flag("keeps_dropout_masks", \.keepsDropoutMasks),
            .flag("shards_checkpoints", \.shardsCheckpoints),
            .number("extra_state_bytes", \.extraStateBytes),
            .memory("fixed", \.fixed),
            .memory("context", \.context),
            .number("extra_gradient_bytes", \.extraGradientBytes),
            .number("unsharded_extra_bytes", \.unshardedExtraBytes),
            .flag("adds_transients", \.addsTransients),
            .number("recompute_copies", \.recomputeCopies),
            .number("sharded_recompute_copies", \.shardedRecomputeCopies),
            .flag("frees_logits", \.freesLogits),
            .flag("saves_low_precision_inputs", \.savesLowPrecisionInputs),
            .flag("reuses_transients", \.reusesTransients),
            .flag("awaits_gradients", \.awaitsGradients),
            .number("update_copies", \.updateCopies),
        ]
    }

    /// What the table is read over; every key is required, so nothing of it but the factors stays.
    static func unset(_ factors: AllocatorFactors) -> StackMemory {
        StackMemory(
            logitBytes: 0, shardsLogits: false, buffersHeadGradient: false, buffersWeightGradients: false, keepsGatheredInputs: false,
            unfusedNormBytes: 0, activationExtraBytes: 0, scoreBytes: 0, keepsDropoutMasks: false, shardsCheckpoints: false,
            extraStateBytes: 0, allocatorFactors: factors, fixed: .zero, context: .zero)
    }
}

extension GradientDefaults {
    /// The formats' keys.
    static var table: FieldTable<GradientDefaults> { [.choice("half", \.half), .choice("low", \.low)] }

    /// What the table is read over; both keys are required, so nothing of it stays.
    static let unset = GradientDefaults(half: .fp32, low: .fp32)
}

extension ExecutionChoices {
    /// The choices' keys; a new choice is one more line.
    public static var table: FieldTable<ExecutionChoices> {
        [
            .choice("attention_kernel", \.attentionKernel),
            .flag("fused_norm", \.fusedNorm),
            .flag("compiled", \.compiled),
            .flag("async_tensor_parallel", \.asyncTensorParallel),
            .choice("graphs", \.graphs),
            .choice("dispatcher", \.dispatcher),
            .flag("waits_for_token_counts", \.waitsForTokenCounts),
            .flag("overlaps_experts", \.overlapsExperts),
            .flag("overlaps_data_parallel", \.overlapsDataParallel),
            .flag("grouped_experts", \.groupedExperts),
            .flag("fused_projections", \.fusedProjections),
            .flag("fused_loss", \.fusedLoss),
        ]
    }

    /// What the table is read over; every key is required, so nothing of it stays.
    static let unset = ExecutionChoices(attentionKernel: .fused, fusedNorm: true, overlapsDataParallel: true)
}
