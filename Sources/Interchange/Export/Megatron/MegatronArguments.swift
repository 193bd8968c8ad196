import Hardware
import Parallelism
import Schedules
import Workload

/// The flags and environment that make Megatron-LM run a plan.
///
/// Flags follow `megatron/training/arguments.py` of each version; what its checks demand beside them (batch, layers, overlaps, precision)
/// is what `Legality` asks of a plan.
struct MegatronArguments {
    /// What to launch.
    let plan: LaunchConfiguration
    /// For which version.
    let version: MegatronVersion
    /// The flags, and what they cannot say.
    private(set) var list = FlagList()
    /// Whether a recipe brings the model, so that only the plan is told.
    let hasRecipe: Bool
    /// The layers of a hybrid model; nil where all are attention and feed-forward.
    let hybrid: HybridPattern?

    init(_ plan: LaunchConfiguration, _ version: MegatronVersion, hasRecipe: Bool = false, hybrid: HybridPattern? = nil) {
        self.plan = plan
        self.hybrid = hybrid
        self.hasRecipe = hasRecipe
        self.version = version
        addParallelism(to: &list)
        addBatch(to: &list)
        addPipeline(to: &list)
        addRecomputation(to: &list)
        addDataParallelism(to: &list)
        addShape(to: &list)
        addDropout(to: &list)
        addHybrid(to: &list)
        addAttention(to: &list)
        addExperts(to: &list)
        addPrecision(to: &list)
        addKernels(to: &list)
    }

    /// Whether state is sharded by Megatron-FSDP, which ZeRO-2 and ZeRO-3 are.
    var usesFSDP: Bool { plan.strategy.sharding == .zero2 || plan.strategy.sharding == .zero3 }

    /// Whether expert all-to-alls run beside another micro-batch's compute.
    var overlapsExperts: Bool { plan.strategy.schedule == .combined1F1B || (plan.choices.overlapsExperts && plan.model.experts != nil) }

    /// What `CUDA_DEVICE_MAX_CONNECTIONS` must be, with the reason; nil where it must not be set.
    var deviceConnections: (value: Int, reason: String)? {
        let s = plan.strategy
        if usesFSDP { return nil }
        if overlapsExperts { return (32, "expert all-to-alls beside compute need several queues") }
        let isBlackwell = plan.cluster.groups.allSatisfy { $0.gpu.architecture == "blackwell" }
        guard s.tensor > 1 || s.context > 1, !isBlackwell else { return nil }
        return (1, "tensor and context parallelism need their collectives issued in order before Blackwell")
    }

    private func addParallelism(to list: inout FlagList) {
        let s = plan.strategy
        list.add("tensor-model-parallel-size", s.tensor)
        if s.sequenceParallel { list.add("sequence-parallel") }
        list.add("context-parallel-size", s.context)
        if s.context > 1 {
            switch s.contextKind {
            case .ring: list.add("cp-comm-type", "p2p")
            case .allGather: list.add("cp-comm-type", "all_gather")
            case .ulysses: list.add("cp-comm-type", "a2a")
            case .hierarchical:
                list.add("cp-comm-type", "a2a+p2p")
                list.add("hierarchical-context-parallel-sizes", list: [s.contextInner, s.context / s.contextInner].map(String.init))
            case .ringInside, .contiguousRing, .ringSelfAttention, .tokenRing, .doubleRing:
                list.add("cp-comm-type", "p2p")
                list.warn("\(version.name) has no context parallelism \(s.contextKind.rawValue); a balanced ring runs instead.")
            }
        }
        if plan.model.experts != nil {
            list.add("expert-model-parallel-size", s.expert)
            list.add("expert-tensor-parallel-size", s.expertTensor)
        }
        if s.rankOrder == .tpCpEpPpDp { list.add("use-tp-pp-dp-mapping") }
    }

    private func addBatch(to list: inout FlagList) {
        list.add("micro-batch-size", plan.strategy.microBatch)
        list.add("global-batch-size", plan.job.globalBatch)
        list.add("seq-length", plan.job.sequenceLength)
        if plan.formsGroups { return addGroups(to: &list) }
        switch plan.packing {
        case "pack":
            // A token sees its own document only.
            for name in ["reset-position-ids", "reset-attention-mask", "eod-mask-loss"] { list.add(name) }
        case "best-fit":
            list.add("sft")
            list.warn("Whole samples are packed by the data set of --sft, in its own order; padding may differ from best fit.")
        case "none": list.warn("Samples are padded to --seq-length by the data set, which must be one that pads.")
        default: break
        }
    }

    /// A group of ranks for every sequence, none of which holds more than a row gives it here.
    private func addGroups(to list: inout FlagList) {
        let s = plan.strategy
        list.add("hybrid-context-parallel")
        list.add("max-seqlen-per-dp-cp-rank", plan.job.sequenceLength * s.microBatch / s.context)
        list.add("calculate-per-token-loss")
        list.add("dataloader-type", "single")
        list.add("sft")
    }

    private func addRecomputation(to list: inout FlagList) {
        let s = plan.strategy
        switch s.recompute {
        case .none: break
        case .selective:
            list.add("recompute-granularity", "selective")
            let modules = s.recomputeModules.subtracting(.alternateMatrixProducts)
            if modules != s.recomputeModules {
                list.warn("Recomputing every second matrix product is a policy of TorchTitan; \(version.name) keeps their outputs.")
            }
            if !modules.isEmpty { list.add("recompute-modules", list: modules.names) }
        case .full:
            list.add("recompute-granularity", "full")
            let most = plan.stageLayers.max() ?? 0
            if s.recomputeLayers >= most {
                list.add("recompute-method", "uniform")
                list.add("recompute-num-layers", 1)
            } else {
                list.add("recompute-method", "block")
                list.add("recompute-num-layers", s.recomputeLayers)
            }
        }
    }

    private func addPrecision(to list: inout FlagList) {
        switch plan.job.precision {
        case .bf16: list.add("bf16")
        case .fp16: list.add("fp16")
        case .fp32: break
        case .fp8:
            list.add("bf16")
            list.add("fp8-format", "hybrid")
            list.add("fp8-recipe", "tensorwise")
        case .mxfp8:
            list.add("bf16")
            list.add("fp8-format", "e4m3")
            list.add("fp8-recipe", "mxfp8")
        case .nvfp4:
            list.add("bf16")
            list.add("fp4-format", "e2m1")
            list.add("fp4-recipe", "nvfp4")
        }
    }
}
