import Hardware
import Parallelism

extension TrainingConstant {
    /// Every constant that is decided on training runs, with its prior: round numbers of the size that kernels and implementations suggest.
    ///
    /// At most eight belong to a stack and twelve to a GPU type; none to a source, a model or a row.
    public static let all: [TrainingConstant] =
        shared + kernels + stacks + [.init("achieved_fraction", .network("4x Omni-Path"), prior: 0.25, spread: 0.5)]

    private static func one(
        _ key: String, _ path: any WritableKeyPath<SharedConstants, Double> & Sendable, _ prior: Double, _ spread: Double = 0.2
    )
        -> TrainingConstant
    {
        TrainingConstant(key, .shared(path), prior: prior, spread: spread)
    }

    private static func share(
        _ key: String, _ path: any WritableKeyPath<SharedConstants, Double> & Sendable, _ prior: Double, _ spread: Double = 0.2
    )
        -> TrainingConstant
    {
        TrainingConstant(key, .shared(path), prior: prior, spread: spread, range: 0.01...1)
    }

    private static let shared: [TrainingConstant] = [
        TrainingConstant("accumulationPasses", .shared(\.accumulationPasses), prior: 1, spread: 0.3, range: 0.05...6),
        one("castPasses", \.castPasses, 1.4, 0.15),
        share("expertCastShare", \.expertCastShare, 0.5),
        one("flash1Speed", \.flash1Speed, 0.5, 0.15),
        one("flash2HopperFactor", \.flash2HopperFactor, 1, 0.1),
        one("attentionLatency", \.attentionLatency, 1.9e-5, 0.1),
        one("latentHeadEfficiency", \.latentHeadEfficiency, 1, 0.1),
        one("batchedProductEfficiency", \.batchedProductEfficiency, 0.4, 0.15),
        one("fusedSoftmaxPasses", \.fusedSoftmaxPasses, 6, 0.15),
        one("unfusedSoftmaxPasses", \.unfusedSoftmaxPasses, 13, 0.15),
        one("misalignedHeadFactor", \.misalignedHeadFactor, 11, 0.2),
        one("activationPasses", \.activationPasses, 1.7, 0.15),
        share("fusedNormShare", \.fusedNormShare, 0.4, 0.15),
        one("eagerFactor", \.eagerFactor, 2.2, 0.15),
        one("permutationPasses", \.permutationPasses, 2, 0.15),
        one("groupedHalfRows", \.groupedHalfRows, 80, 0.2),
        one("groupedEfficiency", \.groupedEfficiency, 1.03, 0.05),
        one("groupedWeightGradientEfficiency", \.groupedWeightGradientEfficiency, 0.88, 0.1),
        one("groupedWeightGradientHalfRows", \.groupedWeightGradientHalfRows, 200, 0.2),
        one("exchangeNetworkShare", \.exchangeNetworkShare, 0.86, 0.1),
        TrainingConstant("hiddenExchangeShare", .shared(\.hiddenExchangeShare), prior: 0.93, spread: 0.02, range: 0.5...0.99),
        TrainingConstant("hostSharpness", .shared(\.hostSharpness), prior: 3, spread: 0.15, range: 1.2...20),
        one("hostTensorShare", \.hostTensorShare, 0.03, 0.25),
        one("hostMixtureTime", \.hostMixtureTime, 0.006, 0.2),
        TrainingConstant("hostExpertTime", .shared(\.hostExpertTime), prior: 1.2e-4, spread: 0.35),
        TrainingConstant("hostLowPrecisionFactor", .shared(\.hostLowPrecisionFactor), prior: 2.5, spread: 0.3),
        one("hostMixtureTimeGrace", \.hostMixtureTimeGrace, 0.003, 0.25),
        one("hostMixtureTimePartialGraphs", \.hostMixtureTimePartialGraphs, 0.0039, 0.2),
        one("hostMixtureTimeFullGraphs", \.hostMixtureTimeFullGraphs, 0.0005, 0.25),
        one("hostCountWait", \.hostCountWait, 0.0055, 0.2),
        share("asyncTensorShare", \.asyncTensorShare, 0.6, 0.15),
        share("regatherShare", \.regatherShare, 0.5, 0.2),
        share("visibleRingShare", \.visibleRingShare, 0.1, 0.3),
        TrainingConstant("hopperReleaseGain", .shared(\.hopperReleaseGain), prior: 0.02, spread: 0.5),
        TrainingConstant("blackwellReleaseGain", .shared(\.blackwellReleaseGain), prior: 0.09, spread: 0.3),
        TrainingConstant("unfusedLossFactor", .shared(\.unfusedLossFactor), prior: 2, spread: 0.25),
        TrainingConstant("ringLatency", .shared(\.ringLatency), prior: 3e-6, spread: 0.3),
        TrainingConstant("stepMixtureOverhead", .shared(\.stepMixtureOverhead), prior: 5e-4, spread: 0.5),
        TrainingConstant("ringMergePasses", .shared(\.ringMergePasses), prior: 3, spread: 0.25),
        one("stepOverhead", \.stepOverhead, 0.005, 0.25),
        one("stragglerShare", \.stragglerShare, 0.0033, 0.2),
    ]

    private static func gpu(
        _ key: String, _ names: [String], _ path: any WritableKeyPath<KernelConstants, Double> & Sendable, _ prior: Double, _ spread: Double
    ) -> TrainingConstant {
        TrainingConstant(key, .gpus(names, path), prior: prior, spread: spread)
    }

    private static let ampere = ["a100-80gb-sxm", "a100-40gb-sxm", "l40s"]
    private static let hopper = ["h100-80gb-sxm", "h200-sxm"]
    private static let everyType = ampere + hopper + ["h100-96gb-sxm", "b200-sxm", "b300-sxm", "gb200", "gb300"]

    private static let kernels: [TrainingConstant] = [
        gpu("sustained_derate", ampere, \.sustainedDerate, 1.0, 0.05),
        gpu("sustained_derate", hopper, \.sustainedDerate, 1.15, 0.05),
        gpu("sustained_derate", ["h100-96gb-sxm"], \.sustainedDerate, 1.35, 0.05),
        gpu("sustained_derate", ["b200-sxm"], \.sustainedDerate, 1.45, 0.05),
        gpu("sustained_derate", ["b300-sxm"], \.sustainedDerate, 1.6, 0.05),
        gpu("sustained_derate", ["gb200", "gb300"], \.sustainedDerate, 1.35, 0.05),
        gpu("low_precision_efficiency", hopper, \.lowPrecisionEfficiency, 0.68, 0.075),
        gpu("low_precision_efficiency", ["h100-96gb-sxm"], \.lowPrecisionEfficiency, 0.6, 0.075),
        gpu("low_precision_efficiency", ["b200-sxm"], \.lowPrecisionEfficiency, 0.68, 0.075),
        gpu("low_precision_efficiency", ["b300-sxm"], \.lowPrecisionEfficiency, 0.68, 0.075),
        gpu("low_precision_efficiency", ["gb200"], \.lowPrecisionEfficiency, 0.65, 0.075),
        gpu("low_precision_efficiency", ["gb300"], \.lowPrecisionEfficiency, 0.77, 0.075),
        gpu("attention_backward_ratio", everyType, \.attentionBackwardRatio, 1.3, 0.075),
        gpu("four_bit_gain", everyType, \.fourBitGain, 1.7, 0.075),
    ]

    private static func stack(
        _ key: String, _ names: [String], _ path: any WritableKeyPath<StackConstants, Double> & Sendable, _ prior: Double,
        _ spread: Double = 0.2, upTo most: Double? = nil
    ) -> TrainingConstant {
        TrainingConstant(key, .stacks(names, path), prior: prior, spread: spread, range: most.map { (prior / 100)...$0 })
    }

    private static let core = ["megatron-core", "megatron-fsdp"]
    private static let plain = ["fsdp", "transformers", "torchtune", "torchtitan", "megatron-lm-2021"]
    private static let deepspeed = ["megatron-deepspeed"]
    private static let others = ["aa-scaling", "no-overlap"] + core + plain

    private static let stacks: [TrainingConstant] = [
        stack("visible_tensor_share", core, \.visibleTensorShare, 0.3),
        stack("visible_tensor_share", plain, \.visibleTensorShare, 0.85),
        stack("visible_tensor_share", ["aa-scaling"], \.visibleTensorShare, 1.2),
        stack("visible_tensor_share", deepspeed, \.visibleTensorShare, 1),
        stack("visible_tensor_share", ["no-overlap"], \.visibleTensorShare, 1.4),
        stack("host_layer_time", others, \.hostLayerSeconds, 2e-4),
        stack("host_layer_time", deepspeed, \.hostLayerSeconds, 7.5e-4),
        stack("norm_passes", core + plain + ["no-overlap"], \.normPasses, 5),
        stack("norm_passes", ["aa-scaling"], \.normPasses, 8),
        stack("norm_passes", deepspeed, \.normPasses, 5),
        stack("loss_passes", others, \.lossPasses, 3.9, 0.15),
        stack("loss_passes", deepspeed, \.lossPasses, 8),
        stack("attention_factor", ["aa-scaling"], \.attentionFactor, 1, 0.1),
        stack("attention_factor", ["fsdp", "transformers", "torchtune"], \.attentionFactor, 1.9, 0.15),
        stack("attention_factor", ["torchtitan"], \.attentionFactor, 1.4, 0.15),
        stack("data_parallel_overlap", core, \.dataParallelOverlap, 0.5, 0.25, upTo: 1),
        stack(
            "data_parallel_overlap", ["aa-scaling", "fsdp", "transformers", "torchtune", "torchtitan"] + deepspeed, \.dataParallelOverlap,
            0.05, 0.25,
            upTo: 1),
        stack("data_parallel_efficiency", core, \.dataParallelEfficiency, 0.8, 0.15),
        stack("data_parallel_efficiency", ["megatron-lm-2021", "torchtitan", "no-overlap"], \.dataParallelEfficiency, 0.8, 0.15),
        stack("data_parallel_efficiency", ["fsdp", "transformers", "torchtune"], \.dataParallelEfficiency, 0.8, 0.15),
        stack("data_parallel_efficiency", ["aa-scaling"], \.dataParallelEfficiency, 0.08, 0.25),
        stack("data_parallel_efficiency", deepspeed, \.dataParallelEfficiency, 0.8, 0.25),
        stack("blocking_transfer_share", others, \.blockingTransferShare, 0.3, 0.25),
        stack("blocking_transfer_share", deepspeed, \.blockingTransferShare, 0.3, 0.5),
        stack(
            "shard_slowdown", ["aa-scaling", "no-overlap", "torchtitan", "megatron-core", "megatron-lm-2021"] + deepspeed, \.shardSlowdown,
            0.1, 0.25),
        stack("shard_slowdown", ["fsdp", "transformers", "torchtune", "megatron-fsdp"], \.shardSlowdown, 0.45, 0.2),
    ]
}
