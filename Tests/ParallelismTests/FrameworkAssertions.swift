/// The numbers that a framework is started with, in its own words; made of a plan as the exporters spell it.
struct LaunchedSizes {
    // Parallel sizes.
    var world = 1
    var tensor = 1
    var pipeline = 1
    var context = 1
    var data = 1
    var expert = 1
    var expertTensor = 1
    var isSequenceParallel = false
    /// `p2p`, `all_gather` or `a2a`.
    var contextType = "p2p"
    /// Replicas of each shard of the state; 1 where all data-parallel ranks share it.
    var replicas = 1
    /// 0 to 3.
    var zeroStage = 0

    // Pipeline.
    var virtualStages = 1
    var microBatchGroup = 1
    /// Layers of each virtual stage.
    var layout: [Int] = []
    var overlapsExperts = false
    /// The schedule as PyTorch names it.
    var schedule = "1F1B"

    // Batch.
    var microBatch = 1
    var microBatches = 1
    var globalBatch = 1
    var sequence = 1

    // Model.
    var layers = 1
    var hidden = 1
    var heads = 1
    var groups = 1
    var headWidth = 1
    var feedForward = 1
    var experts: Int?
    var expertWidth = 1
    var sharedWidth = 0
    var hasExpertBias = false
    var isWindowed = false
    /// Whether some layers see chunks only, which needs FlexAttention in TorchTitan and is nothing to Megatron.
    var isChunked = false
    var hasSinks = false
    var isLatent = false
    var predictionLayers = 0

    // Formats and recomputation.
    var format = "bf16"
    /// nil, `selective` or `full`.
    var granularity: String?
    var modules: [String] = []
    var compiles = true
}

/// The assertions of the frameworks on sizes, transcribed from their text in its order and independent of `Legality`; each answers the
/// place of the first that fails, or nil where the framework starts.
enum FrameworkAssertions {
    /// Megatron-LM main (commit d98e8a64) with Transformer Engine (commit d0067d0d).
    static func megatron(_ s: LaunchedSizes) -> String? {
        // megatron/training/arguments.py, validate_args.
        if s.world % (s.tensor * s.pipeline * s.context) != 0 { return "arguments.py:432" }
        if s.world / (s.tensor * s.pipeline * s.context) != s.data { return "another data-parallel size" }
        if s.globalBatch % (s.microBatch * s.data) != 0 { return "arguments.py:715" }
        if s.globalBatch / (s.microBatch * s.data) != s.microBatches { return "another number of micro-batches" }
        if s.layout.count % s.pipeline != 0 { return "arguments.py:945" }
        if s.virtualStages > 1, s.pipeline <= 1 { return "arguments.py:1002" }
        if s.context > 1, s.sequence % (2 * s.context) != 0 { return "arguments.py:1336" }
        if s.expert > 1 {
            guard let experts = s.experts else { return "arguments.py:1656" }
            if experts % s.expert != 0 { return "arguments.py:1657" }
        }
        return megatronConfiguration(s) ?? megatronGroups(s) ?? megatronRun(s) ?? engine(s)
    }

    /// megatron/core/transformer/transformer_config.py and model_parallel_config.py, __post_init__.
    private static func megatronConfiguration(_ s: LaunchedSizes) -> String? {
        if s.isSequenceParallel, s.tensor <= 1 { return "model_parallel_config.py:504" }
        if s.heads % s.tensor != 0 { return "transformer_config.py:1447" }
        if !s.isLatent, s.groups % s.tensor != 0, s.tensor % s.groups != 0 { return "transformer_config.py:1465" }
        if s.granularity == "selective" {
            // --moe-grouped-gemm is written for formats other than fp16 and fp32.
            let isGrouped = s.experts != nil && s.format != "fp16" && s.format != "fp32"
            if s.modules.contains("moe_act"), !isGrouped { return "transformer_config.py:1965" }
            if s.modules.contains("mla_up_proj"), !s.isLatent { return "transformer_config.py:1970" }
        }
        if s.layout.reduce(0, +) != s.layers { return "pipeline_parallel_layer_layout.py:107" }
        if s.experts != nil, s.hasExpertBias, s.expertTensor != 1 { return "transformer_config.py:2613" }
        if s.overlapsExperts {
            if s.pipeline > 1, s.virtualStages == 1 { return "transformer_config.py:3008" }
            if s.expert <= 1 { return "transformer_config.py:3013" }
            if s.granularity == "full" { return "transformer_config.py:3021" }
            if s.granularity == "selective", s.modules.contains("moe") { return "transformer_config.py:3030" }
            if s.format == "fp32" { return "transformer_config.py:3035" }
            if s.predictionLayers > 1 { return "transformer_config.py:3042" }
        }
        return nil
    }

    /// megatron/core/parallel_state.py, initialize_model_parallel.
    private static func megatronGroups(_ s: LaunchedSizes) -> String? {
        if s.world % (s.expertTensor * s.expert * s.pipeline) != 0 { return "parallel_state.py:882" }
        if s.zeroStage > 0 {
            if (s.data * s.context) % s.replicas != 0 { return "parallel_state.py:922" }
            if s.world / (s.expertTensor * s.expert * s.pipeline) % s.replicas != 0 { return "parallel_state.py:1448" }
        }
        return nil
    }

    /// What layers and schedules assert once they run.
    private static func megatronRun(_ s: LaunchedSizes) -> String? {
        if s.experts == nil || s.feedForward > 0, s.feedForward % s.tensor != 0 { return "tensor_parallel/layers.py divide" }
        if s.experts != nil {
            if s.expertWidth % s.expertTensor != 0 { return "transformer/moe/experts.py divide" }
            if s.sharedWidth % s.tensor != 0 { return "transformer/moe/shared_experts.py divide" }
            if s.tensor > 1, !s.isSequenceParallel { return "transformer/moe/moe_layer.py:636" }
        }
        if s.isSequenceParallel, (s.sequence / s.context) % s.tensor != 0 { return "tensor_parallel/mappings.py:72" }
        if s.virtualStages > 1 {
            if s.microBatchGroup > s.microBatches || s.microBatchGroup < s.pipeline { return "pipeline_parallel/schedules.py:1168" }
            let last = s.microBatches % s.microBatchGroup
            if 0 < last, last < s.pipeline { return "pipeline_parallel/schedules.py:1180" }
        }
        return nil
    }

    /// transformer_engine/pytorch: attention over context ranks, and products in 8 and 4 bits.
    private static func engine(_ s: LaunchedSizes) -> String? {
        let (heads, groups) = (s.heads / s.tensor, s.isLatent ? s.heads / s.tensor : max(1, s.groups / s.tensor))
        if s.context > 1 {
            if s.isWindowed, s.contextType == "p2p" { return "context_parallel.py:5057" }
            if s.hasSinks, s.contextType != "a2a" { return "context_parallel.py:5065" }
            if s.contextType == "a2a", heads % s.context != 0 || groups % s.context != 0 { return "context_parallel.py:4246" }
        }
        guard ["fp8", "mxfp8", "nvfp4"].contains(s.format) else { return nil }
        // Inputs and weights of the dense linear layers as [rows, columns].
        let rows = s.microBatch * (s.sequence / s.context)
        let local = s.isSequenceParallel ? rows / s.tensor : rows
        var operands = [[local, s.hidden], [s.hidden, s.heads * s.headWidth / s.tensor]]
        if !s.isLatent { operands.append([(s.heads + 2 * s.groups) * s.headWidth / s.tensor, s.hidden]) }
        if s.feedForward > 0 { operands.append([s.hidden, s.feedForward / s.tensor]) }
        return operands.allSatisfy { $0[0] % 8 == 0 && $0[1] % 16 == 0 } ? nil : "utils.py:614"
    }

    /// TorchTitan v0.2.2 with PyTorch 2.15.
    static func torchtitan(_ s: LaunchedSizes) -> String? {
        // torchtitan/distributed/parallel_dims.py, _validate and build_mesh.
        let shard = s.data / s.replicas
        if s.replicas * shard * s.context * s.tensor * s.pipeline != s.world { return "parallel_dims.py:53" }
        if s.expert > 1 {
            if s.expertTensor != s.tensor, s.expertTensor != 1 { return "parallel_dims.py:59" }
            if (shard * s.context * s.tensor) % (s.expert * s.expertTensor) != 0 { return "parallel_dims.py:207" }
        }
        // torchtitan/models/*/infra/parallelize.py.
        if s.sequence % (s.tensor * s.context * 2) != 0 { return "parallelize.py:69" }
        if s.context > 1, s.isWindowed || s.isChunked || s.hasSinks { return "models/gpt_oss/infra/parallelize.py" }
        // torchtitan/components/quantization/mx.py.
        if s.format == "mxfp8", s.compiles, s.tensor > 1 { return "mx.py:50" }
        return s.pipeline > 1 ? torchSchedule(s) : nil
    }

    /// torch/distributed/pipelining/schedules.py.
    private static func torchSchedule(_ s: LaunchedSizes) -> String? {
        let stages = s.pipeline * s.virtualStages
        switch s.schedule {
        case "GPipe", "1F1B":
            if s.virtualStages != 1 { return "pipeline_parallel.py:97" }
            if s.microBatches < stages { return "schedules.py:1441" }
        case "Interleaved1F1B", "InterleavedZeroBubble":
            let rounds = max(1, s.microBatches / s.pipeline)
            if s.microBatches % rounds != 0 { return s.schedule == "Interleaved1F1B" ? "schedules.py:4123" : "schedules.py:4258" }
        case "ZBVZeroBubble":
            if s.virtualStages != 2 { return "schedules.py:4482" }
        case "DualPipeV":
            if s.virtualStages != 2 { return "schedules.py:4692" }
            if s.microBatches < stages { return "schedules.py:4697" }
        default: break
        }
        return nil
    }

    /// DeepSpeed 0.19 (commit edaa7221).
    static func deepspeed(_ s: LaunchedSizes) -> String? {
        // deepspeed/runtime/config.py.
        if s.microBatch < 1 { return "config.py:933" }
        if s.globalBatch != s.microBatch * s.microBatches * s.data { return "config.py:937" }
        // deepspeed/runtime/pipe/engine.py and module.py.
        if s.pipeline > 1, s.zeroStage >= 2 { return "pipe/engine.py:76" }
        if s.world % s.pipeline != 0 { return "pipe/module.py:177" }
        return nil
    }
}
