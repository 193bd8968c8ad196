/// Lines of NeMo and bars of Lightning.
///
/// NeMo 2 writes `Training epoch 0, iteration 1/99 | … | global_batch_size: 128 | global_step: 1 | … | train_step_timing in s: 9.87`
/// (nemo/lightning/pytorch/callbacks/progress_printer.py, 2.1), NeMo 1 a bar that ends in `train_step_timing in s=9.87]`, other users of
/// Lightning the rate of the bar alone. Numbers are shortened to three or four digits: `global_step=2e+3`, so that the bar's count numbers steps.
struct NeMoLog: LogFormat {
    let framework = TrainingLog.Framework.nemo
    private var samples: (step: Int, count: Int)?

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        if let timing = line.after("train_step_timing in s") {
            guard let (time, end) = timing.dropFirst().leadingNumber, time > 0, !end.isEmpty || timing.hasPrefix(":") else {
                return log.cut(number)
            }
            guard let step = step(of: line) else { return }
            log.add(TrainingLog.Step(iteration: step, pace: .seconds(time), batch: batch(of: line, step), line: number))
            readMemory(line, number, &log)
            return
        }
        // Evaluation has bars of its own, and so has the check before training.
        guard let bar = ProgressBar(line), bar.title.hasPrefix("Epoch") || bar.title.has("Training"), bar.done > 0,
            let time = bar.secondsPerItem
        else { return }
        log.add(TrainingLog.Step(iteration: bar.done, pace: .seconds(time), line: number))
    }

    private func step(of line: Substring) -> Int? {
        if let bar = ProgressBar(line) { return bar.done }
        if let step = line.after("global_step:")?.leadingCount { return step.value }
        if let rest = line.after("iteration "), let (step, end) = rest.leadingCount, end.hasPrefix("/") { return step }
        return (line.after("global_step=")?.leadingCount).map { $0.value + 1 }
    }

    /// Sequences of the step: stated, or what was consumed since the last line.
    private mutating func batch(of line: Substring, _ step: Int) -> Int? {
        if let batch = line.after("global_batch_size:")?.leadingCount { return batch.value }
        guard let count = line.after("consumed_samples=")?.leadingCount?.value else { return nil }
        defer { samples = (step, count) }
        guard let last = samples, step == last.step + 1, count > last.count, count < 100_000 else { return nil }
        return count - last.count
    }

    private func readMemory(_ line: Substring, _ number: Int, _ log: inout LogCollector) {
        if let (bytes, _) = line.after("peak_memory_usage:")?.leadingNumber { log.add(\.allocated, bytes / 1_073_741_824, line: number) }
    }
}
