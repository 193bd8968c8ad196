/// Lines of llm-foundry and other users of Composer: `[batch=5/4800]:` and a line a metric, with ` Train throughput/batches_per_sec: 0.1421`
/// among them (composer/loggers/console_logger.py and callbacks/speed_monitor.py, 0.17 to 0.32).
///
/// The rate is the mean of the last 100 batches or fewer. Memory is in 10^9 bytes (callbacks/memory_monitor.py).
struct ComposerLog: LogFormat {
    let framework = TrainingLog.Framework.foundry
    private var batch: Int?

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        if let rest = line.after("[batch="), let (value, end) = rest.leadingCount, end.hasPrefix("/") || end.hasPrefix("]") {
            batch = value
        } else if let rest = line.after("[epoch="), let (value, _) = rest.after("][batch=")?.leadingCount {
            batch = value
        }
        if let rest = line.after("throughput/batches_per_sec:"), let (rate, _) = rest.leadingNumber, rate > 0, let batch {
            log.add(TrainingLog.Step(iteration: batch, pace: .seconds(1 / rate), line: number))
        } else if let rest = line.after("memory/peak_reserved_mem:"), let (size, _) = rest.leadingNumber {
            log.add(\.reserved, size * 1e9 / 1_073_741_824, line: number)
        } else if let rest = line.after("memory/peak_allocated_mem:"), let (size, _) = rest.leadingNumber {
            log.add(\.allocated, size * 1e9 / 1_073_741_824, line: number)
        }
    }
}
