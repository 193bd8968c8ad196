import Documents
import Parallelism
import Workload

/// The YAML of TRL's supervised fine-tuning with PEFT (`trl/scripts/sft.py`, 0.20 and later), and that of Accelerate where there are several GPUs.
struct TRLFiles {
    private let plan: LaunchConfiguration
    private var names: TrainerNames { TrainerNames(plan) }

    init(_ plan: LaunchConfiguration) { self.plan = plan }

    func files() -> LaunchFiles {
        var warnings = names.limits("TRL")
        if let teacher = plan.job.method.teacher {
            warnings += [
                "The teacher \(teacher.name) is whole on every GPU, and sequences are not packed.",
                "lmbda 0 learns from the dataset alone; what the student generates itself takes time that the plan does not count.",
            ]
            let launch = names.isSharded ? "accelerate launch --config_file accelerate.yaml" : "accelerate launch"
            let own = plan.yamlFile(
                .trl, of: "TRL's GKDTrainer", start: "\(launch) examples/scripts/gkd.py --config trl.yaml", warnings: warnings, fields)
            return names.files(own, startedBy: "\(launch) examples/scripts/gkd.py --config trl.yaml", warnings: warnings)
        }
        let start = names.isSharded ? "trl sft --config trl.yaml --accelerate_config accelerate.yaml" : "trl sft --config trl.yaml"
        let own = plan.yamlFile(.trl, of: "TRL", start: start, warnings: warnings, fields)
        return names.files(own, startedBy: start, warnings: warnings)
    }

    private var fields: [YAMLField] {
        let s = plan.strategy
        var fields: [YAMLField] = [
            YAMLField("model_name_or_path", .text(plan.model.name)), YAMLField("dtype", .text(weights)),
            YAMLField("dataset_name", "DATASET"), YAMLField("output_dir", "./outputs"),
            YAMLField("max_length", .integer(plan.job.sequenceLength)),
            YAMLField("packing", .flag(plan.job.method.teacher == nil && plan.packsSamples)),
            YAMLField("per_device_train_batch_size", .integer(s.microBatch)),
            YAMLField("gradient_accumulation_steps", .integer(s.microBatches)),
            YAMLField("optim", .text(names.optimizer ?? "adamw_torch_fused")),
        ]
        fields += names.optimizerArguments
        // Accelerate would widen 16-bit weights that it shards, were it told of mixed precision.
        fields += names.isPure && names.isSharded ? [YAMLField("bf16", false), YAMLField("fp16", false)] : names.formats
        fields += [
            YAMLField("attn_implementation", .text(plan.job.precision == .fp32 ? "sdpa" : "flash_attention_2")),
            YAMLField("gradient_checkpointing", .flag(s.recompute == .full)),
            YAMLField("activation_offloading", .flag(s.offload.checkpoints)),
        ]
        if let steps = plan.trainingSteps { fields.append(YAMLField("max_steps", .integer(steps))) }
        return fields + adapters + distillation
    }

    /// The format in which weights are loaded: that of trained ones, which AMP widens from, or of frozen ones.
    private var weights: String {
        if plan.job.precision == .fp32 { return "float32" }
        let keepsMasters = plan.job.method.adapters == nil && plan.job.optimizer.hasMasterWeights
        return keepsMasters ? "float32" : plan.job.precision == .fp16 ? "float16" : "bfloat16"
    }

    /// What `GKDConfig` adds: the divergence from the teacher on sequences of the dataset, none generated.
    private var distillation: [YAMLField] {
        guard let teacher = plan.job.method.teacher else { return [] }
        let format = plan.job.precision == .fp32 ? "float32" : plan.job.precision == .fp16 ? "float16" : "bfloat16"
        return [
            YAMLField("teacher_model_name_or_path", .text(teacher.name)), YAMLField("teacher_model_init_kwargs", ["dtype": .text(format)]),
            YAMLField("lmbda", .number(0)), YAMLField("beta", .number(0)), YAMLField("seq_kd", false),
        ]
    }

    private var adapters: [YAMLField] {
        let method = plan.job.method
        guard let adapters = method.adapters else { return [] }
        var fields: [YAMLField] = [
            YAMLField("use_peft", true), YAMLField("lora_r", .integer(adapters.rank)),
            YAMLField("lora_alpha", .integer(Int(adapters.alpha.rounded()))), YAMLField("lora_dropout", .number(adapters.dropout)),
            YAMLField("lora_target_modules", .list((names.targets ?? ["all-linear"]).map { .text($0) })),
        ]
        if adapters.isDecomposed { fields.append(YAMLField("use_dora", true)) }
        switch method.baseFormat {
        case .sixteen, .int4: break
        case .nf4:
            fields += [
                YAMLField("load_in_4bit", true), YAMLField("bnb_4bit_quant_type", "nf4"), YAMLField("use_bnb_nested_quant", true),
            ]
        case .int8: fields.append(YAMLField("load_in_8bit", true))
        }
        return fields
    }

    /// Why TRL cannot train by a method; nil where it can.
    static func problem(_ method: TrainingMethod) -> String? {
        method.frozen.isEmpty ? nil : "its files freeze no parts of a model beside adapters"
    }
}
