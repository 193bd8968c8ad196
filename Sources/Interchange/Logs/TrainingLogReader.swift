import Documents

/// Reads a log line by line; what the frameworks share: starts, steps in any order, memory, running out of it.
struct TrainingLogReader {
    let file: String
    let framework: TrainingLog.Framework
    var starts: [TrainingLog.Start] = []
    var notes: [String] = []
    /// Lines of configuration of the start that is being read.
    var megatron: MegatronArgumentList?
    var titan = TorchTitanLines()
    private var iterations: Set<Int> = []
    private var lastLine = 1
    private var cutLines: [Int] = []

    init(file: String, _ framework: TrainingLog.Framework) {
        self.file = file
        self.framework = framework
    }

    /// Reads all lines.
    mutating func read(_ text: String) throws(DocumentError) {
        for line in LogLines(text) {
            lastLine = line.number
            let plain = line.text.withoutColours
            if plain.has("OutOfMemoryError") || plain.has("CUDA out of memory") || plain.has("CUDA error: out of memory") {
                if starts.isEmpty { begin(line.number) }
                if starts[starts.count - 1].outOfMemoryLine == nil { starts[starts.count - 1].outOfMemoryLine = line.number }
            }
            switch framework {
            case .megatron: readMegatron(plain, line.number)
            case .torchtitan: readTorchTitan(plain, line.number)
            }
        }
        try settle()
    }

    /// Begins another start, unless the one before has not done anything yet.
    mutating func begin(_ line: Int) {
        guard let last = starts.last, last.steps.isEmpty, last.outOfMemoryLine == nil else {
            starts.append(TrainingLog.Start(line: line))
            iterations = []
            return
        }
    }

    /// Takes a step, whichever rank says so.
    ///
    /// Ranks that report the same step count as one, the slowest. A step two or more places behind the latest is of a job that was started
    /// again from its checkpoint; one place can be a rank that lags.
    mutating func add(_ step: TrainingLog.Step) {
        if starts.isEmpty { begin(step.line) }
        if iterations.count(where: { $0 > step.iteration }) >= 2 {
            starts.append(TrainingLog.Start(line: step.line, configuration: starts[starts.count - 1].configuration))
            iterations = []
        }
        let current = starts.count - 1
        guard iterations.insert(step.iteration).inserted else {
            guard let index = starts[current].steps.lastIndex(where: { $0.iteration == step.iteration }) else { return }
            let known = starts[current].steps[index]
            if let time = step.seconds, time > known.seconds ?? 0 { starts[current].steps[index].seconds = time }
            if let rate = step.tokensPerSecond, rate < known.tokensPerSecond ?? .infinity {
                starts[current].steps[index].tokensPerSecond = rate
            }
            return
        }
        let place = starts[current].steps.lastIndex { $0.iteration < step.iteration }.map { $0 + 1 } ?? 0
        starts[current].steps.insert(step, at: place)
    }

    /// Takes a memory in GiB where it is larger than those before.
    mutating func add(_ kind: WritableKeyPath<TrainingLog.Memory, Double?>, _ gibibytes: Double, line: Int) {
        guard gibibytes > 0, gibibytes < 1e6 else { return }
        if starts.isEmpty { begin(line) }
        let known = starts[starts.count - 1].memory[keyPath: kind]
        starts[starts.count - 1].memory[keyPath: kind] = max(known ?? 0, gibibytes)
    }

    /// Remembers a line that ends in the middle of a step.
    mutating func cut(_ line: Int) { cutLines.append(line) }

    private mutating func settle() throws(DocumentError) {
        if framework == .megatron { try settleMegatron(lastLine) }
        if framework == .torchtitan { try settleTorchTitan() }
        if let first = cutLines.first {
            let more = cutLines.count > 1 ? ", like \(cutLines.count - 1) more," : ""
            notes.append("line \(first)\(more) is cut in the middle of a step, which is left out")
        }
    }

    /// The log, or why it is none.
    func log(_ text: String) throws(DocumentError) -> TrainingLog {
        guard starts.contains(where: { !$0.steps.isEmpty || $0.outOfMemoryLine != nil }) else { throw nothing(text) }
        var log = TrainingLog(file: file, framework: framework, starts: starts, notes: notes)
        let measured = log.measured
        if starts.count > 1 {
            log.notes.append(
                "training was started \(starts.count) times; the start at line \(measured.line) with \(measured.steps.count) steps is read")
            for start in starts where start.line != measured.line {
                if let line = start.outOfMemoryLine { log.notes.append("another start ran out of memory at line \(line)") }
            }
        }
        return log
    }

    /// Why a file has no step: another framework's log, or training that never got there.
    private func nothing(_ text: String) -> DocumentError {
        for other in TrainingLog.Framework.allCases where other != framework {
            var reader = TrainingLogReader(file: file, other)
            guard (try? reader.read(text)) != nil, let step = reader.starts.lazy.compactMap(\.steps.first).first else { continue }
            return .log(
                file, step.line, "this is a step of \(other.rawValue), not of \(framework.rawValue)", "write \(other.rawValue):\(file)")
        }
        let mark = framework == .megatron ? "elapsed time per iteration (ms):" : "step: N  loss: …  tps: …"
        let what = starts.isEmpty ? "no step is logged" : "training started at line \(starts[starts.count - 1].line) and no step is logged"
        return .log(file, lastLine, "\(what) before the log ends", "a step is a line with '\(mark)'")
    }
}
