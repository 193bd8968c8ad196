import Documents
import Parallelism
import Workload

/// Reads what trainers on Hugging Face's Trainer are told, by a file or by flags.
struct TrainerReader {
    /// Whose settings they are.
    enum Kind {
        /// The Trainer's own, in a script of the user's.
        case arguments
        /// TRL's.
        case trl
        /// LLaMA-Factory's.
        case llamaFactory
        /// Axolotl's.
        case axolotl

        /// The table of its keys.
        var table: FlagTable {
            switch self {
            case .arguments, .trl: TrainerKeys.arguments
            case .llamaFactory: LlamaFactoryKeys.table
            case .axolotl: AxolotlKeys.table
            }
        }

        /// Its name.
        var name: String {
            switch self {
            case .arguments: "the Trainer"
            case .trl: "TRL"
            case .llamaFactory: "LLaMA-Factory"
            case .axolotl: "Axolotl"
            }
        }
    }

    let kind: Kind
    private let files: NamedFiles
    private let document: ConfigurationDocument

    /// The settings of a mapping; `files` are those that they name.
    init(_ node: YAMLNode, _ kind: Kind, files: NamedFiles) throws(DocumentError) {
        self.kind = kind
        self.files = files
        document = try ConfigurationDocument(node, kind.table, as: "the settings of \(kind.name)")
    }

    /// Everything that they say.
    func configuration(_ framework: UserConfiguration.Framework) throws(DocumentError) -> UserConfiguration {
        var result = UserConfiguration(framework, stack: "transformers")
        result.strategy["optimizer-sharding"] = "none"
        try apply(to: &result)
        return result
    }

    /// Sets what they say beside what the launcher has said.
    func apply(to result: inout UserConfiguration) throws(DocumentError) {
        var document = document
        try document.refuse()
        try TrainerMethod(kind).read(&document, &result)
        if let path = try document.text(kind == .axolotl ? "base_model" : "model_name_or_path") {
            result.modelName = HubModels.shipped(path)
            if result.modelName == nil { result.unknownModel = path }
        }
        try readBatch(&document, &result)
        try readPrecision(&document, &result)
        try readOptimizer(&document, &result)
        try readSharding(&document, &result)
        try readRecomputation(&document, &result)
        try readLength(&document, &result)
        if kind == .axolotl { try readParallelism(&document, &result) }
        document.finish(&result)
    }

    private func readBatch(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        let micro = try document.value(kind == .axolotl ? "micro_batch_size" : "per_device_train_batch_size", size)
        let steps = try document.value("gradient_accumulation_steps", size)
        // `TrainingArguments.per_device_train_batch_size` is 8, Axolotl's 1.
        let usual = kind == .axolotl ? 1 : 8
        // What a launcher states of steps counts where the trainer states none; Megatron's micro-batches count in any case.
        let launched = result.strategy["micro-batch-size"] == nil ? result.sequencesPerRank : nil
        result.strategy["micro-batch-size"] = String(micro ?? usual)
        if micro == nil { result.defaults["micro-batch-size"] = "\(kind.name)'s default" }
        let isMegatron = result.stack == "megatron-core" || result.stack == "megatron-fsdp"
        result.sequencesPerRank = (micro ?? usual) * ((isMegatron ? launched ?? steps : steps ?? launched) ?? 1)
        // Axolotl takes the batch of a rank in place of the steps.
        if kind == .axolotl, steps == nil, let batch = try document.value("batch_size", size) { result.sequencesPerRank = batch }
    }

    /// Switches of formats, which Axolotl also leaves to the GPU and TRL turns on.
    private func readPrecision(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        func isOn(_ name: String) throws(DocumentError) -> Bool? {
            guard kind == .axolotl else { return try document.flag(name) }
            return try document.text(name).map { ["true", "auto", "full", "yes", "1"].contains($0.lowercased()) }
        }
        let (brain, half) = (try isOn("bf16"), try isOn("fp16"))
        if brain ?? false {
            result.precision = .bf16
        } else if half ?? false {
            result.precision = .fp16
        } else if brain == nil, kind == .trl || kind == .axolotl {
            result.precision = .bf16
            result.notes.append("Products run in bf16, as \(kind.name) has it where nothing is stated.")
        } else {
            result.precision = result.precision ?? .fp32
        }
    }

    private func readOptimizer(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let key = kind == .axolotl ? "optimizer" : "optim"
        let name = try document.text(key)?.lowercased() ?? "adamw_torch"
        func note(_ instead: String) {
            result.unmodelled.append(
                UserConfiguration.Unmodelled(name: "\(key) \(name)", location: document.location(of: key), instead: instead))
        }
        let arguments = try document.text("optim_args") ?? ""
        let plain = name.hasPrefix("paged_") ? String(name.dropFirst("paged_".count)) : name
        if plain != name { note("states are taken to stay on the GPU") }
        switch plain {
        case "adafactor": result.optimizer = .adafactor
        // torch's SGD without arguments has no momentum (`transformers/trainer_optimizer.py`, `_get_sgd`).
        case "sgd": result.optimizer = arguments.contains("momentum") || document.has("optim_args.momentum") ? .sgd : .plainSGD
        case "lion", "lion_32bit", "lion_pytorch": result.optimizer = .lion
        case let text where text.hasPrefix("adam") && text.contains("8bit"): result.optimizer = .adam8Bit
        case "adamw", "adamw_torch", "adamw_torch_fused", "adamw_hf", "adamw_apex_fused", "adamw_32bit": result.optimizer = .adam
        case "lion_8bit":
            result.optimizer = .lion
            note("priced with states of 32 bits")
        default:
            result.optimizer = .adam
            note("priced as Adam")
        }
        try readWeights(&document, &result)
    }

    /// Weights that are loaded, or trained, in 16 bits have no copy in 32, unless Accelerate widens those that FSDP shards
    /// (`fsdp2_prepare_model`, where it is told of mixed precision) or DeepSpeed keeps its own.
    private func readWeights(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let isSharded =
            document.has("fsdp") || document.has(prefix: "fsdp_config") || document.has("fsdp_config") || document.has("deepspeed")
            || document.has(prefix: "deepspeed") || result.strategy["optimizer-sharding"] ?? "none" != "none"
        var isPure: Bool
        switch kind {
        case .llamaFactory: isPure = try document.flag("pure_bf16") ?? false
        // `utils/config`, `torch_dtype`: weights have the format of the products.
        case .axolotl: isPure = result.precision == .bf16 && !isSharded
        case .arguments, .trl:
            let type = try document.text("torch_dtype") ?? "float32"
            isPure = ["bfloat16", "bf16", "torch.bfloat16"].contains(type)
            let mixes = try document.flag("bf16") ?? (kind == .trl)
            if isPure, isSharded, mixes, result.method?.adapters == nil {
                isPure = false
                result.notes.append("Accelerate widens 16-bit weights that it shards to fp32, as mixed precision is on.")
            }
        }
        guard isPure else { return }
        if !(try document.flag("fp16") ?? false) { result.precision = .bf16 }
        guard result.method?.adapters == nil, let optimizer = result.optimizer else { return }
        if optimizer == .adam {
            result.optimizer = .adamBF16
        } else if optimizer.hasMasterWeights {
            let key = kind == .axolotl ? "optimizer" : "optim"
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "\(key) \(optimizer.rawValue) of 16-bit weights", location: document.location(of: key),
                    instead: "priced with a copy of the parameters in fp32, which is not kept: 4 bytes a parameter more"))
        }
    }

    private func readRecomputation(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        var recomputes: Bool
        var isOnHost: Bool
        switch kind {
        case .llamaFactory:
            recomputes = !(try document.flag("disable_gradient_checkpointing") ?? false)
            isOnHost = try document.flag("use_unsloth_gc") ?? false
            _ = try document.flag("gradient_checkpointing")
            if !document.has("disable_gradient_checkpointing") { result.defaults["recompute"] = "LLaMA-Factory's default" }
        case .axolotl:
            let word = try document.text("gradient_checkpointing")?.lowercased() ?? "false"
            recomputes = word != "false"
            let moves = try document.text("activation_offloading")?.lowercased() ?? "false"
            isOnHost = moves != "false" || word == "offload" || word == "offload_disk" || word == "unsloth"
        case .arguments, .trl:
            let stated = try document.flag("gradient_checkpointing")
            // `trl.trainer.SFTConfig`, since 0.21.
            recomputes = stated ?? (kind == .trl || result.strategy["recompute"] == "full")
            isOnHost = try document.flag("activation_offloading") ?? false
            if stated == nil, kind == .trl { result.defaults["recompute"] = "TRL's default" }
        }
        // Selective recomputation is a launcher's.
        if recomputes || result.strategy["recompute"] != "selective" { result.strategy["recompute"] = recomputes ? "full" : "none" }
        guard isOnHost else { return }
        guard recomputes else {
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "activation_offloading", location: document.location(of: "activation_offloading"),
                    instead: "activations move only where layers are recomputed; they are taken to stay"))
            return
        }
        result.strategy["offload"] = result.strategy["offload"].map { "\($0)+checkpoints" } ?? Offload(checkpoints: true).text
    }

    private func readLength(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let length = YAMLType<Int>.int(in: 1...ModelLimits.sequenceLength.upperBound)
        let isPacked: Bool
        let usual: Int?
        switch kind {
        case .llamaFactory:
            result.sequenceLength = try document.value("cutoff_len", length)
            let isNeat = try document.flag("neat_packing") ?? false
            isPacked = try document.flag("packing") ?? isNeat
            usual = 2048
        case .axolotl:
            result.sequenceLength = try document.value("sequence_len", length)
            isPacked = try document.flag("sample_packing") ?? false
            usual = 512
        case .arguments, .trl:
            let other = try document.value("max_seq_length", length)
            result.sequenceLength = try document.value("max_length", length) ?? other
            isPacked = try document.flag("packing") ?? false
            usual = kind == .trl ? 1024 : nil
        }
        // Trainers pack whole samples, and show each its own tokens alone.
        result.packing = isPacked ? "best-fit" : "none"
        if result.sequenceLength == nil, let usual {
            result.sequenceLength = usual
            result.defaults["seq-len"] = "\(kind.name)'s default"
        }
        if result.sequenceLength == nil {
            result.notes.append("Sequences are as long as the script makes them, which its flags do not state (--seq-len).")
        } else if !isPacked {
            result.notes.append("Sequences are not packed; all are priced as long as the longest allowed.")
        }
    }

    /// What shards states: DeepSpeed's file or section, or PyTorch's FSDP.
    private func readSharding(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        if let node = try document.value("deepspeed", .node) {
            try TrainerSharding(kind, files).readDeepSpeed(node, &result)
        }
        let words = try document.value("fsdp", .node)
        let settings = try document.value("fsdp_config", .node)
        var version: Int?
        if kind == .axolotl { version = try document.value("fsdp_version", .int(in: 1...2)) }
        if words != nil || settings != nil {
            try TrainerSharding(kind, files).readFSDP(words, settings, version: version, &result)
        }
        TrainerSharding.chooseStack(&result)
    }

    /// Axolotl's sizes beside data parallelism.
    private func readParallelism(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        for (key, name) in [("tp", "tensor_parallel_size"), ("cp", "context_parallel_size")] {
            guard let value = try document.value(name, size), value > 1 else { continue }
            result.strategy[key] = String(value)
            result.stack = "torchtitan"
            if key == "cp" { result.strategy["cp-kind"] = "all-gather" }
        }
        let replicate = try document.value("dp_replicate_size", size)
        if let shard = try document.value("dp_shard_size", size) {
            result.strategy["dp"] = String((replicate ?? 1) * shard)
            result.strategy["shard-group"] = String(shard)
        } else if let replicate, replicate > 1 {
            result.strategy["dp-replicate"] = String(replicate)
        }
    }
}
