/// Lines of llm-foundry and other users of Composer: `[batch=5/4800]:` and a line a metric, with ` Train throughput/batches_per_sec: 0.1421`
/// among them (composer/loggers/console_logger.py and callbacks/speed_monitor.py, 0.17 to 0.32).
///
/// Its bars of training, `train  Epoch 0:  2%|▍ | 10/500 [00:20<16:20, 2.00s/ba, …]` (progress_bar_logger.py), are read where there is no such line.
///
/// The rate is the mean of the last 100 batches or fewer. Memory is in 10^9 bytes (callbacks/memory_monitor.py).
struct ComposerLog: LogFormat {
    let framework = TrainingLog.Framework.foundry
    private var batch: Int?
    private var hasBatchRates = false

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        if let rest = line.after("[batch="), let (value, end) = rest.leadingCount, end.hasPrefix("/") || end.hasPrefix("]") {
            batch = value
        } else if let rest = line.after("[epoch="), let (value, _) = rest.after("][batch=")?.leadingCount {
            batch = value
        }
        if line.has("%|"), !hasBatchRates, let bar = ProgressBar(line), bar.title.hasPrefix("train"), bar.done > 0,
            let time = bar.secondsPerItem, bar.extras.has("s/ba") || bar.extras.has("ba/s")
        {
            return log.add(TrainingLog.Step(iteration: bar.done, pace: .seconds(time), line: number))
        }
        if !hasBatchRates, let rest = line.after("throughput/samples_per_sec:"), let (rate, _) = rest.leadingNumber, rate > 0, let batch {
            return log.add(TrainingLog.Step(iteration: batch, pace: .samples(rate), line: number))
        }
        if let rest = line.after("throughput/batches_per_sec:"), let (rate, _) = rest.leadingNumber, rate > 0, let batch {
            hasBatchRates = true
            log.add(TrainingLog.Step(iteration: batch, pace: .seconds(1 / rate), line: number))
        } else if let rest = line.after("memory/peak_reserved_mem:"), let (size, _) = rest.leadingNumber {
            log.add(\.reserved, size * 1e9 / 1_073_741_824, line: number)
        } else if let rest = line.after("memory/peak_allocated_mem:"), let (size, _) = rest.leadingNumber {
            log.add(\.allocated, size * 1e9 / 1_073_741_824, line: number)
        }
    }
}
