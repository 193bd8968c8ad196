import Documents
import Parallelism
import Workload

/// Reads the JSON of DeepSpeed; values `auto`, which Hugging Face fills in, count as not stated.
struct DeepSpeedReader {
    private let document: ConfigurationDocument

    init(_ node: YAMLNode) throws(DocumentError) {
        document = try ConfigurationDocument(node, DeepSpeedKeys.table, unstated: ["auto"], as: "DeepSpeed's file")
    }

    /// Everything that the file says.
    func configuration() throws(DocumentError) -> UserConfiguration {
        var document = document
        try document.refuse()
        var result = UserConfiguration(.deepspeed, stack: "megatron-deepspeed")
        try readOptimizer(&document, &result)
        try readBatch(&document, &result)
        try readSharding(&document, &result)
        let isBrain = try isOn("bf16.enabled", &document)
        let isHalf = try isOn("fp16.enabled", &document)
        result.precision = isBrain ? .bf16 : isHalf ? .fp16 : .fp32
        if result.precision != .fp32 { try Self.gradients(gradientFormat(&document), &result) }
        if let degree = try document.value("tensor_parallel.autotp_size", .int(in: 0...65_536)) {
            result.strategy["tp"] = String(max(1, degree))
            result.strategy["sequence-parallel"] = "off"
        }
        // Ulysses' ranks, as Arctic Long Sequence Training sets them.
        if let ranks = try document.size("sequence_parallel_size"), ranks > 1 {
            result.strategy["cp"] = String(ranks)
            result.strategy["cp-kind"] = "ulysses"
        }
        if let ranks = try document.size("data_parallel_size") { result.strategy["dp"] = String(ranks) }
        if let stages = try document.size("pipeline.stages") { result.strategy["pp"] = String(stages) }
        let interval = try document.value("pipeline.activation_checkpoint_interval", .int(in: 0...65_536)) ?? 0
        let isOnHost = try document.flag("activation_checkpointing.cpu_checkpointing") ?? false
        if document.has(prefix: "activation_checkpointing") || interval > 0 { result.strategy["recompute"] = "full" }
        if interval == 0, result.strategy["recompute"] != nil {
            result.defaults["recompute"] = "activation_checkpointing says how; the program says whether"
        }
        if isOnHost {
            // Where states move too, the stack is one that keeps these inputs.
            if result.stack == "fsdp" {
                result.strategy["offload"] = Offload(checkpoints: true).text
            } else {
                let name = "activation_checkpointing.cpu_checkpointing"
                result.unmodelled.append(
                    UserConfiguration.Unmodelled(
                        name: "\(name) true", location: document.location(of: name), instead: "inputs of layers stay on the GPU"))
            }
        }
        document.finish(&result)
        return result
    }

    /// The optimizer, which the training program may bring instead.
    private func readOptimizer(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let name = try document.text("optimizer.type")
        switch name?.lowercased() {
        case "sgd": result.optimizer = .sgd
        case nil, "adam", "adamw": result.optimizer = .adam
        default:
            result.optimizer = .adam
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "optimizer.type \(name ?? "")", location: document.location(of: "optimizer.type"), instead: "priced as Adam"))
        }
    }

    private func readBatch(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        result.globalBatch = try document.size("train_batch_size")
        let micro = try document.size("train_micro_batch_size_per_gpu")
        let steps = try document.size("gradient_accumulation_steps")
        if let micro { result.strategy["micro-batch-size"] = String(micro) }
        if let batch = result.globalBatch, let micro, let steps {
            let data = batch / (micro * steps)
            guard data > 0, data * micro * steps == batch else {
                throw DocumentError(
                    document.location(of: "train_batch_size"),
                    .invalid(
                        "train_batch_size \(batch) is no multiple of micro-batch \(micro) × \(steps) accumulation steps",
                        remedy: "it must be their product times the data-parallel ranks"))
            }
            result.strategy["dp"] = String(data)
        }
        // `DeepSpeedConfig._set_batch_related_parameters`: accumulation is 1 unless stated.
        if result.globalBatch == nil, let micro { result.sequencesPerRank = micro * (steps ?? 1) }
    }

    private func readSharding(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let stage = try document.value("zero_optimization.stage", .int(in: 0...3)) ?? 0
        let group = try document.value("zero_optimization.mics_shard_size", .int(in: -1...65_536)) ?? -1
        let overlaps = try document.flag("zero_optimization.overlap_comm")
        guard document.has(prefix: "zero_optimization") else { return }
        result.strategy["optimizer-sharding"] = ["none", "zero1", "zero2", "zero3"][stage]
        // ZeRO-3 of plain data parallelism is what the stack fsdp prices.
        if stage == 3 { result.stack = "fsdp" }
        if group > 0 { result.strategy["shard-group"] = String(group) }
        let optimizer = try document.text("zero_optimization.offload_optimizer.device")
        let parameters = try document.text("zero_optimization.offload_param.device")
        let ratio = try document.value("zero_optimization.offload_optimizer.ratio", .fraction) ?? 1
        // Before `offload_optimizer` and `offload_param` there were switches.
        let isOld = try document.flag("zero_optimization.cpu_offload") ?? false
        let areOld = try document.flag("zero_optimization.cpu_offload_param") ?? false
        Self.offload(
            optimizer: optimizer ?? (isOld ? "cpu" : nil), share: ratio, parameters: parameters ?? (areOld ? "cpu" : nil), &result)
        Self.overlap(overlaps, stage: stage, &result)
    }

    /// What lives beside the GPU, by the devices of optimizer state and parameters: `cpu`, `nvme` or `none`.
    static func offload(optimizer: String?, share: Double, parameters: String?, _ result: inout UserConfiguration) {
        func moves(_ device: String?) -> Bool { device == "cpu" || device == "nvme" }
        var offload = Offload.none
        if moves(optimizer) { offload.optimizerPercent = Int((100 * share).rounded()) }
        offload.parameters = moves(parameters)
        if optimizer == "nvme" { offload.place = .storage }
        if parameters == "nvme" { result.notes.append("Parameters on drives are priced as if they were in the host's memory.") }
        guard offload.movesStates else { return }
        result.stack = "megatron-deepspeed"
        result.strategy["offload"] = offload.text
    }

    /// Whether gradients are reduced beside the backward pass; only ZeRO-3 does so unless told (`DeepSpeedZeroConfig.overlap_comm_valid`).
    static func overlap(_ stated: Bool?, stage: Int, _ result: inout UserConfiguration) {
        guard stage > 0 else { return }
        result.overlapsDataParallel = stated ?? (stage == 3)
        if stated == nil { result.defaults["overlap-data-parallel"] = "DeepSpeed's default for ZeRO-\(stage)" }
    }

    /// The format of gradients, which is the parameters' unless told (`DeepSpeedEngine.get_data_types`).
    static func gradients(_ stated: GradientFormat?, _ result: inout UserConfiguration) {
        guard result.precision != .fp32 else { return }
        result.gradientFormat = stated ?? .bf16
        if stated == nil { result.defaults["grad-dtype"] = "the parameters' 16 bits, DeepSpeed's default" }
    }

    private func gradientFormat(_ document: inout ConfigurationDocument) throws(DocumentError) -> GradientFormat? {
        let name = "data_types.grad_accum_dtype"
        switch try document.text(name) {
        case nil: return nil
        case "fp32", "float32", "torch.float32": return .fp32
        case "bf16", "bfloat16", "torch.bfloat16", "fp16", "float16", "half", "torch.float16": return .bf16
        case let other?:
            throw DocumentError(document.location(of: name), .unknownChoice(other, nearest: nil, legal: ["fp32", "bf16", "fp16"]))
        }
    }

    /// Whether a format is on; `auto`, which Hugging Face turns on where the trainer asks for it, counts.
    private func isOn(_ name: String, _ document: inout ConfigurationDocument) throws(DocumentError) -> Bool {
        let isLeft = document.leaves.contains { leaf in
            guard leaf.entry?.name == name, case .scalar(let scalar) = leaf.node else { return false }
            return scalar.text == "auto"
        }
        return try document.flag(name) ?? isLeft
    }
}

extension YAMLType where Value == Int? {
    /// A positive whole number, or the word `auto` for nil.
    static var sizeOrAuto: YAMLType {
        YAMLType("a positive whole number or \"auto\"") { node throws(DocumentError) in
            if case .scalar(let scalar) = node, scalar.text == "auto" { return nil }
            return try YAMLType<Int>.int(in: 1...16_777_216).read(node)
        }
    }
}
