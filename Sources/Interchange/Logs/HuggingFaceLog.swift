import Documents

/// Lines of the trainer of Transformers, of what is built on it, and its `trainer_state.json`.
///
/// Bars of tqdm without a title (`trainer_callback.py`, ProgressCallback, 4.50) give the time of steps, the summary at the end
/// `{'train_runtime': …, 'train_samples_per_second': …, 'train_steps_per_second': …}` (`trainer_utils.py`, speed_metrics, rounded to three
/// decimals) that of the whole run. Lines of losses tell no times.
struct HuggingFaceLog: LogFormat {
    let framework = TrainingLog.Framework.huggingface
    /// Steps of the first bar without a title, which is training's; bars of evaluation have others.
    private var total: Int?
    private var runtime, rate, lossStep: Double?
    private var summaryLine = 1
    private var hasPerStep = false
    private var json = PrintedJSON()

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        if json.take(line) { return }
        if line.has("%|"), let bar = ProgressBar(line) {
            guard !bar.extras.has("s/ba"), !bar.extras.has("ba/s") else { return }
            guard bar.title.isEmpty || bar.title.hasPrefix("Train") || bar.title.hasPrefix("Steps") || bar.title.hasSuffix("]:") else {
                return
            }
            if total == nil { total = bar.total }
            guard bar.total == total, bar.done > 0, let time = bar.secondsPerItem else { return }
            hasPerStep = true
            log.add(TrainingLog.Step(iteration: bar.done, pace: .seconds(time), line: number))
            return readSummary(line, number)
        }
        readSummary(line, number)
    }

    private mutating func readSummary(_ line: Substring, _ number: Int) {
        // The dictionary has single quotes, a trainer_state.json double ones.
        if let (value, rest) = Self.value(line, "train_runtime") {
            // A table of metrics writes it as 0:52:01.50.
            summaryLine = number
            if !rest.hasPrefix(":") { runtime = value }
        }
        if let (value, _) = Self.value(line, "train_steps_per_second"), value > 0 { rate = value }
        if let (value, _) = Self.value(line, "global_step") { lossStep = value }
    }

    private static func value(_ line: Substring, _ key: String) -> (value: Double, rest: Substring)? {
        let found: Substring? =
            switch key {
            case "train_runtime": line.after("train_runtime")
            case "train_steps_per_second": line.after("train_steps_per_second")
            default: line.after("\"global_step\"")
            }
        guard let found else { return nil }
        // Newer releases quote numbers too.
        return found.drop { "'\":= ".contains($0) }.leadingNumber
    }

    mutating func finish(_ log: inout LogCollector) throws(DocumentError) {
        if !hasPerStep, let rate {
            let steps = total.map(Double.init) ?? lossStep
            // The runtime is stated with four decimals more than the rate, where the number of steps is known.
            let isExact = steps.map { count in runtime.map { abs(count / $0 - rate) <= 0.0006 } ?? false } ?? false
            let time = isExact ? (runtime ?? 0) / (steps ?? 1) : 1 / rate
            let count = Int(min(1e9, (runtime ?? 0) * rate + 0.5))
            log.add(
                TrainingLog.Step(
                    iteration: max(1, isExact ? Int(min(1e9, steps ?? 1)) : count), pace: .seconds(time), isWholeRun: true,
                    line: summaryLine))
            log.notes.append(
                "the log has no time of single steps: the mean of the whole run is taken, warm-up, evaluation and checkpoints included")
        }
        if let configuration = json.deepSpeed(file: log.file) {
            for index in log.starts.indices where log.starts[index].configuration == nil { log.starts[index].configuration = configuration }
        }
    }
}
