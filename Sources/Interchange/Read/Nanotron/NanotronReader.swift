import Documents
import Workload

/// Reads the YAML of nanotron.
struct NanotronReader {
    private let document: ConfigurationDocument

    init(_ node: YAMLNode) throws(DocumentError) { document = try ConfigurationDocument(node, NanotronKeys.table, as: "nanotron's file") }

    /// Everything that the file says.
    func configuration() throws(DocumentError) -> UserConfiguration {
        var document = document
        try document.refuse()
        var result = UserConfiguration(.nanotron, stack: "megatron-core")
        result.model = try NanotronModel.read(&document)
        try readStrategy(&document, &result)
        try readJob(&document, &result)
        document.finish(&result)
        return result
    }

    private func readStrategy(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        var gpus = 1
        for key in ["dp", "pp", "tp", "cp", "ep"] {
            let name = ["cp": "context_parallel_size", "ep": "expert_parallel_size"][key] ?? key
            guard let size = try document.value("parallelism.\(name)", .int(in: 1...65_536)) else {
                if ["dp", "pp", "tp"].contains(key) { throw Self.missing("parallelism.\(key)", document) }
                continue
            }
            if key == "ep" {
                guard result.model?.experts != nil else { continue }
                if size > 1 {
                    result.notes.append("dp is taken to hold the \(size) expert-parallel ranks; nanotron's main starts no such run.")
                }
            } else {
                gpus *= size
            }
            result.strategy[key] = String(size)
        }
        guard gpus <= 16_777_216 else {
            throw DocumentError(
                document.location(of: "parallelism.dp"),
                .invalid("the sizes make \(gpus) GPUs", remedy: "at most 16,777,216 can be priced"))
        }
        result.gpus = gpus
        let isPipeline = result.strategy["pp"] != "1"
        let engine = try document.text("parallelism.pp_engine") ?? "afab"
        guard let schedule = ["afab": "gpipe", "1f1b": "1f1b"][engine] else {
            throw DocumentError(
                document.location(of: "parallelism.pp_engine"), .unknownChoice(engine, nearest: nil, legal: ["1f1b", "afab"]))
        }
        if isPipeline {
            result.strategy["schedule"] = schedule
            if !document.has("parallelism.pp_engine") { result.defaults["schedule"] = "afab, the framework's default" }
        }
        let isTensor = result.strategy["tp"] != "1"
        let mode = try document.text("parallelism.tp_mode")?.uppercased() ?? "ALL_REDUCE"
        result.strategy["sequence-parallel"] = mode == "REDUCE_SCATTER" && isTensor ? "on" : "off"
        if result.model?.experts != nil, isTensor { result.strategy["etp"] = result.strategy["tp"] }
        result.strategy["cp-kind"] = "ring"
        let isRecomputed = try document.flag("parallelism.recompute_layer") ?? false
        result.strategy["recompute"] = isRecomputed ? "full" : "none"
        let stage = try document.value("optimizer.zero_stage", .int(in: 0...3))
        result.strategy["optimizer-sharding"] = ["none", "zero1", "zero2", "zero3"][stage ?? 0]
        if stage == nil { result.defaults["optimizer-sharding"] = "not stated" }
    }

    private func readJob(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        guard let micro = try document.value("tokens.micro_batch_size", size) else {
            throw Self.missing("tokens.micro_batch_size", document)
        }
        let steps = try document.value("tokens.batch_accumulation_per_replica", size) ?? 1
        result.strategy["micro-batch-size"] = String(micro)
        // `Config.global_batch_size`.
        result.globalBatch = micro * steps * (result.strategy["dp"].flatMap { Int($0) } ?? 1)
        result.sequenceLength = try document.value("tokens.sequence_length", .int(in: 1...ModelLimits.sequenceLength.upperBound))
        let type = try document.text("model.dtype")
        switch type ?? "float32" {
        case "bfloat16": result.precision = .bf16
        case "float16": result.precision = .fp16
        case "float32", "double": result.precision = .fp32
        case let other:
            throw DocumentError(
                document.location(of: "model.dtype"), .unknownChoice(other, nearest: nil, legal: ["bfloat16", "float16", "float32"]))
        }
        if type == nil { result.defaults["precision"] = "no dtype is given, the framework's default" }
        let accumulates = try document.flag("optimizer.accumulate_grad_in_fp32") ?? false
        if result.precision != .fp32 { result.gradientFormat = accumulates ? .fp32 : .bf16 }
        let optimizer = try document.text("optimizer.optimizer_factory.name")
        result.optimizer = optimizer == "sgd" ? .sgd : .adam
        if result.precision != .fp32, !accumulates {
            // Without it parameters, gradients and moments all have the format of the model, and there is no copy in fp32.
            result.optimizer = optimizer == "sgd" ? .sgd : .adamBF16Moments
            result.notes.append(
                "Without accumulate_grad_in_fp32 nanotron keeps no copy of the parameters in fp32; priced with one, 4 bytes a parameter.")
        }
    }

    private static func missing(_ name: String, _ document: ConfigurationDocument) -> DocumentError {
        DocumentError(document.location(of: name), .missingKey(name, of: "nanotron's file"))
    }
}
