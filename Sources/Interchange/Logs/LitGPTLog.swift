import Documents

/// Lines of LitGPT: `Epoch 1 | iter 160 step 40 | loss train: 1.234, val: n/a | iter time: 345.67 ms (step) …` (litgpt/pretrain.py and
/// finetune/*.py, 0.4 to 0.5), and of lit-gpt before `iter 100 step 25: loss 1.23, iter time: 345.67ms (optimizer.step)`.
///
/// An iteration is one micro-batch; a step is as many as lie between two steps of the log.
struct LitGPTLog: LogFormat {
    let framework = TrainingLog.Framework.litgpt
    private var rows: [(iteration: Int, step: Int, seconds: Double, line: Int)] = []

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        guard let rest = line.after("iter time:") else { return }
        guard let (time, unit) = rest.leadingNumber, time > 0, unit.drop(while: { $0 == " " }).hasPrefix("ms") else {
            return log.cut(number)
        }
        guard let (iteration, tail) = line.after("iter ")?.leadingCount, let (step, _) = tail.after("step ")?.leadingCount, step > 0 else {
            return
        }
        if let last = rows.last, iteration < last.iteration { settle(&log) }
        rows.append((iteration, step, time / 1000, number))
    }

    mutating func finish(_ log: inout LogCollector) throws(DocumentError) { settle(&log) }

    /// Takes the rows of one start.
    private mutating func settle(_ log: inout LogCollector) {
        defer { rows = [] }
        guard let first = rows.first, let last = rows.last else { return }
        let share =
            last.step > first.step
            ? Double(last.iteration - first.iteration) / Double(last.step - first.step) : Double(first.iteration) / Double(first.step)
        let accumulation = max(1, share.rounded())
        for row in rows { log.add(TrainingLog.Step(iteration: row.step, pace: .seconds(row.seconds * accumulation), line: row.line)) }
        if accumulation > 1 {
            log.notes.append("a step is \(Int(accumulation)) iterations of the log, whose times are taken to be alike")
        }
    }
}
