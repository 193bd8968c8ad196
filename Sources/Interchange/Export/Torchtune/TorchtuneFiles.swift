import Documents
import Hardware
import Parallelism
import Workload

/// The YAML of torchtune's recipes of fine-tuning (0.6; `recipes/full_finetune_*.py`, `recipes/lora_finetune_*.py`).
struct TorchtuneFiles {
    private let plan: LaunchConfiguration
    private let model: TorchtuneModel

    /// - Throws: `ExportError` where torchtune has no code for the model.
    init(_ plan: LaunchConfiguration) throws(ExportError) {
        guard let model = TorchtuneModels.named(plan.model.name, layers: plan.model.layers) else {
            throw .refusedPlan(
                target: .torchtune,
                reason:
                    "it has no code for \(plan.model.name); of the shipped models it builds \(TorchtuneModels.written.joined(separator: ", "))"
            )
        }
        self.plan = plan
        self.model = model
        if let problem = methodProblem { throw .refusedPlan(target: .torchtune, reason: problem) }
    }

    func files() -> LaunchFiles {
        let warnings = limits
        let start = "tune run \(launch)\(recipe) --config torchtune.yaml"
        return LaunchFiles(
            files: [plan.yamlFile(.torchtune, of: "torchtune", start: start, warnings: warnings, fields)], warnings: warnings)
    }

    /// Whether the recipe for a single device runs it, which moves nothing but activations.
    private var isAlone: Bool { plan.strategy.worldSize == 1 && !plan.strategy.offload.parameters }
    private var method: TrainingMethod { plan.job.method }

    private var recipe: String {
        "\(method.adapters == nil ? "full" : "lora")_finetune_\(isAlone ? "single_device" : "distributed")"
    }

    private var launch: String {
        guard !isAlone else { return "" }
        let perNode = min(plan.cluster.first.gpusPerNode, plan.strategy.worldSize)
        let nodes = (plan.strategy.worldSize + perNode - 1) / perNode
        return "--nnodes \(nodes) --nproc_per_node \(perNode) " + (nodes > 1 ? "--rdzv_backend c10d --rdzv_endpoint HOST:29500 " : "")
    }

    /// Why its recipes cannot train the model by the plan's method; nil where they can.
    private var methodProblem: String? {
        guard method.frozen.isEmpty else { return "its recipes freeze no parts of a model" }
        guard let adapters = method.adapters else { return nil }
        let attention = adapters.targets.intersection(Self.attention.keys)
        let feedForward = adapters.targets.intersection(Projection.feedForward)
        guard adapters.targets == attention.union(feedForward) else {
            return "its adapters stand beside q_proj, k_proj, v_proj, o_proj, and gate_proj, up_proj and down_proj together"
        }
        guard !attention.isEmpty else { return "its adapters stand beside at least one of q_proj, k_proj, v_proj and o_proj" }
        guard feedForward.isEmpty || feedForward == Projection.feedForward else {
            return "a feed-forward's matrices have adapters all together, gate_proj, up_proj and down_proj, or none"
        }
        switch method.baseFormat {
        case .sixteen, .nf4: break
        case .int8, .int4: return "its frozen weights have 16 bits or are nf4, not \(method.baseFormat.rawValue)"
        }
        guard !adapters.isDecomposed || model.hasDecomposed else { return "its \(model.builder) has no DoRA" }
        return nil
    }

    /// Matrices of attention as its builders name them.
    private static let attention: [Projection: String] = [
        .query: "q_proj", .key: "k_proj", .value: "v_proj", .attentionOutput: "output_proj",
    ]

    private var fields: [YAMLField] {
        let s = plan.strategy
        var fields: [YAMLField] = [
            YAMLField("output_dir", "./outputs"), YAMLField("model", .mapping(architecture)), YAMLField("tokenizer", .mapping(tokenizer)),
            YAMLField("checkpointer", checkpointer), YAMLField("resume_from_checkpoint", false),
        ]
        if method.adapters != nil { fields.append(YAMLField("save_adapter_weights_only", true)) }
        fields += [
            YAMLField("dataset", ["_component_": "torchtune.datasets.alpaca_dataset", "packed": .flag(plan.packsSamples)]),
            YAMLField("seed", .null),
            YAMLField("shuffle", true), YAMLField("batch_size", .integer(s.microBatch)),
            YAMLField("gradient_accumulation_steps", .integer(s.microBatches)), YAMLField("epochs", 1),
            YAMLField("max_steps_per_epoch", plan.trainingSteps.map { .integer($0) } ?? .null),
            YAMLField("optimizer", .mapping(optimizer)),
        ]
        if method.adapters == nil {
            fields.append(YAMLField("optimizer_in_bwd", false))
        } else {
            fields.append(
                YAMLField(
                    "lr_scheduler",
                    ["_component_": "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup", "num_warmup_steps": 100]))
        }
        fields += [
            YAMLField("loss", ["_component_": "torchtune.modules.loss.CEWithChunkedOutputLoss"]), YAMLField("clip_grad_norm", .null),
            YAMLField("compile", .flag(plan.choices.compiled)), YAMLField("device", "cuda"),
            YAMLField("dtype", .text(plan.job.precision == .fp32 ? "fp32" : "bf16")),
            YAMLField("enable_activation_checkpointing", .flag(s.recompute == .full)),
            YAMLField("enable_activation_offloading", .flag(s.offload.checkpoints)),
        ]
        if !isAlone {
            fields += [
                YAMLField("fsdp_cpu_offload", .flag(s.offload.parameters)),
                YAMLField("fsdp_reshard_after_forward", .flag(s.sharding == .zero3)),
            ]
        }
        fields += [
            YAMLField("metric_logger", ["_component_": "torchtune.training.metric_logging.DiskLogger", "log_dir": "./outputs/logs"]),
            YAMLField("log_every_n_steps", 1), YAMLField("log_peak_memory_stats", true),
        ]
        return fields
    }

    /// The builder, with its adapters.
    private var architecture: [YAMLField] {
        guard let adapters = method.adapters else { return [YAMLField("_component_", .text(model.component()))] }
        let names = Projection.allCases.filter(adapters.targets.contains).compactMap { Self.attention[$0] }
        var fields: [YAMLField] = [
            YAMLField("_component_", .text(model.component(method.baseFormat == .nf4 ? "qlora_" : "lora_"))),
            YAMLField("lora_attn_modules", .list(names.map { .text($0) })),
            YAMLField("apply_lora_to_mlp", .flag(adapters.targets.contains(.gate))), YAMLField("lora_rank", .integer(adapters.rank)),
            YAMLField("lora_alpha", .number(adapters.alpha)), YAMLField("lora_dropout", .number(adapters.dropout)),
        ]
        if adapters.isDecomposed { fields.append(YAMLField("use_dora", true)) }
        return fields
    }

    private var tokenizer: [YAMLField] {
        let files = model.tokenizerFiles.sorted { $0.key < $1.key }.map { YAMLField($0.key, .text("CHECKPOINT/\($0.value)")) }
        return [YAMLField("_component_", .text(model.tokenizer))] + files
            + [YAMLField("max_seq_len", .integer(plan.job.sequenceLength))]
    }

    private var checkpointer: YAMLContent {
        [
            "_component_": "torchtune.training.FullModelHFCheckpointer", "checkpoint_dir": "CHECKPOINT",
            "checkpoint_files": ["filename_format": "model-{}-of-{}.safetensors", "max_filename": "FILES"],
            "output_dir": "./outputs", "model_type": .text(model.weights),
        ]
    }

    private var optimizer: [YAMLField] {
        let rate = YAMLField("lr", .number(method.adapters == nil ? 2e-5 : 3e-4))
        guard let name = Self.optimizers[plan.job.optimizer] else {
            return [YAMLField("_component_", "torch.optim.AdamW"), rate, YAMLField("fused", true)]
        }
        var fields = [YAMLField("_component_", .text(name)), rate]
        if name == "torch.optim.AdamW" { fields.append(YAMLField("fused", true)) }
        if plan.job.optimizer == .sgd { fields.append(YAMLField("momentum", 0.9)) }
        return fields
    }

    /// The classes of optimizers that its users take.
    private static let optimizers: [Optimizer: String] = [
        .adam: "torch.optim.AdamW", .adamBF16: "torch.optim.AdamW", .adamBF16Moments: "torch.optim.AdamW",
        .adam8Bit: "bitsandbytes.optim.AdamW8bit", .adafactor: "torch.optim.Adafactor", .sgd: "torch.optim.SGD",
        .plainSGD: "torch.optim.SGD", .lion: "bitsandbytes.optim.Lion",
    ]

    private var limits: [String] {
        let s = plan.strategy
        var limits = [
            "The weights and the dataset are the user's: CHECKPOINT is the folder of `tune download`, FILES the number in its files' names."
        ]
        if s.pipeline > 1 {
            limits.append("torchtune trains without pipelines, so that pp \(s.pipeline) is lost and the sizes do not fill the GPUs.")
        }
        if s.tensor > 1 { limits.append("Tensor parallelism of \(s.tensor) is not written.") }
        if s.context > 1 { limits.append("Context parallelism of \(s.context) is not written.") }
        if !isAlone, s.sharding == .none || s.sharding == .zero1 {
            limits.append("Its recipes on several GPUs shard everything; there is no sharding \(s.sharding.rawValue).")
        }
        if s.sharding == .zero2 || s.sharding == .zero3, s.shardGroup < s.data {
            limits.append("State is sharded over all \(s.data) data-parallel ranks.")
        }
        if s.recompute == .selective { limits.append("Modules cannot be recomputed one by one; nothing is recomputed.") }
        if s.recompute == .full, s.recomputeLayers < (plan.stageLayers.max() ?? 0) {
            limits.append("Full recomputation covers every layer, not \(s.recomputeLayers) of a stage.")
        }
        if Self.optimizers[plan.job.optimizer] == nil {
            limits.append("The optimizer is AdamW rather than \(plan.job.optimizer.rawValue).")
        }
        if plan.job.precision != .fp32, plan.job.optimizer.hasMasterWeights {
            limits.append("Trained weights and their states are bf16, without copies in fp32: less memory than planned.")
        }
        if plan.job.precision != .fp32, plan.job.precision != .bf16 {
            limits.append("\(plan.job.precision.rawValue) is not written; products run in bf16.")
        }
        let moves: Set<Offload.Part> = s.offload.parameters && !isAlone ? [.optimizer, .parameters] : []
        return limits + plan.offloadLimits(moves.union(s.recompute == .full ? [.checkpoints] : [])) + plan.packingLimits(.trainer)
    }
}
