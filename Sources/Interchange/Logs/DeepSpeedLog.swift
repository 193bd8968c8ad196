import Documents

/// Lines of DeepSpeed's engine.
///
/// `epoch=0/micro_step=10/global_step=10, RunningAvgSamplesPerSec=…, CurrSamplesPerSec=…, MemAllocated=…GB, MaxMemAllocated=…GB`
/// (deepspeed/utils/timer.py, ThroughputTimer.stop, 0.6.6 to 0.18; before `0/10, RunningAvgSamplesPerSec=…, CurrSamplesPerSec=…`, and before
/// 0.6 `0/10, SamplesPerSec=…`, the mean since the start), where GB are 2^30 bytes and
/// sequences are the global batch's; `steps: 10 loss: … iter time (s): 1.234 samples/sec: …` of pipelines (runtime/pipe/engine.py); and with
/// wall_clock_breakdown `time (ms) | fwd: … | bwd: … | … | step: …`, whose step is numbered by the `step=10, skipped=…` before it.
struct DeepSpeedLog: LogFormat {
    let framework = TrainingLog.Framework.deepspeed
    private var step: Int?
    private var breakdown: [TrainingLog.Step] = []
    private var json = PrintedJSON()

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        if json.take(line) { return }
        if let rest = line.after("iter time (s):"), let (time, end) = rest.leadingNumber, time > 0 {
            guard end.hasPrefix(" "), let step = (line.after("steps:") ?? line.after("step:"))?.leadingCount?.value else {
                return log.cut(number)
            }
            return log.add(TrainingLog.Step(iteration: step, pace: .seconds(time), line: number))
        }
        if line.has("SamplesPerSec="), let rest = line.after("CurrSamplesPerSec=") ?? line.after("SamplesPerSec=") {
            let step =
                line.after("global_step=")?.leadingCount ?? line.after("micro_step=")?.leadingCount ?? Self.count(line)
            // The mean since the start ends the line in the oldest.
            guard let (rate, end) = rest.leadingNumber, end.hasPrefix(",") || end.isEmpty && !line.has("Avg"), rate > 0, let step else {
                return log.cut(number)
            }
            log.add(TrainingLog.Step(iteration: step.value, pace: .samples(rate), line: number))
            if let (size, unit) = line.after("MaxMemAllocated=")?.leadingNumber, unit.hasPrefix("GB") {
                log.add(\.allocated, size, line: number)
            }
            return
        }
        if let rest = line.after(" step="), line.has("skipped="), let (value, _) = rest.leadingCount { step = value }
        if let rest = line.after("time (ms) | fwd:"), let (forward, _) = rest.leadingNumber,
            let backward = line.after("| bwd:")?.leadingNumber,
            let update = line.after("| step:")?.leadingNumber, let step
        {
            breakdown.append(
                TrainingLog.Step(iteration: step, pace: .seconds((forward + backward.value + update.value) / 1000), line: number))
        }
    }

    /// The step of `epoch/step, SamplesPerSec=`.
    private static func count(_ line: Substring) -> (value: Int, rest: Substring)? {
        guard let (end, _) = line.find("RunningAvgSamplesPerSec=") ?? line.find("SamplesPerSec="),
            let slash = line[..<end].utf8.lastIndex(of: UInt8(ascii: "/"))
        else { return nil }
        return line[line.utf8.index(after: slash)...].leadingCount
    }

    mutating func finish(_ log: inout LogCollector) throws(DocumentError) {
        if !log.hasSteps, !breakdown.isEmpty {
            for step in breakdown { log.add(step) }
            log.notes.append("the time of a step is the sum of forward, backward and update, without what lies between them")
        }
        if let configuration = json.deepSpeed(file: log.file) {
            for index in log.starts.indices where log.starts[index].configuration == nil { log.starts[index].configuration = configuration }
        }
    }
}

/// The configuration that DeepSpeed prints as `json = {` and the lines up to `}` (runtime/config.py, DeepSpeedConfig.print).
struct PrintedJSON {
    private var text = ""
    private var isOpen = false
    private var isWhole = false

    /// Whether the line belongs to it, which is then taken.
    mutating func take(_ line: Substring) -> Bool {
        if isOpen {
            text += line + "\n"
            if line.hasPrefix("}") { (isOpen, isWhole) = (false, true) }
            return true
        }
        guard text.isEmpty, let rest = line.after("json = {") else { return false }
        text = "{" + rest + "\n"
        isOpen = true
        return true
    }

    /// What it says; nil where it was not printed whole.
    func deepSpeed(file: String) -> UserConfiguration? {
        guard isWhole, let node = try? YAMLDocument.parse(text: text, file: file), var result = try? DeepSpeedReader(node).configuration()
        else {
            return nil
        }
        result.unread = []
        return result
    }
}
