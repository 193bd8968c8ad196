import Documents
import Parallelism
import Schedules
import Workload

/// Reads the TOML of TorchTitan (v0.2.2 and before).
struct TorchTitanReader {
    private var root: ConfigurationSection

    init(_ node: YAMLNode) throws(DocumentError) { root = try ConfigurationSection(node, named: "torchtitan") }

    func configuration() throws(DocumentError) -> UserConfiguration {
        var root = root
        var result = UserConfiguration(.torchtitan, stack: "torchtitan")
        var converters: [String] = []
        if var model = try root.section("model") {
            let name = try model.value("name", .string)
            let flavour = try model.value("flavor", .string)
            result.modelName = TorchTitanModels.shipped(model: name ?? "llama3", flavour: flavour ?? "debugmodel")
            if result.modelName == nil { result.unknownModel = "\(name ?? "llama3") \(flavour ?? "debugmodel")" }
            converters = try model.value("converters", .list(of: .string)) ?? []
        }
        var oldSections: [ConfigurationSection] = []
        var local: Int?
        if var training = try root.section("training") {
            local = try readTraining(&training, &result)
            oldSections.append(training)
        }
        // Before v0.1 (early 2025) degrees stood in [training] and [experimental].
        if let experimental = try root.section("experimental") { oldSections.append(experimental) }
        var parallelism = try root.section("parallelism").map { [$0] } ?? []
        parallelism += oldSections
        try readParallelism(&parallelism, &result)
        if let training = parallelism.first(where: { $0.name == "training" }) { result.unread += training.unread }
        if let own = parallelism.first(where: { $0.name == "parallelism" }) { result.unread += own.unread }
        if var checkpoint = try root.section("activation_checkpoint") { try readRecomputation(&checkpoint, &result) }
        // Without expert parallelism the experts are split as the dense part is.
        if (result.strategy["ep"] ?? "1") == "1", result.modelName.map(TorchTitanModels.hasExperts) ?? false {
            result.strategy["etp"] = result.strategy["tp"] ?? "1"
        }
        // `JobConfig`: a local batch of 8 sequences, and of the whole batch as many as the ranks have.
        if local == nil { result.notes.append("The local batch is not stated; TorchTitan's 8 sequences are assumed.") }
        let sequences = local ?? 8
        // With a pipeline the local batch is all micro-batches of a step, otherwise one of them.
        let isPipeline = (result.strategy["pp"] ?? "1") != "1"
        result.strategy["micro-batch-size"] = isPipeline ? result.strategy["micro-batch-size"] ?? "1" : String(sequences)
        if result.globalBatch == nil { result.sequencesPerRank = sequences }
        if var float8 = try root.section("float8"), try float8.value("enable_float8_linear", .bool) ?? false { result.precision = .fp8 }
        if converters.contains(where: { $0.contains("float8") }) { result.precision = .fp8 }
        if converters.contains(where: { $0.hasSuffix(".mx") || $0 == "mx" }) { result.precision = .mxfp8 }
        result.optimizer = .adam
        root.skip(
            "job", "profiling", "metrics", "optimizer", "lr_scheduler", "checkpoint", "compile", "comm", "validation",
            "memory_estimation", "quantize", "mx", "fault_tolerance", "debug")
        result.unread += root.unread
        return result
    }

    /// Reads batch and sequence, and gives the sequences of a step of one data-parallel rank where they are stated.
    private func readTraining(_ section: inout ConfigurationSection, _ result: inout UserConfiguration) throws(DocumentError) -> Int? {
        let size = YAMLType<Int>.int(in: -1...16_777_216)
        let old = try section.value("batch_size", size)
        let local = try section.value("local_batch_size", size) ?? old
        if let batch = try section.value("global_batch_size", size), batch > 0 { result.globalBatch = batch }
        result.sequenceLength = try section.value("seq_len", .int(in: 1...ModelLimits.sequenceLength.upperBound))
        let type = try section.value("mixed_precision_param", .string)
        result.precision = type == "float32" ? .fp32 : .bf16
        section.skip(
            "max_norm", "steps", "dataset", "dataset_path", "compile", "seed", "gc_freq", "deterministic", "mixed_precision_reduce",
            "warmup_steps", "enable_cpu_offload", "debug_mode", "dataloader")
        return local.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Reads degrees from whichever sections hold them; the first that states one counts.
    private func readParallelism(_ sections: inout [ConfigurationSection], _ result: inout UserConfiguration) throws(DocumentError) {
        var section = ConfigurationSections(sections)
        defer { sections = section.all }
        let size = YAMLType<Int>.int(in: 1...65_536)
        for (key, name) in [
            ("tp", "tensor_parallel_degree"), ("pp", "pipeline_parallel_degree"), ("cp", "context_parallel_degree"),
            ("ep", "expert_parallel_degree"), ("etp", "expert_tensor_parallel_degree"),
            ("micro-batch-size", "pipeline_parallel_microbatch_size"),
        ] { if let value = try section.value(name, size) { result.strategy[key] = String(value) } }
        let replicate = try section.value("data_parallel_replicate_degree", size) ?? 1
        let shard = try section.value("data_parallel_shard_degree", .int(in: -1...65_536)) ?? -1
        let policy = try section.value("fsdp_reshard_after_forward", .string) ?? "default"
        let isPipeline = (result.strategy["pp"] ?? "1") != "1"
        let keeps = policy == "never" || (policy == "default" && isPipeline)
        // State is shared by the context-parallel ranks too, so that a shard degree of 1 is no sharding only without them.
        let isWhole = shard == 1 && (result.strategy["cp"] ?? "1") == "1"
        result.strategy["optimizer-sharding"] = isWhole ? "none" : keeps ? "zero2" : "zero3"
        if shard > 0 {
            result.strategy["dp"] = String(replicate * shard)
            if !isWhole { result.strategy["shard-group"] = String(shard) }
        } else if replicate > 1 {
            result.notes.append(
                "The shard degree fills the GPUs, so that hybrid sharding over \(replicate) replicas is taken for full sharding.")
        }
        if let name = try section.value("pipeline_parallel_schedule", .string), isPipeline {
            guard let schedule = Self.schedules[name.lowercased()] else {
                throw DocumentError(
                    section.location(of: "pipeline_parallel_schedule"),
                    .unknownChoice(
                        name, nearest: nil,
                        legal: ["1F1B", "GPipe", "Interleaved1F1B", "InterleavedZeroBubble", "LoopedBFS", "ZBVZeroBubble", "DualPipeV"]))
            }
            result.strategy["schedule"] = schedule.rawValue
            if ![.oneForwardOneBackward, .gpipe].contains(schedule) { result.strategy["vpp"] = "2" }
        }
        if let parts = try section.value("module_fqns_per_model_part", .list(of: .list(of: .string))),
            let pipeline = result.strategy["pp"].flatMap({ Int($0) })
        {
            result.strategy["layout"] = parts.map { part in String(part.count { $0.hasPrefix("layers.") }) }.joined(separator: "+")
            result.strategy["vpp"] = String(max(1, parts.count / pipeline))
        }
        let rotation = try section.value("context_parallel_rotate_method", .string)
        result.strategy["cp-kind"] = rotation == "alltoall" ? "ring" : "all-gather"
        section.skip("enable_async_tensor_parallel", "disable_loss_parallel", "enable_compiled_autograd", "expert_parallel_comm_backend")
    }

    private func readRecomputation(_ section: inout ConfigurationSection, _ result: inout UserConfiguration) throws(DocumentError) {
        let mode = try section.value("mode", .string) ?? "selective"
        let option = try section.value("selective_ac_option", .string) ?? "2"
        result.strategy["recompute"] = ["none", "selective", "full"].contains(mode) ? mode : "none"
        if mode == "selective" {
            result.strategy["recompute-modules"] = "matmul_alternate"
            if option != "op" { result.notes.append("Recomputing every \(option)th layer is priced as recomputing every second product.") }
        }
        result.unread += section.unread
    }

    /// Schedules by PyTorch's names in lower case.
    static let schedules: [String: PipelineSchedule] = [
        "1f1b": .oneForwardOneBackward, "gpipe": .gpipe, "interleaved1f1b": .interleaved, "interleavedzerobubble": .interleavedZeroBubble,
        "loopedbfs": .loopedBFS, "zbvzerobubble": .zbV, "dualpipev": .dualPipeV,
    ]
}
