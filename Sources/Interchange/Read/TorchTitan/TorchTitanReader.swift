import Documents
import Parallelism
import Schedules
import Workload

/// Reads the TOML of TorchTitan (2024 to v0.2.2), the JSON that it saves of a configuration (also of 0.3 and later), the Python of 0.3 and later,
/// and the commands that start it.
struct TorchTitanReader {
    private let document: ConfigurationDocument
    private var notes: [String] = []

    init(_ node: YAMLNode) throws(DocumentError) {
        document = try ConfigurationDocument(node, TorchTitanKeys.table, as: "TorchTitan's file")
    }

    /// Settings that were collected, with what was assumed.
    init(_ entries: TorchTitanEntries, file: String) throws(DocumentError) {
        try self.init(entries.node(file))
        notes = entries.notes
        if entries.isLater, !entries.has("training.disable_cuda_graphs") {
            notes.append("Kernels are priced as launched by the host, one by one, although 0.3 captures graphs where it can.")
        }
    }

    /// A file, which is JSON where it begins as an object.
    ///
    /// - Parameter function: the function of a file of Python that is meant; the only one unless given.
    init(text: String, file: String, function: String? = nil) throws(DocumentError) {
        if text.first(where: { !$0.isWhitespace }) == "{" {
            try self.init(JSONDocument.parse(text: text, file: file))
        } else if file.hasSuffix(".toml") {
            try self.init(TOMLDocument.parse(text: text, file: file))
        } else if function != nil || TorchTitanPython.isMeant(text, file: file) {
            try self.init(TorchTitanPython(text: text, file: file, function: function).result, file: file)
        } else if TorchTitanLaunch.isMeant(text) {
            try self.init(TorchTitanLaunch(text: text, file: file).result, file: file)
        } else {
            try self.init(TOMLDocument.parse(text: text, file: file))
        }
    }

    /// Everything that the file says.
    func configuration() throws(DocumentError) -> UserConfiguration {
        var document = document
        try document.refuse()
        var result = UserConfiguration(.torchtitan, stack: "torchtitan")
        result.optimizer = .adam
        let name = try document.text("model.name")
        let flavour = try document.text("model.flavor")
        if name != nil || flavour != nil || document.hasSection("model") {
            result.modelName = TorchTitanModels.shipped(model: name ?? "llama3", flavour: flavour ?? "debugmodel")
            if result.modelName == nil { result.unknownModel = "\(name ?? "llama3") \(flavour ?? "debugmodel")" }
        }
        try Self.readDegrees(&document, &result)
        try Self.readSharding(&document, &result)
        try readBatch(&document, &result)
        try TorchTitanStages.read(&document, &result)
        try Self.readRecomputation(&document, &result)
        try readFormats(&document, &result)
        try readOptimizer(&document, &result)
        document.finish(&result)
        result.notes = notes + result.notes
        return result
    }

    /// Reads sequences: of a rank before 0.3, tokens of a forward pass since.
    private func readBatch(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: -1...Self.mostTokens)
        let length = try document.value("training.seq_len", .int(in: 1...ModelLimits.sequenceLength.upperBound))
        result.sequenceLength = length
        let batch = try document.value("training.global_batch_size", size)
        if let batch, batch > 0 { result.globalBatch = batch }
        let isPipeline = (result.strategy["pp"] ?? "1") != "1"
        let tokens = try document.value("training.num_tokens_per_microbatch_per_dp_rank", size)
        let stepTokens = try document.value("training.num_tokens_per_train_step", size)
        let parts = try document.value("parallelism.num_pp_microbatches", .int(in: 1...65_536)) ?? 1
        if tokens != nil || stepTokens != nil {
            // `TrainingConfig`: 16,384 tokens of at most 2,048 a sequence.
            let tokens = tokens.flatMap { $0 > 0 ? $0 : nil } ?? 16_384
            let sequence = length ?? 2_048
            result.sequenceLength = sequence
            let sequences = max(1, tokens / sequence)
            if tokens % sequence != 0 {
                result.notes.append("\(tokens) tokens of a forward pass are priced as \(sequences) sequences of \(sequence).")
            }
            result.strategy["micro-batch-size"] = String(sequences)
            let (whole, isTooMany) = sequences.multipliedReportingOverflow(by: isPipeline ? parts : 1)
            if let stepTokens, stepTokens > 0 {
                result.globalBatch = max(1, stepTokens / sequence)
            } else if !isTooMany {
                result.sequencesPerRank = whole
            }
            return
        }
        let local = try document.value("training.local_batch_size", size).flatMap { $0 > 0 ? $0 : nil }
        // `JobConfig`: a local batch of 8 sequences, and of the whole batch as many as the ranks have.
        if local == nil { result.notes.append("The local batch is not stated; TorchTitan's 8 sequences are assumed.") }
        let sequences = local ?? 8
        // With a pipeline the local batch is all micro-batches of a step, otherwise one of them.
        let micro = try microBatch(&document, sequences, isPipeline: isPipeline, &result)
        result.strategy["micro-batch-size"] = String(micro)
        if result.globalBatch == nil { result.sequencesPerRank = sequences }
    }

    /// Sequences of a micro-batch: the local batch, or in a pipeline a part of it, which was stated by its count until April 2025.
    private func microBatch(
        _ document: inout ConfigurationDocument, _ sequences: Int, isPipeline: Bool, _ result: inout UserConfiguration
    ) throws(DocumentError) -> Int {
        let size = try document.value("parallelism.pipeline_parallel_microbatch_size", .int(in: 1...65_536))
        let stated = try document.value("parallelism.pipeline_parallel_microbatches", .int(in: 1...65_536))
        guard isPipeline else { return sequences }
        if let size { return size }
        let isOld = document.isSpelt("parallelism.pipeline_parallel_degree", in: ["experimental", "training"])
        guard stated != nil || isOld else { return 1 }
        let schedule = try document.text("parallelism.pipeline_parallel_schedule") ?? "1F1B"
        let isLooped = Self.schedule(schedule).map { ![.oneForwardOneBackward, .gpipe].contains($0) } ?? false
        let count = stated ?? (result.strategy["pp"].flatMap { Int($0) } ?? 1) * (isLooped ? 2 : 1)
        if stated == nil, sequences % count != 0 {
            result.notes.append(
                "A local batch of \(sequences) is not divided by the \(count) micro-batches of its pipeline, which TorchTitan asks for; they are of \(max(1, sequences / count))."
            )
            return max(1, sequences / count)
        }
        guard sequences % count == 0 else {
            throw DocumentError(
                document.location(of: "parallelism.pipeline_parallel_microbatches"),
                .invalid("a local batch of \(sequences) is not divided by \(count) micro-batches", remedy: "TorchTitan refuses it too"))
        }
        return sequences / count
    }

    private func readFormats(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let types: [String: Precision] = ["float32": .fp32, "bfloat16": .bf16]
        func type(_ name: String, _ usual: String) throws(DocumentError) -> Precision {
            let word = try document.text(name) ?? usual
            guard let type = types[word] else {
                throw DocumentError(document.location(of: name), .unknownChoice(word, nearest: nil, legal: types.keys.sorted()))
            }
            return type
        }
        result.precision = try type("training.mixed_precision_param", "bfloat16")
        if try type("training.dtype", "float32") == .bf16 {
            (result.precision, result.gradientFormat, result.optimizer) = (.bf16, .bf16, .adamBF16Moments)
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "training.dtype bfloat16", location: document.location(of: "training.dtype"),
                    instead: "parameters are priced with a copy in fp32, which it does not keep: 4 bytes a parameter more"))
        } else if document.has("training.mixed_precision_reduce") {
            result.gradientFormat = try type("training.mixed_precision_reduce", "float32") == .fp32 ? .fp32 : .bf16
        }
        if try document.flag("float8.enable_float8_linear") ?? false { result.precision = .fp8 }
        // A kind of scaling until July 2024, a switch then.
        if let word = try document.text("training.fp8_linear"), word != "false", !word.isEmpty { result.precision = .fp8 }
        let converters = try document.value("model.converters", .names) ?? []
        if converters.contains(where: { $0.contains("float8") }) { result.precision = .fp8 }
        if converters.contains(where: { $0.hasSuffix(".mx") || $0 == "mx" }) { result.precision = .mxfp8 }
        for section in ["float8", "quantize.dense.float8", "quantize.linear.float8"] {
            try result.readScaling(&document, "\(section).recipe_name")
        }
        if document.hasSection("model_spec") {
            result.notes.append("Formats below 16 bits are part of the model's code since 0.3; state them with --precision.")
        }
    }

    private func readOptimizer(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        func isUnmodelled(_ key: String, _ value: String, _ instead: String) {
            result.unmodelled.append(
                UserConfiguration.Unmodelled(name: "\(key) \(value)", location: document.location(of: key), instead: instead))
        }
        var names = try [document.text("optimizer.name") ?? "AdamW"]
        // Since 0.3 groups of parameters each have an optimizer.
        if case .sequence(let groups, _) = try document.value("optimizer.param_groups", .node) {
            for case .mapping(let entries, _) in groups {
                guard case .scalar(let name) = entries.first(where: { $0.key.text == "optimizer_name" })?.value else { continue }
                names.append(name.text)
            }
        }
        if let other = names.first(where: { !["Adam", "AdamW"].contains($0) }) {
            isUnmodelled(document.has("optimizer.name") ? "optimizer.name" : "optimizer.param_groups", other, "priced as Adam")
        }
        switch try document.text("optimizer.implementation") ?? "fused" {
        case "fused", "foreach": break
        case "fused_opt_states_bf16": result.optimizer = .adamBF16Moments
        case let other: isUnmodelled("optimizer.implementation", other, "the optimizer is taken to be fused")
        }
        if try document.flag("compile.enable") != true {
            result.notes.append("Priced as compiled, as the stack's measured runs are, although compile is not enabled.")
        }
    }

    /// The most tokens of a step that are read.
    private static let mostTokens = 1 << 40

    /// The schedule that has one of PyTorch's names, in any case and with or without underscores.
    static func schedule(_ name: String) -> PipelineSchedule? { schedules[name.lowercased().replacing("_", with: "")] }

    private static let schedules: [String: PipelineSchedule] = [
        "1f1b": .oneForwardOneBackward, "gpipe": .gpipe, "interleaved1f1b": .interleaved, "interleavedzerobubble": .interleavedZeroBubble,
        "loopedbfs": .loopedBFS, "zbvzerobubble": .zbV, "dualpipev": .dualPipeV,
    ]
}

extension YAMLType where Value == [String] {
    /// A list of names, or as it was until April 2025 one text of them with commas.
    static var names: YAMLType {
        YAMLType("a list of names") { node throws(DocumentError) in
            guard case .scalar(let scalar) = node, !scalar.isNull else { return try YAMLType.list(of: .string).read(node) }
            return scalar.text.split(separator: ",").map { String($0.trimmingPrefix(while: \.isWhitespace)) }
        }
    }
}
