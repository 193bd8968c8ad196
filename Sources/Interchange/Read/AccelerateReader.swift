import Documents
import Workload

/// Reads the YAML of Accelerate.
struct AccelerateReader {
    private let root: ConfigurationSection

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
        result.strategy["optimizer-sharding"] = try root.value("distributed_type", .text) == "FSDP" ? "zero3" : "none"
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
        if var parallel = try root.section("parallelism_config") { try read(&parallel, &result) }
        result.optimizer = .adam
        root.skip(
            "compute_environment", "machine_rank", "main_process_ip", "main_process_port", "main_training_function", "num_machines",
            "rdzv_backend", "same_network", "use_cpu", "debug", "downcast_bf16", "enable_cpu_affinity", "tpu_env",
            "tpu_use_cluster", "tpu_use_sudo")
        result.unread += root.unread
        return result
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
