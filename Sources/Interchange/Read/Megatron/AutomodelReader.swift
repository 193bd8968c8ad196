import Documents
import Parallelism
import Schedules
import Workload

/// Reads the YAML of NeMo AutoModel's recipes for language models.
struct AutomodelReader {
    private let document: ConfigurationDocument

    init(_ node: YAMLNode) throws(DocumentError) {
        document = try ConfigurationDocument(node, AutomodelKeys.table, unstated: ["none", "None"], as: "AutoModel's file")
    }

    /// Everything that the file says.
    func configuration() throws(DocumentError) -> UserConfiguration {
        var document = document
        try document.refuse()
        // PyTorch's FSDP 2 beside other parallelism is what TorchTitan's stack has.
        var result = UserConfiguration(.automodel, stack: "torchtitan")
        try readModel(&document, &result)
        try readSizes(&document, &result)
        try readPipeline(&document, &result)
        try readJob(&document, &result)
        result.method = try adapters(&document, &result)
        let isPlain = ["tp", "pp", "cp", "ep"].allSatisfy { (result.strategy[$0] ?? "1") == "1" }
        if isPlain, result.precision != .fp8 { result.stack = "transformers" }
        document.finish(&result)
        return result
    }

    private func readModel(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        document.accept("model._target_")
        guard let path = try document.text("model.pretrained_model_name_or_path") else { return }
        result.modelName = HubModels.shipped(path)
        if result.modelName == nil { result.unknownModel = path }
    }

    private func readSizes(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        for key in ["tp", "pp", "cp", "ep"] {
            if let value = try document.value("distributed.\(key)_size", size) { result.strategy[key] = String(value) }
        }
        // Experts are divided over groups of their own, never over tensor-parallel ranks.
        if (result.strategy["ep"] ?? "1") != "1" { result.strategy["etp"] = "1" }
        if let data = try document.value("distributed.dp_size", size) { result.strategy["dp"] = String(data) }
        let target = try document.text("distributed._target_") ?? ""
        let strategy = try document.text("distributed.strategy")?.lowercased() ?? (target.hasSuffix("DDPManager") ? "ddp" : "fsdp2")
        let reshards = try document.flag("distributed.reshard_after_forward")
        let ofExperts = try document.flag("distributed.moe.reshard_after_forward")
        let isPipeline = (result.strategy["pp"] ?? "1") != "1"
        switch strategy {
        case "fsdp2", "fsdp": result.strategy["optimizer-sharding"] = reshards ?? ofExperts ?? !isPipeline ? "zero3" : "zero2"
        case "megatron_fsdp": (result.strategy["optimizer-sharding"], result.stack) = ("zero3", "megatron-fsdp")
        case "ddp": result.strategy["optimizer-sharding"] = "none"
        default:
            throw DocumentError(
                document.location(of: "distributed.strategy"),
                .unknownChoice(strategy, nearest: nil, legal: ["fsdp2", "megatron_fsdp", "ddp"]))
        }
        if let replicas = try document.value("distributed.dp_replicate_size", size), replicas > 1 {
            result.strategy["dp-replicate"] = String(replicas)
        }
        if (result.strategy["tp"] ?? "1") != "1" {
            let isSequence = try document.flag("distributed.sequence_parallel") ?? false
            result.strategy["sequence-parallel"] = isSequence ? "on" : "off"
        } else {
            document.accept("distributed.sequence_parallel")
        }
        if (result.strategy["cp"] ?? "1") != "1" { result.strategy["cp-kind"] = "all-gather" }
        result.strategy["recompute"] = try document.flag("distributed.activation_checkpointing") ?? false ? "full" : "none"
        if let nodes = try document.value("benchmark.num_nodes", size) {
            result.notes.append("The benchmark runs on \(nodes) nodes; the cluster's GPUs count (--gpus).")
        }
        document.accept("distributed.defer_fsdp_grad_sync")
    }

    private func readPipeline(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        let name = try document.text("distributed.pipeline.pp_schedule")
        let micro = try document.value("distributed.pipeline.pp_microbatch_size", size)
        let layers = try document.value("distributed.pipeline.layers_per_stage", size)
        guard let pipeline = result.strategy["pp"].flatMap({ Int($0) }), pipeline > 1 else { return }
        if let micro { result.strategy["micro-batch-size"] = String(micro) }
        if let name {
            guard let schedule = TorchTitanReader.schedule(name) else {
                throw DocumentError(
                    document.location(of: "distributed.pipeline.pp_schedule"),
                    .invalid("the schedule \(name) is not known", remedy: "1F1B, Interleaved1F1B, GPipe, ZBVZeroBubble and their like are"))
            }
            result.strategy["schedule"] = schedule.rawValue
            if schedule == .interleaved {
                // Stages are as many as layers a stage leave, a multiple of the pipeline.
                let known = result.modelName.flatMap { TorchTitanModels.layers($0) }
                if let layers, let known {
                    result.strategy["vpp"] = String(max(2, known / layers / pipeline))
                } else {
                    result.strategy["vpp"] = "2"
                }
                if layers == nil || known == nil { result.defaults["vpp"] = "layers of the model or of a stage are not stated" }
            }
        }
    }

    private func readJob(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        result.globalBatch = try document.size("step_scheduler.global_batch_size")
        if let local = try document.size("step_scheduler.local_batch_size"), result.strategy["micro-batch-size"] == nil {
            result.strategy["micro-batch-size"] = String(local)
        }
        let length = YAMLType<Int>.int(in: 0...ModelLimits.sequenceLength.upperBound)
        let packed = try document.value("packed_sequence.packed_sequence_size", length) ?? 0
        let own = try document.value("dataset.seq_len", length)
        result.sequenceLength = packed > 0 ? packed : own
        result.packing = packed > 0 ? "best-fit" : "none"
        if packed == 0 { result.notes.append("Sequences are not packed; all are priced as long as the longest allowed.") }
        let type = try document.text("model.torch_dtype") ?? "bfloat16"
        result.precision = type.hasSuffix("float32") ? .fp32 : .bf16
        if try document.flag("fp8.enabled") ?? false { result.precision = .fp8 }
        _ = try document.text("model.backend.dispatcher")
        let target = try document.text("optimizer._target_") ?? "torch.optim.AdamW"
        let name = target.split(separator: ".").last.map(String.init) ?? target
        switch name {
        // torch's own optimizers keep states in the format of the parameters, Transformer Engine's in fp32.
        case "Adam", "AdamW": result.optimizer = result.precision == .fp32 ? .adam : .adamBF16
        case "FusedAdam": result.optimizer = .adam
        case "SGD": result.optimizer = .sgd
        case "Muon", "DistMuon", "Dion": result.optimizer = .muon
        default:
            result.optimizer = .adam
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "optimizer._target_ \(target)", location: document.location(of: "optimizer._target_"), instead: "priced as Adam"))
        }
        if result.optimizer == .adamBF16 { result.gradientFormat = .bf16 }
    }

    /// The adapters of `peft`; every weight is trained where there is none.
    private func adapters(
        _ document: inout ConfigurationDocument, _ result: inout UserConfiguration
    ) throws(DocumentError) -> TrainingMethod? {
        guard document.hasSection("peft") else { return nil }
        document.accept("peft._target_")
        let isQuantised = try document.flag("quantization.load_in_4bit") ?? false
        let isByte = try document.flag("quantization.load_in_8bit") ?? false
        let rank = try document.value("peft.dim", .int(in: 1...1_048_576)) ?? 8
        let alpha = try document.value("peft.alpha", .positive) ?? 32
        let isAll = try document.flag("peft.match_all_linear") ?? false
        let named = try document.value("peft.target_modules", .node)
        var targets: Set<Projection> = isAll ? Projection.groups["all-linear"] ?? [] : []
        for word in isAll ? [] : Self.words(named) {
            // `*_proj` and `*.q_proj` are patterns over paths of modules.
            let plain = word.split(separator: ".").last.map(String.init) ?? word
            if ["*", "*_proj", "*proj"].contains(plain) {
                targets.formUnion(Projection.groups["all-linear"] ?? [])
            } else if let meant = Projection.named(plain) {
                targets.formUnion(meant)
            } else {
                throw DocumentError(
                    document.location(of: "peft.target_modules"),
                    .unknownChoice(word, nearest: nil, legal: ["*_proj"] + Projection.allCases.map(\.rawValue)))
            }
        }
        if targets.isEmpty { targets = Projection.groups["all-linear"] ?? [] }
        let adapters = Adapters(
            rank: rank, alpha: alpha, targets: targets, dropout: try document.value("peft.dropout", .fraction) ?? 0,
            isDecomposed: try document.flag("peft.use_dora") ?? false)
        guard isQuantised || isByte else { return TrainingMethod(.lora, adapters: adapters) }
        return TrainingMethod(.qlora, adapters: adapters, baseFormat: isQuantised ? .nf4 : .int8)
    }

    private static func words(_ node: YAMLNode?) -> [String] {
        switch node {
        case .scalar(let scalar)? where !scalar.isNull: [scalar.text]
        case .sequence(let items, _)?: items.compactMap { if case .scalar(let scalar) = $0 { scalar.text } else { nil } }
        default: []
        }
    }
}
