import Documents
import Workload

/// Reads the YAML of Accelerate.
struct AccelerateReader {
    private let root: ConfigurationSection

    /// What a type of distribution shards where its own part says nothing.
    private static func sharding(of type: String?) -> String { type == "FSDP" ? "zero3" : type == "DEEPSPEED" ? "zero2" : "none" }

    init(_ node: YAMLNode) throws(DocumentError) { root = try ConfigurationSection(node, named: "accelerate") }

    func configuration() throws(DocumentError) -> UserConfiguration {
        var root = root
        var result = UserConfiguration(.accelerate, stack: "fsdp")
        result.gpus = try root.value("num_processes", .int(in: 1...16_777_216))
        switch try root.value("mixed_precision", .text) ?? "no" {
        case "bf16": result.precision = .bf16
        case "fp16": result.precision = .fp16
        case "fp8": result.precision = .fp8
        default: result.precision = .fp32
        }
        result.strategy["optimizer-sharding"] = try Self.sharding(of: root.value("distributed_type", .text))
        if var fsdp = try root.section("fsdp_config") {
            let reshards = try fsdp.value("fsdp_reshard_after_forward", .text)?.lowercased() ?? "true"
            let old = try fsdp.value("fsdp_sharding_strategy", .text)?.uppercased()
            if reshards == "false" || reshards == "shard_grad_op" || old == "SHARD_GRAD_OP" || old == "2" {
                result.strategy["optimizer-sharding"] = "zero2"
            }
            if old == "NO_SHARD" || old == "3" { result.strategy["optimizer-sharding"] = "none" }
            if try fsdp.value("fsdp_activation_checkpointing", .bool) ?? false { result.strategy["recompute"] = "full" }
            if try fsdp.value("fsdp_offload_params", .bool) ?? false {
                result.notes.append("Offloading is not priced: states are taken to stay on the GPU.")
            }
            fsdp.skip(
                "fsdp_version", "fsdp_auto_wrap_policy", "fsdp_state_dict_type", "fsdp_cpu_ram_efficient_loading", "fsdp_backward_prefetch",
                "fsdp_forward_prefetch", "fsdp_use_orig_params", "fsdp_sync_module_states", "fsdp_transformer_layer_cls_to_wrap")
            result.unread += fsdp.unread
        }
        if var deepspeed = try root.section("deepspeed_config") { try readDeepSpeed(&deepspeed, &result) }
        if var megatron = try root.section("megatron_lm_config") { try readMegatron(&megatron, &result) }
        if var parallel = try root.section("parallelism_config") { try read(&parallel, &result) }
        result.optimizer = .adam
        root.skip(
            "compute_environment", "machine_rank", "main_process_ip", "main_process_port", "main_training_function", "num_machines",
            "rdzv_backend", "same_network", "use_cpu", "debug", "downcast_bf16", "enable_cpu_affinity", "tpu_env",
            "tpu_use_cluster", "tpu_use_sudo")
        result.unread += root.unread
        return result
    }

    /// The DeepSpeed part (`accelerate.utils.dataclasses.DeepSpeedPlugin`).
    private func readDeepSpeed(_ section: inout ConfigurationSection, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int?>.sizeOrAuto
        if let file = try section.value("deepspeed_config_file", .string) {
            throw DocumentError(
                section.location(of: "deepspeed_config_file"),
                .invalid("the strategy stands in \(file)", remedy: "read that with deepspeed:\(file)"))
        }
        // ZeRO-2 is the plugin's default.
        let stage = try section.value("zero_stage", .int(in: 0...3)) ?? 2
        result.strategy["optimizer-sharding"] = ["none", "zero1", "zero2", "zero3"][stage]
        // ZeRO-3 of plain data parallelism is what the stack fsdp prices; ZeRO-2 and 1 too, where they have no pipeline.
        if stage < 2 { result.stack = "megatron-deepspeed" }
        let steps = try section.value("gradient_accumulation_steps", size) ?? nil
        let micro = try section.value("train_micro_batch_size_per_gpu", size) ?? nil
        if let micro { result.strategy["micro-batch-size"] = String(micro) }
        if micro == nil {
            result.notes.append("The micro-batch is the script's own; 1 sequence is assumed (train_micro_batch_size_per_gpu).")
        }
        result.sequencesPerRank = (micro ?? 1) * (steps ?? 1)
        for key in ["offload_optimizer_device", "offload_param_device"] {
            guard let device = try section.value(key, .string), device != "none" else { continue }
            result.notes.append("\(key) \(device) is not priced: states are taken to stay on the GPU.")
        }
        section.skip(
            "deepspeed_multinode_launcher", "zero3_init_flag", "zero3_save_16bit_model", "gradient_clipping", "deepspeed_hostfile",
            "deepspeed_exclusion_filter", "deepspeed_inclusion_filter", "offload_optimizer_nvme_path", "offload_param_nvme_path",
            "deepspeed_moe_layer_cls_names")
        result.unread += section.unread
    }

    /// The Megatron part (`accelerate.utils.dataclasses.MegatronLMPlugin`).
    private func readMegatron(_ section: inout ConfigurationSection, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        result.stack = "megatron-core"
        for (key, name) in [("tp", "megatron_lm_tp_degree"), ("pp", "megatron_lm_pp_degree")] {
            if let value = try section.value(name, size) { result.strategy[key] = String(value) }
        }
        let batches = try section.value("megatron_lm_num_micro_batches", size)
        if let batches { result.sequencesPerRank = batches }
        let isSharded = try section.value("megatron_lm_use_distributed_optimizer", .bool) ?? false
        result.strategy["optimizer-sharding"] = isSharded ? "zero1" : "none"
        if try section.value("megatron_lm_sequence_parallelism", .bool) ?? false { result.strategy["sequence-parallel"] = "on" }
        if try section.value("megatron_lm_recompute_activations", .bool) ?? false { result.strategy["recompute"] = "selective" }
        section.skip("megatron_lm_gradient_clipping")
        result.unread += section.unread
    }

    private func read(_ section: inout ConfigurationSection, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        let replicate = try section.value("parallelism_config_dp_replicate_size", size) ?? 1
        let shard = try section.value("parallelism_config_dp_shard_size", size) ?? 1
        result.strategy["dp"] = String(replicate * shard)
        for (key, name) in [("tp", "parallelism_config_tp_size"), ("cp", "parallelism_config_cp_size")] {
            if let value = try section.value(name, size) { result.strategy[key] = String(value) }
        }
        // State is shared by the context-parallel ranks too (`ParallelismConfig.fsdp_dim_names`).
        if shard == 1, (result.strategy["cp"] ?? "1") == "1" {
            result.strategy["optimizer-sharding"] = "none"
        } else if result.strategy["optimizer-sharding"] != "none" {
            result.strategy["shard-group"] = String(shard)
        }
        let rotation = try section.value("parallelism_config_cp_comm_strategy", .string)
        result.strategy["cp-kind"] = rotation == "alltoall" ? "ring" : "all-gather"
        result.unread += section.unread
    }
}
