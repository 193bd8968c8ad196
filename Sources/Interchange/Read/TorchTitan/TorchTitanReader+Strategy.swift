import Documents
import Parallelism

extension TorchTitanReader {
    /// Reads the degrees of parallelism.
    static func readDegrees(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        for (key, name) in [
            ("tp", "tensor_parallel_degree"), ("pp", "pipeline_parallel_degree"), ("cp", "context_parallel_degree"),
            ("ep", "expert_parallel_degree"), ("etp", "expert_tensor_parallel_degree"),
        ] { if let value = try document.value("parallelism.\(name)", size) { result.strategy[key] = String(value) } }
        let isTensor = (result.strategy["tp"] ?? "1") != "1"
        if let isSequence = try document.flag("parallelism.enable_sequence_parallel"), isTensor {
            result.strategy["sequence-parallel"] = isSequence ? "on" : "off"
        }
        // Without expert parallelism the experts are split as the dense part is.
        if (result.strategy["ep"] ?? "1") == "1", result.modelName.map(TorchTitanModels.hasExperts) ?? false {
            result.strategy["etp"] = result.strategy["tp"] ?? "1"
        }
        result.packing = "pack"
        result.packingNote =
            "TorchTitan's attention runs over whole rows unless the model's mask is block_causal; documents are priced one by one"
        let rotation = try document.text("parallelism.context_parallel_rotate_method")
        let balancer = try document.text("parallelism.context_parallel_load_balancer")
        let isBalanced = !["", "none", "None", "null"].contains(balancer ?? "headtail")
        result.strategy["cp-kind"] = rotation == "alltoall" ? (isBalanced ? "ring" : "ring-contiguous") : "all-gather"
        if !isBalanced, rotation != "alltoall", result.strategy["cp"] ?? "1" != "1" {
            result.notes.append(
                "Gathered keys are priced with causal work balanced over context ranks, which context_parallel_load_balancer turns off.")
        }
    }

    /// Reads how state is sharded.
    static func readSharding(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let replicate = try document.value("parallelism.data_parallel_replicate_degree", .int(in: 1...65_536)) ?? 1
        let shard = try document.value("parallelism.data_parallel_shard_degree", .int(in: -1...65_536)) ?? -1
        let policy = try document.text("parallelism.fsdp_reshard_after_forward") ?? "default"
        // Until September 2024 `ddp` copied state to all data-parallel ranks.
        let isCopied = try document.text("training.data_parallel_type")?.lowercased() == "ddp"
        let isOffloaded = try document.flag("training.enable_cpu_offload") ?? false
        if isOffloaded { result.strategy["offload"] = UserConfiguration.shardsOnHost.text }
        let isPipeline = (result.strategy["pp"] ?? "1") != "1"
        let keeps = policy == "never" || (policy == "default" && isPipeline)
        // State is shared by the context-parallel ranks too, so that a shard degree of 1 is no sharding only without them.
        let isWhole = isCopied || shard == 1 && (result.strategy["cp"] ?? "1") == "1"
        result.strategy["optimizer-sharding"] = isWhole ? "none" : keeps ? "zero2" : "zero3"
        if shard > 0 {
            result.strategy["dp"] = String(replicate * shard)
            if !isWhole { result.strategy["shard-group"] = String(shard) }
        } else if replicate > 1, !isWhole {
            result.strategy["dp-replicate"] = String(replicate)
        }
    }

    /// Reads what is recomputed; 0.3 states it by the kind of a policy, which a saved configuration shows by its keys.
    static func readRecomputation(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let stated = try document.text("activation_checkpoint.mode")
        let option = try document.text("activation_checkpoint.selective_ac_option") ?? "2"
        document.accept(
            "activation_checkpoint.memory_budget", "activation_checkpoint.preserve_rng_state",
            "activation_checkpoint.force_recompute_mm_shapes_by_fqns")
        let isPolicy = document.hasSection("model_spec")
        var mode = stated ?? "selective"
        if isPolicy, stated == nil {
            if document.has("activation_checkpoint.memory_budget") {
                mode = "memory_budget"
            } else if document.leaves.contains(where: { $0.path == "activation_checkpoint.force_recompute_mm_shapes_by_fqns" }) {
                mode = "selective"
            } else {
                mode = document.hasSection("activation_checkpoint") ? "full" : "none"
            }
        } else if stated == nil {
            result.defaults["recompute"] = "the framework's default"
        }
        switch mode {
        case "none", "full": result.strategy["recompute"] = mode
        case "selective":
            result.strategy["recompute"] = mode
            result.strategy["recompute-modules"] = "matmul_alternate"
            if !isPolicy, option != "op" {
                result.notes.append("Recomputing one layer in \(option) is priced as recomputing every second product.")
            }
        case "memory_budget":
            result.strategy["recompute"] = "selective"
            result.strategy["recompute-modules"] = "matmul_alternate"
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "activation_checkpoint.mode memory_budget", location: document.location(of: "activation_checkpoint.mode"),
                    instead: "priced as recomputing every second product"))
        default:
            throw DocumentError(
                document.location(of: "activation_checkpoint.mode"),
                .unknownChoice(mode, nearest: nil, legal: ["none", "selective", "full", "memory_budget"]))
        }
    }
}
