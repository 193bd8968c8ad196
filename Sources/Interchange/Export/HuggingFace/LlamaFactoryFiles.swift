import Documents
import Parallelism
import Workload

/// The YAML of LLaMA-Factory (`llamafactory/hparams`, 0.9 and later), and that of Accelerate where state is sharded.
struct LlamaFactoryFiles {
    private let plan: LaunchConfiguration
    private var names: TrainerNames { TrainerNames(plan) }

    init(_ plan: LaunchConfiguration) { self.plan = plan }

    func files() -> LaunchFiles {
        let warnings = names.limits("LLaMA-Factory")
        let start =
            names.isSharded
            ? "accelerate launch --config_file accelerate.yaml src/train.py llama-factory.yaml"
            : "FORCE_TORCHRUN=1 llamafactory-cli train llama-factory.yaml"
        let own = plan.yamlFile(.llamaFactory, of: "LLaMA-Factory", start: start, warnings: warnings, fields)
        return names.files(own, startedBy: start, warnings: warnings)
    }

    private var fields: [YAMLField] {
        let s = plan.strategy
        var fields: [YAMLField] = [
            YAMLField("model_name_or_path", .text(plan.model.name)), YAMLField("stage", "sft"), YAMLField("do_train", true),
            YAMLField("dataset", "DATASET"), YAMLField("template", "TEMPLATE"), YAMLField("output_dir", "./outputs"),
            YAMLField("cutoff_len", .integer(plan.job.sequenceLength)), YAMLField("packing", .flag(plan.packsSamples)),
            YAMLField("per_device_train_batch_size", .integer(s.microBatch)),
            YAMLField("gradient_accumulation_steps", .integer(s.microBatches)),
            YAMLField("optim", .text(names.optimizer ?? "adamw_torch_fused")),
        ]
        fields += names.optimizerArguments
        // Releases refuse mixed precision beside 16-bit weights (`hparams/parser.py`).
        fields += names.isPure ? [YAMLField("pure_bf16", true)] : names.formats
        // Without it attention runs over whole rows.
        if plan.packing != nil, plan.packsSamples { fields.append(YAMLField("neat_packing", true)) }
        fields += [
            YAMLField("flash_attn", .text(plan.job.precision == .fp32 ? "sdpa" : "fa2")),
            YAMLField("disable_gradient_checkpointing", .flag(s.recompute != .full)),
        ]
        if s.offload.checkpoints { fields.append(YAMLField("use_unsloth_gc", true)) }
        if let steps = plan.trainingSteps { fields.append(YAMLField("max_steps", .integer(steps))) }
        return fields + method
    }

    private var method: [YAMLField] {
        let method = plan.job.method
        guard let adapters = method.adapters else {
            guard let layers = names.trainedLayers else { return [YAMLField("finetuning_type", "full")] }
            return [YAMLField("finetuning_type", "freeze"), YAMLField("freeze_trainable_layers", .integer(layers.count))]
        }
        var fields: [YAMLField] = [
            YAMLField("finetuning_type", "lora"), YAMLField("lora_rank", .integer(adapters.rank)),
            YAMLField("lora_alpha", .integer(Int(adapters.alpha.rounded()))), YAMLField("lora_dropout", .number(adapters.dropout)),
            YAMLField("lora_target", .text(names.targets?.joined(separator: ",") ?? "all")),
        ]
        if adapters.isDecomposed { fields.append(YAMLField("use_dora", true)) }
        switch method.baseFormat {
        case .nf4: fields += [YAMLField("quantization_bit", 4), YAMLField("quantization_method", "bnb")]
        case .int8: fields += [YAMLField("quantization_bit", 8), YAMLField("quantization_method", "bnb")]
        // Weights that GPTQ has made before bring their format with them.
        case .sixteen, .int4: break
        }
        return fields
    }

    /// Why LLaMA-Factory cannot train by a method; nil where it can. Of a model it trains all layers, or the last ones and nothing else.
    static func problem(_ method: TrainingMethod, layers: Int) -> String? {
        guard !method.frozen.isEmpty else { return nil }
        guard method.adapters == nil else { return "adapters on some layers only are not offered" }
        let trained = (0..<layers).filter { !method.frozen.contains($0) }
        let areLast = trained == Array((layers - trained.count)..<layers)
        guard method.frozen.embedding, method.frozen.head, areLast, trained.count < layers else {
            return "it trains the last layers and nothing else: freeze embedding, head and the first layers"
        }
        return nil
    }
}
