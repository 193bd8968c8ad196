/// Lines of torchtune: `Step 10 | loss:1.23 lr:2e-05 tokens_per_second_per_gpu:1234.5 peak_memory_reserved:40.1`
/// (torchtune/training/metric_logging.py, StdoutLogger and DiskLogger, 0.4 to 0.6), and its bars `1|10|Loss: 1.23:  12%|█▏ | 10/80 […]`.
struct TorchtuneLog: LogFormat {
    let framework = TrainingLog.Framework.torchtune
    private var hasRates = false

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        if let rest = line.after("tokens_per_second_per_gpu:"), let (rate, _) = rest.leadingNumber, rate > 0,
            let (step, end) = line.after("Step ")?.leadingCount, end.hasPrefix(" |")
        {
            hasRates = true
            log.add(TrainingLog.Step(iteration: step, pace: .tokensPerGPU(rate), line: number))
            if let (size, _) = line.after("peak_memory_reserved:")?.leadingNumber { log.add(\.reserved, size, line: number) }
            if let (size, _) = line.after("peak_memory_alloc:")?.leadingNumber { log.add(\.allocated, size, line: number) }
        } else if !hasRates, line.has("|Loss:"), let bar = ProgressBar(line), bar.done > 0, let time = bar.secondsPerItem,
            let step = line.after("|")?.leadingCount?.value
        {
            log.add(TrainingLog.Step(iteration: step, pace: .seconds(time), line: number))
        }
    }
}
