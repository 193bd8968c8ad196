/// Lines of nanotron: `iteration: 7 / 100 | consumed_tokens: 918K | elapsed_time_per_iteration_ms: 1.52K | … | global_batch_size: 64 | …`
/// (src/nanotron/trainer.py, train_step_logs, v0.4; `time_per_iteration_ms` since 2025), each number shortened by `human_format` to three
/// digits, memory in steps of 1,024.
struct NanotronLog: LogFormat {
    let framework = TrainingLog.Framework.nanotron

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        guard let rest = line.after("time_per_iteration_ms:") else { return }
        guard let time = rest.leadingShortNumber(), time > 0, rest.has("|"), let (step, end) = line.after("iteration:")?.leadingCount,
            end.drop(while: { $0 == " " }).hasPrefix("/")
        else { return log.cut(number) }
        let batch = line.after("global_batch_size:")?.leadingShortNumber().flatMap { $0 < 1e9 ? Int($0.rounded()) : nil }
        log.add(TrainingLog.Step(iteration: step, pace: .seconds(time / 1000), batch: batch, line: number))
        if let size = line.after("cuda_max_memory_reserved:")?.leadingShortNumber(unit: 1024) {
            log.add(\.reserved, size / 1_073_741_824, line: number)
        }
    }
}
