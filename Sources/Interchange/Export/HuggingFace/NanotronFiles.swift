import Documents
import Parallelism
import Schedules
import Workload

/// The YAML of nanotron (`nanotron/config`), with the parts that a plan decides and the smallest of the rest that it needs.
struct NanotronFiles {
    private let plan: LaunchConfiguration

    init(_ plan: LaunchConfiguration) { self.plan = plan }

    func files() throws(ExportError) -> LaunchFiles {
        let heads = plan.model.attention?.keyValueHeads ?? 1
        guard plan.strategy.tensor <= heads else {
            throw .refusedPlan(
                target: .nanotron,
                reason:
                    "its tensor parallelism of \(plan.strategy.tensor) exceeds the \(heads) key-value heads; plan with --tp of at most that"
            )
        }
        let warnings = limits
        let header = plan.header(
            .nanotron, "Configuration of nanotron; every rank runs run_train.py --config-file nanotron.yaml.", warnings: warnings)
        return LaunchFiles(
            files: [LaunchFile(name: "nanotron.yaml", text: CommentText.lines(header) + YAMLWriter.text(document))],
            warnings: warnings)
    }

    private var document: YAMLContent {
        let s = plan.strategy
        return [
            "general": ["project": "meshwright", "run": .text(plan.jobName), "seed": 42],
            "parallelism": .mapping(
                [
                    YAMLField("dp", .integer(s.data)), YAMLField("pp", .integer(s.pipeline)), YAMLField("tp", .integer(s.tensor)),
                    YAMLField("pp_engine", .text(s.schedule == .gpipe ? "afab" : "1f1b")),
                    YAMLField("tp_mode", .text(s.sequenceParallel ? "REDUCE_SCATTER" : "ALL_REDUCE")),
                    YAMLField("tp_linear_async_communication", .flag(plan.choices.asyncTensorParallel && s.sequenceParallel)),
                    YAMLField("recompute_layer", .flag(s.recompute == .full)),
                ]
                    + (s.context > 1 ? [YAMLField("context_parallel_size", .integer(s.context))] : [])
                    + (s.expert > 1 ? [YAMLField("expert_parallel_size", .integer(s.expert))] : [])),
            "model": ["ddp_bucket_cap_mb": 25, "dtype": .text(dtype), "init_method": ["std": 0.02], "model_config": model],
            "tokens": [
                "sequence_length": .integer(plan.job.sequenceLength), "train_steps": .integer(plan.trainingSteps ?? 20),
                "micro_batch_size": .integer(s.microBatch),
                "batch_accumulation_per_replica": .integer(s.microBatches),
            ],
            "optimizer": [
                "zero_stage": .integer(s.sharding == .none ? 0 : 1), "accumulate_grad_in_fp32": .flag(plan.gradientFormat == .fp32),
                "clip_grad": 1.0, "weight_decay": 0.01,
                "optimizer_factory": [
                    "name": "adamW", "adam_beta1": 0.9, "adam_beta2": 0.95, "adam_eps": 1e-8, "torch_adam_is_fused": true,
                ],
                "learning_rate_scheduler": [
                    "learning_rate": 0.0003, "lr_warmup_steps": 2, "lr_warmup_style": "linear", "lr_decay_style": "cosine",
                    "min_decay_lr": 0.00001,
                ],
            ],
        ]
    }

    private var dtype: String {
        switch plan.job.precision {
        case .fp32: "float32"
        case .fp16: "float16"
        default: "bfloat16"
        }
    }

    private var model: YAMLContent {
        let model = plan.model
        var fields: [YAMLField] = [
            YAMLField("is_llama_config", true), YAMLField("hidden_size", .integer(model.hidden)),
            YAMLField("intermediate_size", .integer(model.feedForward.width)), YAMLField("num_hidden_layers", .integer(model.layers)),
            YAMLField("num_attention_heads", .integer(model.attention?.heads ?? 1)),
            YAMLField("num_key_value_heads", .integer(model.attention?.keyValueHeads ?? 1)),
            YAMLField("vocab_size", .integer(model.vocabulary)),
            YAMLField("max_position_embeddings", .integer(max(plan.job.sequenceLength, model.maxSequenceLength ?? 0))),
            YAMLField("hidden_act", "silu"), YAMLField("tie_word_embeddings", .flag(model.hasTiedEmbeddings)),
            YAMLField("bos_token_id", 1), YAMLField("eos_token_id", 2), YAMLField("use_cache", true),
        ]
        if let rotary = model.rotary { fields.append(YAMLField("rope_theta", .number(Double(rotary.theta)))) }
        return .mapping(fields)
    }

    private var limits: [String] {
        let s = plan.strategy
        var limits: [String] = []
        if ![.gpipe, .oneForwardOneBackward].contains(s.schedule) {
            limits.append("There is no schedule \(s.schedule.rawValue)\(s.virtualStages > 1 ? ", nor virtual stages" : ""); it runs 1F1B.")
        }
        if s.pipeline > 1, !plan.hasEvenLayers { limits.append("Layers are dealt to stages by their cost, not as planned.") }
        if s.sharding == .zero2 || s.sharding == .zero3 { limits.append("Sharding beyond ZeRO-1 is not offered.") }
        if s.sharding != .none, s.replicas > 1 { limits.append("State is sharded over all \(s.data) data-parallel ranks.") }
        if s.expertTensor > 1, plan.model.experts != nil { limits.append("Experts have the tensor parallelism of the dense part.") }
        if plan.model.experts != nil || plan.model.attention?.latent != nil || !plan.model.feedForward.isGated || plan.model.norm != .rms {
            limits.append("The model is described as a Llama of the same sizes; \(plan.model.name) needs a model configuration of its own.")
        }
        if plan.model.positions == .rotary {
            if plan.model.rotary == nil {
                limits.append("The base of the rotary positions is not among the data of \(plan.model.name); nanotron's default applies.")
            } else if let scaling = plan.model.rotary?.scaling {
                limits.append("The scaling of rotary positions (\(scaling.kind.rawValue) by \(scaling.factor)) is not written.")
            }
        }
        if s.recompute == .selective { limits.append("Recomputation of single modules is not offered; nothing is recomputed.") }
        if s.recompute == .full, s.recomputeLayers < (plan.stageLayers.max() ?? 0) {
            limits.append("Full recomputation covers every layer, not \(s.recomputeLayers) of a stage.")
        }
        if s.context > 1, s.contextKind != .ring { limits.append("Context parallelism is a ring.") }
        if plan.job.precision.isLow { limits.append("There is no \(plan.job.precision.rawValue); it runs in bf16.") }
        if plan.job.optimizer != .adam { limits.append("The optimizer is AdamW rather than \(plan.job.optimizer.rawValue).") }
        if s.rankOrder != .tpCpEpDpPp { limits.append("The order of ranks cannot be chosen.") }
        limits += plan.offloadLimits() + plan.packingLimits(.script)
        return limits
    }
}
