import Parallelism
import Schedules
import Workload

/// What TorchTitan is told, whichever way its version is configured.
struct TorchTitanSettings {
    private let plan: LaunchConfiguration
    /// Whether this is 0.3, whose configuration is Python.
    private let isPython: Bool
    /// What cannot be said, one sentence each.
    private(set) var warnings: [String] = []

    init(_ plan: LaunchConfiguration, isPython: Bool) {
        self.plan = plan
        self.isPython = isPython
        warnings = Self.limits(plan, isPython: isPython)
    }

    /// Replicas of each shard.
    var replicate: Int { plan.strategy.sharding == .none ? plan.strategy.data : plan.strategy.replicas }
    /// Ranks that share one shard, without the context-parallel ones, which TorchTitan adds itself.
    var shard: Int { plan.strategy.sharding == .none ? 1 : plan.strategy.shardGroup }
    /// Whether parameters are released after the forward pass, which is ZeRO-3.
    var reshard: String { plan.strategy.sharding == .zero3 ? "always" : "never" }
    /// Sequences a data-parallel rank is given at once: a whole pipeline's worth, or one micro-batch.
    var localBatch: Int { plan.strategy.pipeline > 1 ? plan.strategy.microBatch * plan.strategy.microBatches : plan.strategy.microBatch }

    /// The schedule by the name that PyTorch gives it.
    var schedule: String {
        switch plan.strategy.schedule {
        case .gpipe: "GPipe"
        case .oneForwardOneBackward: "1F1B"
        case .interleaved, .combined1F1B: plan.strategy.virtualStages > 1 ? "Interleaved1F1B" : "1F1B"
        case .loopedBFS: "LoopedBFS"
        case .interleavedZeroBubble: "InterleavedZeroBubble"
        case .zbV: "ZBVZeroBubble"
        case .dualPipeV: "DualPipeV"
        default: plan.strategy.virtualStages > 1 ? "Interleaved1F1B" : "1F1B"
        }
    }

    /// Whether everything that a rank owns lives on the host.
    var offloads: Bool { plan.strategy.offload.parameters && plan.strategy.offload.optimizerPercent == 100 }

    /// The modules of each virtual stage by global stage index.
    var stageModules: [[String]] {
        var layer = 0
        return plan.stageLayers.enumerated().map { stage, count in
            // The vision encoder of a multimodal model stands with the embeddings.
            let first = (isPython && TorchTitanModels.isMultimodal(plan.model.name) ? ["vision_encoder"] : []) + ["tok_embeddings"]
            var modules = stage == 0 ? first : []
            modules += (layer..<(layer + count)).map { "layers.\($0)" }
            layer += count
            if stage == plan.stageLayers.count - 1 { modules += ["norm", isPython ? "lm_head" : "output"] }
            return modules
        }
    }

    private static func limits(_ plan: LaunchConfiguration, isPython: Bool) -> [String] {
        let s = plan.strategy
        var limits: [String] = []
        if !schedules.contains(s.schedule), s.pipeline > 1 {
            limits.append("There is no schedule \(s.schedule.rawValue); \(s.virtualStages > 1 ? "Interleaved1F1B" : "1F1B") runs instead.")
        }
        if s.sharding == .zero1 { limits.append("ZeRO-1 is not offered; gradients are sharded too (reshard_after_forward never).") }
        if s.tensor > 1, !s.sequenceParallel, !isPython { limits.append("Sequence parallelism always accompanies tensor parallelism.") }
        if s.expert > 1, s.expertTensor != 1, isPython || s.expertTensor != s.tensor {
            limits.append("Experts cannot have tensor parallelism \(s.expertTensor); they run with 1.")
        }
        if plan.model.experts != nil, s.expert == 1, s.expertTensor != s.tensor {
            limits.append("Without expert parallelism the experts are split like the dense part, by \(s.tensor).")
        }
        if s.context > 1, s.contextKind == .ulysses {
            limits.append("Context parallelism gathers keys and values rather than trading sequence for heads.")
        } else if s.context > 1, ![.ring, .contiguousRing, .allGather].contains(s.contextKind) {
            limits.append("There is no context parallelism \(s.contextKind.rawValue); keys and values are gathered.")
        }
        if s.recompute == .full, s.recomputeLayers < (plan.stageLayers.max() ?? 0) {
            limits.append("Full recomputation covers every layer, not \(s.recomputeLayers) of a stage.")
        }
        if s.recompute == .selective, s.recomputeModules != .alternateMatrixProducts {
            limits.append(
                "Modules \(s.recomputeModules.names.joined(separator: ", ")) cannot be chosen; every second matrix product is recomputed.")
        }
        limits += plan.offloadLimits(s.offload.parameters ? [.optimizer, .parameters] : []) + plan.packingLimits(.stream)
        if s.rankOrder != .tpCpEpDpPp { limits.append("Ranks always enumerate tensor, context, data and pipeline in this order.") }
        if plan.job.optimizer != .adam {
            limits.append("The optimizer is AdamW with fp32 states rather than \(plan.job.optimizer.rawValue).")
        }
        if plan.job.precision == .fp16 { limits.append("There is no fp16; it runs in bf16.") }
        return limits
    }

    private static let schedules: Set<PipelineSchedule> = [
        .gpipe, .oneForwardOneBackward, .interleaved, .loopedBFS, .interleavedZeroBubble, .zbV, .dualPipeV,
    ]
}
