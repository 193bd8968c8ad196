/// Lines of metaseq and fairseq: `… | INFO | train_inner | {"epoch": 1, …, "wps": "126345", "ups": "0.12", "wpb": "1048576", …,
/// "num_updates": "100", …}` (fairseq/logging/progress_bar.py, JsonProgressBar, 0.12; `[train_inner][INFO] - {…}` under Hydra), or the same as
/// `wps=126345, ups=0.12, wpb=…` of the simple bar.
///
/// The time of an update is words a batch over words a second, which have more digits than updates a second.
struct MetaseqLog: LogFormat {
    let framework = TrainingLog.Framework.metaseq

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        guard line.has("train_inner") || line.has("num_updates="), !line.has("valid_") else { return }
        let isJSON = line.has("\"num_updates\"")
        func value(_ quoted: StaticString, _ plain: StaticString) -> Double? {
            guard let rest = isJSON ? line.after(quoted) : line.after(plain) else { return nil }
            return rest.drop { "\": ".contains($0) }.leadingNumber?.value
        }
        guard let step = value("\"num_updates\"", "num_updates=") else { return }
        var time = value("\"ups\"", " ups=").flatMap { $0 > 0 ? 1 / $0 : nil }
        if let words = value("\"wpb\"", " wpb="), let rate = value("\"wps\"", " wps="), words > 0, rate > 0 { time = words / rate }
        // The first line has no interval to take a rate from, and states 0.
        guard let time, step < 1e9 else { return }
        log.add(TrainingLog.Step(iteration: Int(step), pace: .seconds(time), line: number))
    }
}
