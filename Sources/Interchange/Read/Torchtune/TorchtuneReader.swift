import Documents
import Parallelism
import Workload

/// Reads the YAML of torchtune's recipes of fine-tuning, all of a model or adapters beside it.
struct TorchtuneReader {
    private let document: ConfigurationDocument

    init(_ node: YAMLNode) throws(DocumentError) { document = try ConfigurationDocument(node, TorchtuneKeys.table, as: "torchtune's file") }

    /// Everything that the file says.
    func configuration() throws(DocumentError) -> UserConfiguration {
        var document = document
        // Other parallelism beside sharded data parallelism is what TorchTitan's stack has.
        var result = UserConfiguration(.torchtune, stack: "torchtune")
        if let component = try document.text("model._component_") {
            try refuseOtherModels(component, document)
            result.modelName = TorchtuneModels.shipped(component)
            if result.modelName == nil { result.unknownModel = component }
        }
        try document.refuse()
        result.method = try adapters(&document)
        try readStrategy(&document, &result)
        try readJob(&document, &result)
        document.finish(&result)
        return result
    }

    private func refuseOtherModels(_ component: String, _ document: ConfigurationDocument) throws(DocumentError) {
        let name = component.split(separator: ".").last.map(String.init) ?? component
        let why: String
        if name.contains("vision") || component.contains(".clip.") || component.contains(".flux.") {
            why = "a model of images and text cannot be priced"
        } else if name.contains("classifier") {
            why = "a classifier in place of the head cannot be priced"
        } else {
            return
        }
        throw DocumentError(
            document.location(of: "model._component_"),
            .invalid("model._component_ \(component): \(why)", remedy: "name a fine-tuning of a language model"))
    }

    /// The adapters of a builder of them, with its defaults where the file is silent (`torchtune/models/*/_model_builders.py`); nil for the others.
    private func adapters(_ document: inout ConfigurationDocument) throws(DocumentError) -> TrainingMethod? {
        let component = try document.text("model._component_") ?? ""
        let name = component.split(separator: ".").last.map(String.init) ?? component
        guard name.hasPrefix("lora_") || name.hasPrefix("qlora_") else { return nil }
        var targets: Set<Projection> = []
        for module in try document.value("model.lora_attn_modules", .list(of: .text)) ?? [] {
            guard let named = Projection.named(module) else {
                throw DocumentError(
                    document.location(of: "model.lora_attn_modules"),
                    .unknownChoice(module, nearest: nil, legal: ["q_proj", "k_proj", "v_proj", "output_proj"]))
            }
            targets.formUnion(named)
        }
        if try document.flag("model.apply_lora_to_mlp") ?? false { targets.formUnion(Projection.feedForward) }
        let adapters = Adapters(
            rank: try document.value("model.lora_rank", .int(in: 1...1_048_576)) ?? 8,
            alpha: try document.value("model.lora_alpha", .positive) ?? 16, targets: targets,
            dropout: try document.value("model.lora_dropout", .fraction) ?? 0, isDecomposed: try document.flag("model.use_dora") ?? false)
        let isQuantised = try document.flag("model.quantize_base") ?? name.hasPrefix("qlora_")
        return TrainingMethod(isQuantised ? .qlora : .lora, adapters: adapters, baseFormat: isQuantised ? .nf4 : .sixteen)
    }

    private func readStrategy(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        let tensor = try document.value("tensor_parallel_dim", size)
        let context = try document.value("context_parallel_dim", size)
        if let tensor { result.strategy["tp"] = String(tensor) }
        if let context { result.strategy["cp"] = String(context) }
        if tensor ?? 1 > 1 || context ?? 1 > 1 { result.stack = "torchtitan" }
        let rotation = try document.text("context_parallel_rotate_method")
        result.strategy["cp-kind"] = rotation == "alltoall" ? "ring" : "all-gather"
        let replicate = try document.value("data_parallel_replicate_dim", size) ?? 1
        let shard = try document.value("data_parallel_shard_dim", .int(in: -1...65_536)) ?? -1
        let reshards = try document.flag("fsdp_reshard_after_forward") ?? true
        // State is shared by the context-parallel ranks too, so that a shard of 1 is none only without them.
        let isWhole = shard == 1 && context ?? 1 == 1
        result.strategy["optimizer-sharding"] = isWhole ? "none" : reshards ? "zero3" : "zero2"
        if shard > 0 {
            result.strategy["dp"] = String(replicate * shard)
            if !isWhole { result.strategy["shard-group"] = String(shard) }
        } else if replicate > 1 {
            result.strategy["dp-replicate"] = String(replicate)
        }
        let recomputes = try document.flag("enable_activation_checkpointing") ?? false
        result.strategy["recompute"] = recomputes ? "full" : "none"
        var offload = Offload.none
        if try document.flag("fsdp_cpu_offload") ?? false { (offload.optimizerPercent, offload.parameters) = (100, true) }
        if try document.flag("enable_activation_offloading") ?? false {
            // `torchtune.training.set_activation_checkpointing`: recipes refuse one without the other.
            guard recomputes else {
                throw DocumentError(
                    document.location(of: "enable_activation_offloading"),
                    .invalid("activations move only with checkpointing", remedy: "set enable_activation_checkpointing to true"))
            }
            offload.checkpoints = true
        }
        if !offload.isNone { result.strategy["offload"] = offload.text }
    }

    private func readJob(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        guard let batch = try document.value("batch_size", size) else {
            throw DocumentError(document.location(of: "batch_size"), .missingKey("batch_size", of: "torchtune's file"))
        }
        let steps = try document.value("gradient_accumulation_steps", size) ?? 1
        result.strategy["micro-batch-size"] = String(batch)
        result.sequencesPerRank = batch * steps
        try readLength(&document, &result)
        try readFormats(&document, &result)
    }

    private func readLength(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let length = YAMLType<Int>.int(in: 1...ModelLimits.sequenceLength.upperBound)
        let own = try document.value("dataset.max_seq_len", length)
        result.sequenceLength = try document.value("tokenizer.max_seq_len", length) ?? own
        let isPacked = try document.flag("dataset.packed") ?? false
        result.packing = isPacked ? "best-fit" : "none"
        if !isPacked {
            result.notes.append(
                result.sequenceLength == nil
                    ? "Sequences are as long as the data's, which the file does not state (--seq-len)."
                    : "Sequences are not packed (dataset.packed); all are priced as long as the longest allowed.")
        }
    }

    private func readFormats(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let type = try document.text("dtype") ?? "fp32"
        switch type {
        case "bf16": result.precision = .bf16
        case "fp32": result.precision = .fp32
        default:
            throw DocumentError(document.location(of: "dtype"), .unknownChoice(type, nearest: nil, legal: ["bf16", "fp32"]))
        }
        if try document.flag("enable_fp8_training") ?? false { result.precision = .fp8 }
        try result.readScaling(&document, "fp8_recipe_name")
        let component = try document.text("optimizer._component_") ?? "torch.optim.AdamW"
        let name = component.split(separator: ".").last.map(String.init) ?? component
        let isSGD = name.hasPrefix("SGD")
        guard isSGD || name.contains("Adam") else {
            throw DocumentError(
                document.location(of: "optimizer._component_"),
                .invalid("the optimizer \(component) cannot be priced", remedy: "AdamW, SGD and their bitsandbytes forms can"))
        }
        if isSGD {
            result.optimizer = .sgd
        } else {
            result.optimizer = type == "fp32" ? .adam : .adamBF16
        }
        if type != "fp32" { result.gradientFormat = .bf16 }
        if type != "fp32", isSGD {
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "dtype \(type)", location: document.location(of: "dtype"),
                    instead: "SGD is priced with a copy of the parameters in fp32, which torchtune does not keep: 4 bytes a parameter more")
            )
        }
        let place = document.location(of: "optimizer._component_")
        if name.contains("8bit") || name.contains("4bit") || name.contains("Fp8") {
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "optimizer \(component)", location: place, instead: "moments are priced as \(type == "fp32" ? "fp32" : "bf16")"))
        } else if name.hasPrefix("Paged") || name.contains("Offload") {
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "optimizer \(component)", location: place, instead: "states are taken to stay on the GPU"))
        }
    }
}
