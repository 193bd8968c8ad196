import Documents
import Hardware
import Parallelism
import Workload

/// The YAML of Axolotl (`axolotl/utils/schemas`, 0.19), with FSDP2 where state is sharded.
struct AxolotlFiles {
    private let plan: LaunchConfiguration
    private var names: TrainerNames { TrainerNames(plan) }

    init(_ plan: LaunchConfiguration) { self.plan = plan }

    func files() -> LaunchFiles {
        let warnings = names.limits("Axolotl") + stateLimits
        let start = "axolotl train axolotl.yaml --launcher torchrun -- --nproc_per_node \(perNode)"
        return LaunchFiles(files: [plan.yamlFile(.axolotl, of: "Axolotl", start: start, warnings: warnings, fields)], warnings: warnings)
    }

    /// Axolotl loads weights in the format of the products (`utils/config`, `torch_dtype`); FSDP widens those that are trained to fp32.
    private var stateLimits: [String] {
        guard plan.job.precision == .bf16, plan.job.method.adapters == nil else { return [] }
        if names.isSharded, !plan.job.optimizer.hasMasterWeights {
            return ["FSDP keeps trained weights and their states in fp32, which needs more memory than planned."]
        }
        guard !names.isSharded, plan.job.optimizer.hasMasterWeights else { return [] }
        return ["Trained weights and their states are bf16, without copies in fp32: less memory than planned (--optimizer adam-bf16)."]
    }

    private var perNode: Int { min(plan.cluster.first.gpusPerNode, plan.strategy.worldSize) }

    /// Axolotl refuses bitsandbytes' 8-bit Adam beside FSDP2 and asks for torchao's (its `schemas/validation.py`).
    private var optimizer: String {
        plan.job.optimizer == .adam8Bit && names.isSharded ? "adamw_torch_8bit" : names.optimizer ?? "adamw_torch_fused"
    }

    private var fields: [YAMLField] {
        let s = plan.strategy
        var fields: [YAMLField] = [
            YAMLField("base_model", .text(plan.model.name)), YAMLField("datasets", [["path": "DATASET", "type": "chat_template"]]),
            YAMLField("output_dir", "./outputs"), YAMLField("sequence_len", .integer(plan.job.sequenceLength)),
            YAMLField("sample_packing", .flag(plan.packsSamples)), YAMLField("pad_to_sequence_len", true),
            YAMLField("micro_batch_size", .integer(s.microBatch)), YAMLField("gradient_accumulation_steps", .integer(s.microBatches)),
            YAMLField("optimizer", .text(optimizer)),
            // The schema asks for one; that of the frameworks' own examples.
            YAMLField("learning_rate", .number(plan.job.method.adapters == nil ? 2e-5 : 2e-4)),
        ]
        fields += names.optimizerArguments
        fields += names.formats
        fields += [
            YAMLField("attn_implementation", .text(plan.job.precision == .fp32 ? "sdpa" : "flash_attention_2")),
            YAMLField("gradient_checkpointing", .flag(s.recompute == .full)),
        ]
        if s.offload.checkpoints { fields.append(YAMLField("activation_offloading", true)) }
        if let steps = plan.trainingSteps { fields.append(YAMLField("max_steps", .integer(steps))) }
        fields += method
        if names.isSharded {
            fields += [
                YAMLField("fsdp_version", 2),
                YAMLField(
                    "fsdp_config",
                    [
                        "auto_wrap_policy": "TRANSFORMER_BASED_WRAP", "offload_params": .flag(s.offload.parameters),
                        "state_dict_type": "FULL_STATE_DICT",
                        "reshard_after_forward": .flag(s.sharding == .zero3),
                    ]),
            ]
        }
        return fields
    }

    /// Adapters and frozen parts. Weights of 8 bits go with `adapter: lora`, as do those that GPTQ has made before.
    private var method: [YAMLField] {
        let method = plan.job.method
        guard let adapters = method.adapters else { return trainedParts(method) }
        var fields: [YAMLField] = [
            YAMLField("adapter", .text(method.baseFormat == .nf4 ? "qlora" : "lora")), YAMLField("lora_r", .integer(adapters.rank)),
            YAMLField("lora_alpha", .integer(Int(adapters.alpha.rounded()))), YAMLField("lora_dropout", .number(adapters.dropout)),
        ]
        if let targets = names.targets {
            fields.append(YAMLField("lora_target_modules", .list(targets.map { .text($0) })))
        } else {
            fields.append(YAMLField("lora_target_linear", true))
        }
        if adapters.isDecomposed { fields.append(YAMLField("peft_use_dora", true)) }
        switch method.baseFormat {
        case .sixteen: break
        case .nf4: fields.append(YAMLField("load_in_4bit", true))
        case .int8: fields.append(YAMLField("load_in_8bit", true))
        case .int4: fields.append(YAMLField("gptq", true))
        }
        if let layers = names.trainedLayers {
            fields.append(YAMLField("peft_layers_to_transform", .list(layers.map { .integer($0) })))
        }
        return fields
    }

    /// The parameters that are trained, as expressions on their names; nothing where all are.
    private func trainedParts(_ method: TrainingMethod) -> [YAMLField] {
        guard !method.frozen.isEmpty else { return [] }
        var expressions: [String] = []
        if !method.frozen.embedding { expressions.append("^model\\.embed_tokens") }
        let layers = names.trainedLayers.map { "(\($0.map(String.init).joined(separator: "|")))" } ?? "[0-9]+"
        if names.trainedLayers?.isEmpty != true { expressions.append("^model\\.layers\\.\(layers)\\.") }
        if !method.frozen.head { expressions += ["^model\\.norm", "^lm_head"] }
        return [YAMLField("unfrozen_parameters", .list(expressions.map { .text($0) }))]
    }
}
