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

    /// How keys and values move: one word for all layers, or one a layer where those with a window have a kind of their own.
    private func addContext(to list: inout FlagList) {
        let s = plan.strategy
        if plan.formsGroups { return list.add("cp-comm-type", Self.contextWords[SequenceGroupRules.kind(of: s)] ?? "p2p") }
        let classes = plan.model.layerClasses
        let kinds = classes.ofLayer.map { layer in
            let isLocal = classes.classes[layer].blocks.contains { ($0.shape as? Attention)?.sight.isLocal == true }
            return isLocal ? s.localContextKind ?? s.contextKind : s.contextKind
        }
        let used = Set(kinds)
        for kind in ContextParallelKind.allCases where used.contains(kind) && Self.contextWords[kind] == nil {
            list.warn("\(version.name) has no context parallelism \(kind.rawValue); a balanced ring runs instead.")
        }
        let words = (used.count > 1 ? kinds : [kinds.first ?? s.contextKind]).map { Self.contextWords[$0] ?? "p2p" }
        list.add("cp-comm-type", list: words)
        guard used.contains(.hierarchical) else { return }
        list.add("hierarchical-context-parallel-sizes", list: [s.contextInner, s.context / s.contextInner].map(String.init))
    }

    /// The kinds of context parallelism by what `--cp-comm-type` calls them.
    static let contextWords: [ContextParallelKind: String] = [
        .ring: "p2p", .allGather: "all_gather", .ulysses: "a2a", .hierarchical: "a2a+p2p",
    ]

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

    /// Variables of the environment beside those of CUDA that the run needs, with the reason.
    ///
    /// `validate_args` asserts it where modules move, with Transformer Engine from 2.10 on.
    var variables: [(name: String, value: String, reason: String)] {
        guard !plan.strategy.offload.modules.isEmpty, version.movesActivations else { return [] }
        return [("NVTE_CPU_OFFLOAD_V1", "1", "Transformer Engine is not to move weights beside the inputs of modules")]
    }

    private func addParallelism(to list: inout FlagList) {
        let s = plan.strategy
        list.add("tensor-model-parallel-size", s.tensor)
        if s.sequenceParallel { list.add("sequence-parallel") }
        list.add("context-parallel-size", s.context)
        if s.context > 1 { addContext(to: &list) }
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
        addRows(to: &list)
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
        case .fp8, .fp8Rowwise:
            if plan.job.precision == .fp8Rowwise { list.warn("Products have a scale a tensor; \(version.name) has none a row.") }
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
