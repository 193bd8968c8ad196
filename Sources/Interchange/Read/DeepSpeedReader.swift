import Documents
import Workload

/// Reads the JSON of DeepSpeed; values `auto`, which Hugging Face fills in, count as not stated.
struct DeepSpeedReader {
    private let root: ConfigurationSection
    private let document: ConfigurationDocument

    init(_ node: YAMLNode) throws(DocumentError) {
        root = try ConfigurationSection(node, named: "deepspeed")
        document = try ConfigurationDocument(node, DeepSpeedKeys.table, unstated: ["auto"], as: "DeepSpeed's file")
    }

    func configuration() throws(DocumentError) -> UserConfiguration {
        var root = root
        var result = UserConfiguration(.deepspeed, stack: "megatron-deepspeed")
        let size = YAMLType<Int?>.sizeOrAuto
        result.globalBatch = try root.value("train_batch_size", size) ?? nil
        let micro = try root.value("train_micro_batch_size_per_gpu", size) ?? nil
        let steps = try root.value("gradient_accumulation_steps", size) ?? nil
        if let micro { result.strategy["micro-batch-size"] = String(micro) }
        if let batch = result.globalBatch, let micro, let steps {
            let data = batch / (micro * steps)
            guard data > 0, data * micro * steps == batch else {
                throw DocumentError(
                    root.location(of: "train_batch_size"),
                    .invalid(
                        "train_batch_size \(batch) is no multiple of micro-batch \(micro) × \(steps) accumulation steps",
                        remedy: "it must be their product times the data-parallel ranks"))
            }
            result.strategy["dp"] = String(data)
        }
        // `DeepSpeedConfig._set_batch_related_parameters`: accumulation is 1 unless stated.
        if result.globalBatch == nil, let micro { result.sequencesPerRank = micro * (steps ?? 1) }
        if var zero = try root.section("zero_optimization") {
            let stage = try zero.value("stage", .int(in: 0...3)) ?? 0
            result.strategy["optimizer-sharding"] = ["none", "zero1", "zero2", "zero3"][stage]
            // ZeRO-3 of plain data parallelism is what the stack fsdp prices.
            if stage == 3 { result.stack = "fsdp" }
            if let group = try zero.value("mics_shard_size", .int(in: -1...65_536)), group > 0 {
                result.strategy["shard-group"] = String(group)
            }
            for key in ["offload_optimizer", "offload_param"] where try zero.value(key, .node) != nil {
                result.notes.append("\(key) is not priced: states are taken to stay on the GPU.")
            }
        }
        result.precision = try precision(&root)
        if var tensor = try root.section("tensor_parallel"), let degree = try tensor.value("autotp_size", .int(in: 0...65_536)) {
            result.strategy["tp"] = String(max(1, degree))
            result.strategy["sequence-parallel"] = "off"
        }
        if var pipeline = try root.section("pipeline"), let stages = try pipeline.value("stages", size) ?? nil {
            result.strategy["pp"] = String(stages)
        }
        if try root.value("activation_checkpointing", .node) != nil { result.strategy["recompute"] = "full" }
        result.optimizer = .adam
        var document = document
        document.acceptAll()
        document.finish(&result)
        return result
    }

    private func precision(_ root: inout ConfigurationSection) throws(DocumentError) -> Precision {
        var isBrain = false
        var isHalf = false
        if var section = try root.section("bfloat16") { isBrain = try section.value("enabled", .flagOrAuto) ?? false }
        if var section = try root.section("bf16") { isBrain = try section.value("enabled", .flagOrAuto) ?? false }
        if var section = try root.section("fp16") { isHalf = try section.value("enabled", .flagOrAuto) ?? false }
        return isBrain ? .bf16 : isHalf ? .fp16 : .fp32
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

extension YAMLType where Value == Bool {
    /// `true`, `false`, or the word `auto`, which Hugging Face turns on where the trainer asks for it.
    static var flagOrAuto: YAMLType {
        YAMLType("true, false or \"auto\"") { node throws(DocumentError) in
            if case .scalar(let scalar) = node, scalar.text == "auto" { return true }
            return try YAMLType<Bool>.bool.read(node)
        }
    }
}
