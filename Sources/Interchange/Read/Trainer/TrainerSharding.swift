import Documents
import Parallelism
import Workload

/// Reads how trainers on Hugging Face's Trainer shard state: by DeepSpeed's settings, or by PyTorch's FSDP.
struct TrainerSharding {
    private let kind: TrainerReader.Kind
    private let files: NamedFiles

    init(_ kind: TrainerReader.Kind, _ files: NamedFiles) {
        self.kind = kind
        self.files = files
    }

    /// DeepSpeed's file, or its settings themselves.
    func readDeepSpeed(_ node: YAMLNode, _ result: inout UserConfiguration) throws(DocumentError) {
        guard case .scalar(let scalar) = node else { return try result.take(DeepSpeedReader(node).configuration()) }
        if let document = try files.document(scalar.text) { return try result.take(DeepSpeedReader(document).configuration()) }
        let name = scalar.text.split(separator: "/").last.map(String.init) ?? scalar.text
        guard let known = Self.shipped[kind == .axolotl || kind == .llamaFactory ? name : ""] else {
            throw DocumentError(
                scalar.location,
                .invalid("the sharding stands in \(scalar.text), which is not there", remedy: "put the file where it is named"))
        }
        result.strategy["optimizer-sharding"] = ["none", "zero1", "zero2", "zero3"][known.stage]
        result.defaults["optimizer-sharding"] = "as \(kind.name)'s own \(name) has it, which is not there"
        DeepSpeedReader.offload(
            optimizer: known.offloads ? "cpu" : nil, share: 1, parameters: known.offloads && known.stage == 3 ? "cpu" : nil, &result)
        DeepSpeedReader.overlap(nil, stage: known.stage, &result)
        DeepSpeedReader.gradients(nil, &result)
    }

    /// Files of `examples/deepspeed` (LLaMA-Factory 0.9) and `deepspeed_configs` (Axolotl 0.8 and later): stage, and whether state lives on the host.
    private static let shipped: [String: (stage: Int, offloads: Bool)] = [
        "ds_z0_config.json": (0, false), "ds_z2_config.json": (2, false), "ds_z2_offload_config.json": (2, true),
        "ds_z3_config.json": (3, false), "ds_z3_offload_config.json": (3, true), "zero1.json": (1, false), "zero2.json": (2, false),
        "zero3.json": (3, false), "zero3_bf16.json": (3, false), "zero3_bf16_cpuoffload_all.json": (3, true),
    ]

    /// `fsdp: full_shard auto_wrap offload`, a list of such words, or a switch, and `fsdp_config`, as a section or a file.
    func readFSDP(_ words: YAMLNode?, _ settings: YAMLNode?, version: Int?, _ result: inout UserConfiguration) throws(DocumentError) {
        var entries = ConfigurationEntries()
        let start = (words ?? settings)?.location ?? SourceLocation(file: "")
        entries.set("distributed_type", ["FSDP"], start)
        if let version { entries.set("fsdp_config.fsdp_version", [String(version)], start) }
        if let settings { try set(settings, &entries) }
        for word in Self.words(words) {
            switch word.text.lowercased() {
            case "full_shard", "true": break
            case "shard_grad_op": entries.set("fsdp_config.fsdp_sharding_strategy", ["SHARD_GRAD_OP"], word.location)
            case "hybrid_shard": entries.set("fsdp_config.fsdp_sharding_strategy", ["HYBRID_SHARD"], word.location)
            case "hybrid_shard_zero2": entries.set("fsdp_config.fsdp_sharding_strategy", ["HYBRID_SHARD_ZERO2"], word.location)
            case "no_shard": entries.set("fsdp_config.fsdp_sharding_strategy", ["NO_SHARD"], word.location)
            case "offload": entries.set("fsdp_config.fsdp_offload_params", ["true"], word.location)
            case "auto_wrap", "": break
            case "false": return
            case let other:
                throw DocumentError(
                    word.location,
                    .unknownChoice(
                        other, nearest: nil,
                        legal: ["full_shard", "shard_grad_op", "hybrid_shard", "hybrid_shard_zero2", "no_shard", "offload", "auto_wrap"]))
            }
        }
        try AccelerateReader(entries.node(start.file)).sharding(&result)
        if entries.word("fsdp_config.fsdp_sharding_strategy")?.hasPrefix("HYBRID") ?? false {
            result.notes.append("Shards fill the whole cluster; copies over its machines are not counted (--dp-replicate).")
        }
    }

    /// The keys of a section, which Accelerate's reader knows below its own.
    private func set(_ settings: YAMLNode, _ entries: inout ConfigurationEntries) throws(DocumentError) {
        var node = settings
        if case .scalar(let scalar) = settings {
            guard let document = try files.document(scalar.text) else {
                throw DocumentError(
                    scalar.location,
                    .invalid("the sharding stands in \(scalar.text), which is not there", remedy: "put the file where it is named"))
            }
            node = document
        }
        guard case .mapping(let fields, let location) = node else { return entries.set(node, under: "fsdp_config.") }
        entries.set(.mapping(fields.filter { !Self.silent.contains($0.key.text) }, location: location), under: "fsdp_config.")
    }

    /// Keys that trainers take beside Accelerate's, without effect on time and memory of a step.
    private static let silent: Set = [
        "limit_all_gathers", "fsdp_limit_all_gathers", "final_state_dict_type", "fsdp_final_state_dict_type", "cpu_offload_pin_memory",
        "mixed_precision_policy", "xla", "xla_fsdp_settings", "xla_fsdp_grad_ckpt", "xla_fsdp_v2",
    ]

    private static func words(_ node: YAMLNode?) -> [YAMLScalar] {
        switch node {
        case .scalar(let scalar)? where !scalar.isNull:
            scalar.text.split(whereSeparator: { $0 == " " || $0 == "," }).map {
                YAMLScalar(text: String($0), isQuoted: true, location: scalar.location)
            }
        case .sequence(let items, _)?: items.compactMap { if case .scalar(let scalar) = $0 { scalar } else { nil } }
        default: []
        }
    }

    /// The stack of PEFT and the Trainer where it can launch the sharding, otherwise the one whose sharding it is.
    static func chooseStack(_ result: inout UserConfiguration) {
        let sharding = result.strategy["optimizer-sharding"] ?? "none"
        let isOwn = ["tp", "pp", "cp"].allSatisfy { (result.strategy[$0] ?? "1") == "1" }
        guard isOwn else { return }
        if sharding != "zero1" {
            result.stack = "transformers"
        } else if result.method?.adapters == nil {
            result.stack = "megatron-deepspeed"
        } else {
            result.stack = "transformers"
            result.strategy["optimizer-sharding"] = "zero2"
            result.notes.append("ZeRO-1 of adapters is priced as ZeRO-2, whose gradients are as few.")
        }
    }
}

extension UserConfiguration {
    /// Takes what DeepSpeed's own settings say of sharding, formats and what lives beside the GPU.
    mutating func take(_ settings: UserConfiguration) {
        for key in ["optimizer-sharding", "offload", "shard-group", "tp", "cp", "cp-kind", "sequence-parallel"] {
            if let value = settings.strategy[key] { strategy[key] = value }
        }
        if settings.strategy["optimizer-sharding"] == nil { strategy["optimizer-sharding"] = "none" }
        gradientFormat = settings.gradientFormat
        overlapsDataParallel = settings.overlapsDataParallel
        for key in ["grad-dtype", "overlap-data-parallel"] { defaults[key] = settings.defaults[key] }
        unmodelled += settings.unmodelled
        unread += settings.unread
        notes += settings.notes
    }
}
