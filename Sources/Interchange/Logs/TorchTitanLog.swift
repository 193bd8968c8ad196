import Documents
import Parallelism
import Schedules
import Workload

/// Lines of TorchTitan that tell its configuration.
private struct TorchTitanLines {
    /// The JSON of `--job.print_config` as far as it has been read, and its first line.
    var json = ""
    var jsonLine: Int?
    var isOpen = false
    /// Sizes of the device mesh by their names in the log.
    var mesh: [String: Int] = [:]
    /// The model and its flavour.
    var model: (name: String, flavour: String)?
    /// Numbers of the line that says the trainer is initialised.
    var localBatch, globalBatch, sequenceLength: Int?
    /// What is recomputed: selective, full or memory_budget.
    var recompute: String?
    /// The pipeline's schedule, and its micro-batches and stages.
    var schedule: (name: String, microBatches: Int, stages: Int)?
    /// Layers of each stage by its number.
    var stages: [Int: Int] = [:]
    /// The format that linear layers are converted to; nil where they stay at 16 bits.
    var eightBit: Precision?
}

/// Lines of TorchTitan: `torchtitan/components/metrics.py` and `torchtitan/train.py` of v0.2.2, `train.py` of 2024, which called `tps` `wps`.
struct TorchTitanLog: LogFormat {
    let framework = TrainingLog.Framework.torchtitan
    private var titan = TorchTitanLines()

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        if titan.isOpen { return continueJSON(line) }
        if let rest = line.after("Running with configs: ") ?? line.after("Running with args: "), rest.hasPrefix("{"), titan.jsonLine == nil
        {
            titan.json = ""
            titan.jsonLine = number
            titan.isOpen = true
            return continueJSON(rest)
        }
        // Ranks begin within a step or two of each other; later this is another start.
        if line.has("Training starts at step"), log.starts.last.map({ $0.steps.count > 2 || $0.outOfMemoryLine != nil }) ?? true {
            log.begin(number)
        }
        readTitanSteps(line, number, &log)
        readTitanConfiguration(line)
    }

    /// JSON goes on to the brace that closes it; each line but the first stands for itself.
    private mutating func continueJSON(_ line: Substring) {
        // Another rank's line in between would break the JSON, which begins none of its lines so.
        guard !line.hasPrefix("[titan]") else { return }
        titan.json += line + "\n"
        // Slurm's labels leave a space before what the program wrote.
        titan.isOpen = !line.hasPrefix("}") && !line.hasPrefix(" }")
    }

    private func readTitanSteps(_ line: Substring, _ number: Int, _ log: inout LogCollector) {
        var rest = line
        while let (start, after) = rest.find("step:") {
            let isValidation = rest[..<start].hasSuffix("validate ")
            rest = after
            guard !isValidation, let (iteration, fields) = after.leadingCount else { continue }
            // The fields of this step end where the next one begins.
            let own = fields.find("step:").map { fields[..<$0.start] } ?? fields
            guard own.has("loss:") else { continue }
            let isTime = !own.has("tps:") && !own.has("wps:")
            // Before tokens a second were logged, in early 2024, the time of an iteration was.
            let speed = own.after("tps:") ?? own.after("wps:") ?? own.after(" iter:")
            guard let (rate, end) = speed?.leadingNumber, rate > 0, end.hasPrefix("  ") else {
                log.cut(number)
                continue
            }
            log.add(TrainingLog.Step(iteration: iteration, pace: isTime ? .seconds(rate) : .tokensPerGPU(rate), line: number))
            if let (memory, unit) = own.after("memory:")?.leadingNumber, unit.hasPrefix("GiB") { log.add(\.reserved, memory, line: number) }
        }
    }

    private mutating func readTitanConfiguration(_ line: Substring) {
        if let rest = line.after("device mesh with parallelism:") {
            for part in rest.split(separator: ",") {
                let sides = part.split(separator: "=")
                if sides.count == 2, let (size, _) = sides[1].leadingCount { titan.mesh[String(sides[0].filter { $0 != " " })] = size }
            }
        } else if let rest = line.after("-D device mesh with ["), let (start, sizes) = rest.find("], [") {
            // As of 2024: Building 2-D device mesh with ['dp', 'tp'], [8, 4].
            let names = rest[..<start].split(separator: ",").map { String($0.filter { !"' ".contains($0) }) }
            for (name, size) in zip(names, sizes.split(separator: ",")) {
                if let (size, _) = size.leadingCount { titan.mesh[name == "dp" ? "dp_shard" : name] = size }
            }
            if titan.mesh["pp"] == nil { titan.mesh["pp"] = 1 }
        } else if line.has("total parameters"), let rest = line.after("Model ") {
            let words = rest.split(separator: " ").prefix(3).map(String.init)
            if words.count == 3, words[2].hasPrefix("size:") { titan.model = (words[0], words[1]) }
        } else if line.has("Trainer is initialized with") || line.has("global batch size") && line.has("sequence length") {
            titan.localBatch = line.after("local batch size")?.leadingCount?.value
            titan.globalBatch = line.after("global batch size")?.leadingCount?.value
            titan.sequenceLength = line.after("sequence length")?.leadingCount?.value
        } else if line.has("activation checkpointing to the model"), let rest = line.after("Applied ") {
            titan.recompute = rest.split(separator: " ").first.map(String.init)
        } else if let rest = line.after("Using pipeline schedule "), let name = rest.split(separator: " ").first {
            if let micro = rest.after("with ")?.leadingCount?.value, let stages = rest.after("microbatches and ")?.leadingCount?.value {
                titan.schedule = (String(name), micro, stages)
            }
        } else if let rest = line.after("is building stage_idx "), let (stage, modules) = rest.leadingCount {
            titan.stages[stage] = modules.split(separator: "'").count { $0.hasPrefix("layers.") }
        } else if line.has("Float8 training active") || line.has("Applied Float8") {
            titan.eightBit = line.has("recipe rowwise") ? .fp8Rowwise : .fp8
        }
    }

    /// Gives every start the configuration that the log tells.
    mutating func finish(_ log: inout LogCollector) throws(DocumentError) {
        guard let configuration = try titanConfiguration(&log) else { return }
        for index in log.starts.indices { log.starts[index].configuration = configuration }
    }

    private func titanConfiguration(_ log: inout LogCollector) throws(DocumentError) -> UserConfiguration? {
        if let line = titan.jsonLine {
            if titan.isOpen {
                log.notes.append("the configuration that begins in line \(line) is cut, so that it is not read")
            } else if let node = try? YAMLDocument.parse(text: titan.json, file: log.file) {
                var result = try TorchTitanReader(node).configuration()
                result.unread = []
                fill(&result)
                return result
            } else {
                log.notes.append("the configuration that begins in line \(line) is mixed with other ranks' lines, so that it is not read")
            }
        }
        guard titan.mesh["pp"] != nil, titan.globalBatch != nil else { return nil }
        return fromLines()
    }

    /// What the mesh says and the configuration leaves to it.
    private func fill(_ result: inout UserConfiguration) {
        guard !titan.mesh.isEmpty else { return }
        let data = (titan.mesh["dp_replicate"] ?? 1) * (titan.mesh["dp_shard"] ?? 1)
        result.gpus = ["pp", "cp", "tp"].reduce(data) { $0 * (titan.mesh[$1] ?? 1) }
        result.strategy["dp"] = String(data)
        result.strategy["dp-replicate"] = nil
        if let shard = titan.mesh["dp_shard"], shard > 1 { result.strategy["shard-group"] = String(shard) }
        if let batch = titan.globalBatch { result.globalBatch = batch }
    }

    /// The configuration from lines alone, where it was not printed whole.
    private func fromLines() -> UserConfiguration {
        var result = UserConfiguration(.torchtitan, stack: "torchtitan")
        for key in ["tp", "pp", "cp", "ep", "etp"] { result.strategy[key] = titan.mesh[key].map(String.init) }
        fill(&result)
        let pipeline = titan.mesh["pp"] ?? 1
        result.sequenceLength = titan.sequenceLength
        result.precision = titan.eightBit ?? .bf16
        result.optimizer = .adam
        if let model = titan.model { result.modelName = TorchTitanModels.shipped(model: model.name, flavour: model.flavour) }
        result.strategy["optimizer-sharding"] = (titan.mesh["dp_shard"] ?? 1) == 1 ? "none" : pipeline > 1 ? "zero2" : "zero3"
        let mode = titan.recompute ?? "none"
        result.strategy["recompute"] = ["selective", "full"].contains(mode) ? mode : "none"
        if mode == "selective" { result.strategy["recompute-modules"] = "matmul_alternate" }
        result.strategy["cp-kind"] = "all-gather"
        if let local = titan.localBatch {
            let micro = titan.schedule.map { max(1, local / max(1, $0.microBatches)) } ?? local
            result.strategy["micro-batch-size"] = String(micro)
        }
        if let schedule = titan.schedule, pipeline > 1 {
            result.strategy["schedule"] = TorchTitanReader.schedule(schedule.name)?.rawValue
            result.strategy["vpp"] = String(max(1, schedule.stages / pipeline))
            if titan.stages.count == schedule.stages {
                result.strategy["layout"] = titan.stages.sorted { $0.key < $1.key }.map { String($0.value) }.joined(separator: "+")
            }
        }
        result.notes.append(
            "The log does not hold its configuration (--job.print_config); what its lines tell is taken, and FSDP's usual resharding.")
        return result
    }
}
