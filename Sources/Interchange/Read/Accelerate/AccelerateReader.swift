import Documents
import Parallelism
import Workload

/// Reads the YAML of Accelerate.
struct AccelerateReader {
    private let document: ConfigurationDocument
    private let files: NamedFiles
    /// Whether the program's own settings are read beside them, which state the micro-batch.
    private let isProgramRead: Bool

    /// Settings; `files` are those that they name.
    init(_ node: YAMLNode, files: NamedFiles = NamedFiles([:]), isProgramRead: Bool = false) throws(DocumentError) {
        self.isProgramRead = isProgramRead
        document = try ConfigurationDocument(node, AccelerateKeys.table, as: "Accelerate's file")
        self.files = files
    }

    /// What the part of FSDP says, where another framework states it.
    func sharding(_ result: inout UserConfiguration) throws(DocumentError) {
        var document = document
        document.accept("distributed_type")
        try readSharding(&document, of: "FSDP", machines: 1, &result)
        document.finish(&result)
    }

    /// Everything that the file says.
    func configuration() throws(DocumentError) -> UserConfiguration {
        var document = document
        try document.refuse()
        var result = UserConfiguration(.accelerate, stack: "fsdp")
        result.optimizer = .adam
        result.gpus = try document.size("num_processes")
        result.precision = try precision(&document)
        let machines = try document.size("num_machines") ?? 1
        let type = try distribution(&document)
        try readSharding(&document, of: type, machines: machines, &result)
        if document.hasSection("deepspeed_config") || type == "DEEPSPEED" { try readDeepSpeed(&document, &result) }
        if document.hasSection("megatron_lm_config") || type == "MEGATRON_LM" { try readMegatron(&document, &result) }
        if document.hasSection("parallelism_config") || document.hasSection("tp_config") { try readParallelism(&document, &result) }
        document.finish(&result)
        return result
    }

    private func precision(_ document: inout ConfigurationDocument) throws(DocumentError) -> Precision {
        // Before v0.6 there was a switch for fp16 alone.
        let isHalf = try document.flag("fp16") ?? false
        let word = try document.text("mixed_precision")?.lowercased() ?? (isHalf ? "fp16" : "no")
        let precisions: [String: Precision] = ["no": .fp32, "bf16": .bf16, "fp16": .fp16, "fp8": .fp8]
        guard let precision = precisions[word] else {
            throw DocumentError(
                document.location(of: "mixed_precision"), .unknownChoice(word, nearest: nil, legal: ["no", "bf16", "fp16", "fp8"]))
        }
        return precision
    }

    /// How ranks share the work; GPUs are meant by every name but those of other processors.
    private func distribution(_ document: inout ConfigurationDocument) throws(DocumentError) -> String? {
        let type = try document.text("distributed_type")?.uppercased()
        guard let type, ["MULTI_CPU", "TPU", "XLA", "XLA_TPU"].contains(type) else { return type }
        throw DocumentError(
            document.location(of: "distributed_type"),
            .invalid(
                "training on \(type == "MULTI_CPU" ? "CPUs" : "TPUs") cannot be priced",
                remedy: "FSDP, DEEPSPEED, MEGATRON_LM and MULTI_GPU can"))
    }

    /// The part of PyTorch's FSDP (`accelerate.utils.dataclasses.FullyShardedDataParallelPlugin`).
    private func readSharding(
        _ document: inout ConfigurationDocument, of type: String?, machines: Int, _ result: inout UserConfiguration
    ) throws(DocumentError) {
        let reshards = try document.text("fsdp_config.fsdp_reshard_after_forward")?.uppercased()
        let strategy = try document.text("fsdp_config.fsdp_sharding_strategy")?.uppercased()
        let version = try document.value("fsdp_config.fsdp_version", .int(in: 1...2)) ?? 1
        let isRecomputed = try document.flag("fsdp_config.fsdp_activation_checkpointing") ?? false
        // What a type of distribution shards where its own part says nothing.
        result.strategy["optimizer-sharding"] = type == "FSDP" ? "zero3" : type == "DEEPSPEED" ? "zero2" : "none"
        guard document.hasSection("fsdp_config") else { return }
        // FSDP 2 knows only whether it shards again after the forward pass; FSDP 1 takes the strategy from that key where its own is missing.
        let stated = version == 2 ? reshards : strategy ?? reshards
        switch stated ?? "TRUE" {
        case "1", "FULL_SHARD", "TRUE": break
        case "2", "SHARD_GRAD_OP", "FALSE": result.strategy["optimizer-sharding"] = "zero2"
        case "3", "NO_SHARD": result.strategy["optimizer-sharding"] = "none"
        case "4", "HYBRID_SHARD", "5", "HYBRID_SHARD_ZERO2", "_HYBRID_SHARD_ZERO2":
            // Shards within a machine, copies over machines.
            let keeps = stated?.contains { $0 == "5" || $0 == "2" } ?? false
            result.strategy["optimizer-sharding"] = keeps ? "zero2" : "zero3"
            if machines > 1 { result.strategy["dp-replicate"] = String(machines) }
        case let other:
            throw DocumentError(
                document.location(
                    of: stated == reshards ? "fsdp_config.fsdp_reshard_after_forward" : "fsdp_config.fsdp_sharding_strategy"),
                .unknownChoice(
                    other, nearest: nil, legal: ["FULL_SHARD", "SHARD_GRAD_OP", "NO_SHARD", "HYBRID_SHARD", "HYBRID_SHARD_ZERO2"]))
        }
        if isRecomputed { result.strategy["recompute"] = "full" }
        let areInputsOnHost = try document.flag("fsdp_config.fsdp_activation_checkpointing_offload") ?? false
        let areShardsOnHost = try document.flag("fsdp_config.fsdp_offload_params") ?? false
        var offload = areShardsOnHost ? UserConfiguration.shardsOnHost : Offload.none
        offload.checkpoints = isRecomputed && areInputsOnHost
        if !offload.isNone { result.strategy["offload"] = offload.text }
    }

    /// The DeepSpeed part (`accelerate.utils.dataclasses.DeepSpeedPlugin`).
    private func readDeepSpeed(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int?>.sizeOrAuto
        if let file = try document.value("deepspeed_config.deepspeed_config_file", .string) {
            guard let settings = try files.document(file) else {
                throw DocumentError(
                    document.location(of: "deepspeed_config.deepspeed_config_file"),
                    .invalid(
                        "the strategy stands in \(file), which is not there",
                        remedy: "put it where it is named, or read it with deepspeed:\(file)"))
            }
            let written = try DeepSpeedReader(settings).configuration()
            result.stack = written.stack
            result.take(written)
            // Accelerate's own formats and sizes give way to the file's (`utils/dataclasses.py`, `DeepSpeedPlugin`).
            result.precision = written.precision == .fp32 ? result.precision : written.precision
            result.optimizer = written.optimizer ?? result.optimizer
            result.strategy["micro-batch-size"] = written.strategy["micro-batch-size"]
            (result.globalBatch, result.sequencesPerRank) = (written.globalBatch, written.sequencesPerRank)
            return
        }
        // ZeRO-2 is the plugin's default.
        let stage = try document.value("deepspeed_config.zero_stage", .int(in: 0...3)) ?? 2
        result.strategy["optimizer-sharding"] = ["none", "zero1", "zero2", "zero3"][stage]
        // ZeRO-3 of plain data parallelism is what the stack fsdp prices; ZeRO-2 and 1 too, where they have no pipeline.
        if stage < 2 { result.stack = "megatron-deepspeed" }
        DeepSpeedReader.overlap(nil, stage: stage, &result)
        DeepSpeedReader.gradients(nil, &result)
        let steps = try document.value("deepspeed_config.gradient_accumulation_steps", size) ?? nil
        let micro = try document.value("deepspeed_config.train_micro_batch_size_per_gpu", size) ?? nil
        if let micro { result.strategy["micro-batch-size"] = String(micro) }
        if micro == nil, !isProgramRead {
            result.notes.append("The micro-batch is the script's own; 1 sequence is assumed (train_micro_batch_size_per_gpu).")
        }
        result.sequencesPerRank = (micro ?? 1) * (steps ?? 1)
        let optimizer = try document.text("deepspeed_config.offload_optimizer_device")
        let parameters = try document.text("deepspeed_config.offload_param_device")
        DeepSpeedReader.offload(optimizer: optimizer, share: 1, parameters: parameters, &result)
    }

    /// The Megatron part (`accelerate.utils.dataclasses.MegatronLMPlugin`).
    private func readMegatron(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        result.stack = "megatron-core"
        for (key, name) in [
            ("tp", "tp_degree"), ("pp", "pp_degree"), ("cp", "context_parallel_size"), ("ep", "expert_model_parallel_size"),
            ("etp", "expert_tensor_parallel_size"),
        ] {
            if let value = try document.value("megatron_lm_config.megatron_lm_\(name)", size) { result.strategy[key] = String(value) }
        }
        if let batches = try document.value("megatron_lm_config.megatron_lm_num_micro_batches", size) { result.sequencesPerRank = batches }
        if !isProgramRead { result.notes.append("The micro-batch is the script's own; 1 sequence is assumed.") }
        let isSharded = try document.flag("megatron_lm_config.megatron_lm_use_distributed_optimizer") ?? false
        result.strategy["optimizer-sharding"] = isSharded ? "zero1" : "none"
        if try document.flag("megatron_lm_config.megatron_lm_use_custom_fsdp") ?? false {
            result.stack = "megatron-fsdp"
            result.strategy["optimizer-sharding"] = "zero3"
        }
        let overlaps = try document.flag("megatron_lm_config.megatron_lm_overlap_cpu_optimizer_d2h_h2d") ?? false
        if try document.flag("megatron_lm_config.megatron_lm_optimizer_cpu_offload") ?? false {
            result.strategy["offload"] = Offload(optimizerPercent: 100, overlaps: overlaps).text
        }
        let isSequence = try document.flag("megatron_lm_config.megatron_lm_sequence_parallelism") ?? false
        if (result.strategy["tp"] ?? "1") != "1" { result.strategy["sequence-parallel"] = isSequence ? "on" : "off" }
        let isSelective = try document.flag("megatron_lm_config.megatron_lm_recompute_activations") ?? false
        let granularity = try document.text("megatron_lm_config.megatron_lm_recompute_granularity") ?? (isSelective ? "selective" : "none")
        let method = try document.text("megatron_lm_config.megatron_lm_recompute_method")
        let layers = try document.value("megatron_lm_config.megatron_lm_recompute_num_layers", size)
        guard ["none", "selective", "full"].contains(granularity) else {
            throw DocumentError(
                document.location(of: "megatron_lm_config.megatron_lm_recompute_granularity"),
                .unknownChoice(granularity, nearest: nil, legal: ["selective", "full"]))
        }
        result.strategy["recompute"] = granularity
        if granularity == "selective" { result.strategy["recompute-modules"] = "core_attn" }
        // By blocks as many layers of a stage as stated; uniformly all, in groups of as many.
        if granularity == "full", method == "block", let layers { result.strategy["recompute-layers"] = String(layers) }
    }

    /// The sizes of FSDP2 with other parallelism (`accelerate.parallelism_config`).
    private func readParallelism(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        let replicate = try document.value("parallelism_config.parallelism_config_dp_replicate_size", size)
        let shard = try document.value("parallelism_config.parallelism_config_dp_shard_size", size)
        for (key, name) in [("tp", "tp_size"), ("cp", "cp_size")] {
            guard let value = try document.value("parallelism_config.parallelism_config_\(name)", size) else { continue }
            result.strategy[key] = String(value)
            // PyTorch's sharded data parallelism beside other parallelism is what TorchTitan runs.
            if value > 1 { result.stack = "torchtitan" }
        }
        let rotation = try document.text("parallelism_config.parallelism_config_cp_comm_strategy")
        result.strategy["cp-kind"] = rotation == "alltoall" ? "ring" : "all-gather"
        // Sequence parallelism is DeepSpeed's Ulysses.
        if let ranks = try document.value("parallelism_config.parallelism_config_sp_size", size), ranks > 1 {
            result.strategy["cp"] = String(ranks)
            result.strategy["cp-kind"] = "ulysses"
        }
        guard replicate != nil || shard != nil else { return }
        result.strategy["dp"] = String((replicate ?? 1) * (shard ?? 1))
        result.strategy["dp-replicate"] = nil
        // State is shared by the context-parallel ranks too (`ParallelismConfig.fsdp_dim_names`).
        if shard ?? 1 == 1, (result.strategy["cp"] ?? "1") == "1" {
            result.strategy["optimizer-sharding"] = "none"
        } else if result.strategy["optimizer-sharding"] != "none" {
            result.strategy["shard-group"] = String(shard ?? 1)
        }
    }
}
