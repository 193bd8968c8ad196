import Documents

/// A table that Weights & Biases exports: a row a step, a column a metric, of one run.
///
/// A chart's export names columns `run - metric` and adds `__MIN` and `__MAX`; the history's names metrics as the program logged them.
struct WandbTable: LogFormat {
    let framework = TrainingLog.Framework.wandb

    /// What a column measures.
    private enum Measure {
        case seconds(Double), rate, tokensPerGPU, tokens, samples, samplesPerGPU
        /// Seconds since the run began, of which differences count.
        case clock
    }

    private static let steps = [
        "_step", "step", "iteration", "global_step", "global step", "trainer/global_step", "train/global_step", "iteration_step",
    ]
    private static let batches = ["batch-size", "batch_size", "global_batch_size", "train/batch-size"]
    /// Names of metrics, the last parts of paths, in order of trust.
    private static let measures: [(name: String, measure: Measure)] = [
        ("iteration-time", .seconds(1)), ("iteration_time", .seconds(1)), ("step_time", .seconds(1)), ("step-time", .seconds(1)),
        ("step_time_s", .seconds(1)), ("time_per_step", .seconds(1)), ("sec_per_step", .seconds(1)),
        ("train_step_timing in s", .seconds(1)), ("time_metrics/end_to_end(s)", .seconds(1)),
        ("elapsed_time_per_iteration", .seconds(1)), ("elapsed_time_per_iteration_ms", .seconds(1e-3)),
        ("time_per_iteration_ms", .seconds(1e-3)), ("iteration_time_ms", .seconds(1e-3)), ("step_time_ms", .seconds(1e-3)),
        ("batches_per_sec", .rate), ("steps_per_second", .rate), ("train_steps_per_second", .rate),
        ("device/tokens_per_sec", .tokensPerGPU), ("tokens_per_sec_per_gpu", .tokensPerGPU), ("tokens_per_second_per_gpu", .tokensPerGPU),
        ("tokens_per_s_per_gpu", .tokensPerGPU), ("tokens/sec/gpu", .tokensPerGPU), ("tokens_per_gpu_per_second", .tokensPerGPU),
        ("throughput(tps)", .tokensPerGPU), ("tps", .tokensPerGPU), ("wps", .tokensPerGPU),
        ("tokens_per_sec", .tokens), ("tokens_per_second", .tokens), ("tokens/sec", .tokens),
        ("device/samples_per_sec", .samplesPerGPU), ("samples_per_sec", .samples), ("samples_per_second", .samples),
        ("samples/sec", .samples), ("train_samples_per_second", .samples),
        ("_runtime", .clock), ("relative time (process)", .clock), ("_timestamp", .clock),
    ]

    private var step: Int?
    private var batch: Int?
    private var value: (column: Int, measure: Measure)?
    private var count = 0
    private var last: (clock: Double, step: Double)?
    private var hasHeader = false

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        if !hasHeader {
            hasHeader = true
            return readHeader(Self.fields(line), &log)
        }
        guard let value else { return }
        let fields = Self.fields(line)
        guard fields.count == count else {
            if !fields.isEmpty { log.cut(number) }
            return
        }
        // Metrics that are logged at other steps leave their fields empty.
        guard let figure = Double(fields[value.column]), figure > 0, figure.isFinite else { return }
        let numbered = step.flatMap { Double(fields[$0]) } ?? Double(number - 1)
        guard numbered >= 0, numbered < 1e9 else { return }
        let before = last
        last = (figure, numbered)
        let pace: TrainingLog.Pace
        if case .clock = value.measure {
            guard let before, numbered > before.step, figure > before.clock else { return }
            pace = .seconds((figure - before.clock) / (numbered - before.step))
        } else {
            pace = Self.pace(value.measure, figure)
        }
        let sequences = batch.flatMap { Double(fields[$0]) }.flatMap { $0 > 0 && $0 < 1e9 ? Int($0.rounded()) : nil }
        log.add(TrainingLog.Step(iteration: Int(numbered), pace: pace, batch: sequences, line: number))
    }

    private static func pace(_ measure: Measure, _ figure: Double) -> TrainingLog.Pace {
        switch measure {
        case .seconds(let unit): .seconds(figure * unit)
        case .rate: .seconds(1 / figure)
        case .tokensPerGPU: .tokensPerGPU(figure)
        case .tokens: .tokens(figure)
        case .samples: .samples(figure)
        case .samplesPerGPU: .samplesPerGPU(figure)
        case .clock: .seconds(figure)
        }
    }

    private mutating func readHeader(_ names: [String], _ log: inout LogCollector) {
        count = names.count
        guard count > 1 else { return }
        // `run - metric`, of which the metric counts; a run may have the separator in its name.
        let metrics = names.map { name in
            (name.hasSuffix("__MIN") || name.hasSuffix("__MAX") ? "" : name.components(" - ").last ?? name).lowercased()
        }
        step = Self.steps.lazy.compactMap { metrics.firstIndex(of: $0) }.first
        batch = Self.batches.lazy.compactMap { metrics.firstIndex(of: $0) }.first
        for (name, measure) in Self.measures {
            let columns = metrics.indices.filter { metrics[$0] == name || metrics[$0].hasSuffix("/\(name)") }
            // Per-device rates end like those of all GPUs.
            let own = columns.filter { !metrics[$0].hasSuffix("device/\(name)") || name.hasPrefix("device/") }
            guard let column = own.first else { continue }
            value = (column, measure)
            if own.count > 1 { log.notes.append("\(own.count) columns are '\(name)'; '\(names[column])' is read") }
            log.notes.append("the column '\(names[column])' is read")
            return
        }
    }

    /// Fields between commas; quoted ones may hold commas and doubled quotes.
    private static func fields(_ line: Substring) -> [String] {
        var result: [String] = []
        var field = ""
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                result.append(field)
                field = ""
            } else if character != "\u{FEFF}" {
                field.append(character)
            }
        }
        result.append(field)
        return result.count == 1 && field.isEmpty ? [] : result
    }
}

extension String {
    /// The parts between separators.
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
