import Documents

/// MLPerf's lines: `:::MLLOG {"namespace": "", "time_ms": …, "event_type": …, "key": …, "value": …, "metadata": {…}}`
/// (mlperf_logging/mllog/mllog.py, 4.0).
///
/// In order of trust: `tracked_stats` with `train_step_time` in s; `throughput`, in sequences a second but for gpt3, where it counts tokens;
/// the time between `block_start` and `block_stop` over the sequences between them.
struct MLPerfLog: LogFormat {
    let framework = TrainingLog.Framework.mlperf
    private var batch: Int?
    private var sequence: Int?
    private var countsTokens = false
    private var block: (time: Double, count: Double?)?
    private var timed: [TrainingLog.Step] = []
    private var rated: [TrainingLog.Step] = []
    private var blocks: [(count: Double, seconds: Double, at: Double, line: Int)] = []

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        guard let rest = line.after(":::MLLOG") ?? line.after(":::MLPERF") else { return }
        guard rest.has("}"), let key = rest.after("\"key\": \"") else { return log.cut(number) }
        let value = rest.after("\"value\":") ?? ""
        if key.hasPrefix("global_batch_size\"") {
            batch = value.leadingCount?.value
        } else if key.hasPrefix("max_sequence_length\"") {
            sequence = value.leadingCount?.value
        } else if key.hasPrefix("submission_benchmark\"") {
            countsTokens = value.drop { $0 == " " || $0 == "\"" }.hasPrefix("gpt3")
        } else if key.hasPrefix("tracked_stats\"") {
            let count = (rest.after("\"step\":") ?? rest.after("\"samples_count\":"))?.leadingNumber?.value ?? Double(rated.count + 1)
            if let (time, _) = value.after("\"train_step_time\":")?.leadingNumber, time > 0 {
                timed.append(TrainingLog.Step(iteration: Self.whole(count), pace: .seconds(time), batch: batch, line: number))
            } else if let (rate, _) = value.after("\"throughput\":")?.leadingNumber, rate > 0 {
                rated.append(
                    TrainingLog.Step(
                        iteration: Self.whole(count), pace: countsTokens ? .tokens(rate) : .samples(rate), batch: batch, line: number))
            }
        } else if key.hasPrefix("block_start\"") {
            block = Self.time(rest).map { ($0, Self.samples(rest)) }
        } else if key.hasPrefix("block_stop\""), let start = block, let end = Self.time(rest) {
            let at = Self.samples(rest) ?? Double(blocks.count + 1)
            // A block that says its length does so at its start; one that numbers samples does so at both ends.
            if let length = Self.length(rest) ?? start.count.map({ at - $0 }), length > 0, end > start.time {
                blocks.append((length, (end - start.time) / 1000, at, number))
            }
            block = nil
        }
    }

    private static func whole(_ value: Double) -> Int { value > 0 && value < 1e15 ? Int(value.rounded()) : 0 }
    private static func time(_ line: Substring) -> Double? { line.after("\"time_ms\":")?.leadingNumber?.value }
    private static func samples(_ line: Substring) -> Double? {
        (line.after("\"samples_count\":") ?? line.after("\"first_epoch_num\":") ?? line.after("\"epoch_num\":"))?.leadingNumber?.value
    }
    private static func length(_ line: Substring) -> Double? { line.after("\"epoch_count\":")?.leadingNumber?.value }

    mutating func finish(_ log: inout LogCollector) throws(DocumentError) {
        let steps = !timed.isEmpty ? timed : rated
        if !steps.isEmpty {
            for step in steps { log.add(step) }
            return
        }
        guard let batch else {
            if let first = blocks.first {
                log.notes.append("line \(first.line): a block has no global_batch_size, so that its steps cannot be counted")
            }
            return
        }
        for block in blocks {
            let steps = block.count / Double(batch)
            log.add(
                TrainingLog.Step(iteration: Self.whole(block.at), pace: .seconds(block.seconds / steps), batch: batch, line: block.line))
        }
    }
}
