import Documents

/// Gathers what a log says, whoever wrote it: starts, steps in any order, memory, running out of it, and work between steps.
struct LogCollector {
    let file: String
    var starts: [TrainingLog.Start] = []
    var notes: [String] = []
    private(set) var lastLine = 1
    /// Whether nothing but white space was read.
    private(set) var isBlank = true
    private var cutLines: [Int] = []
    /// Steps taken so far, repeats by other ranks included.
    private var taken = 0

    init(file: String) { self.file = file }

    /// Reads all lines of a source in a format.
    mutating func read(_ source: LogSource, _ format: inout any LogFormat) throws(DocumentError) {
        var next = 1
        try source.forEachPart { part in
            for line in LogLines(part, from: next, labels: .launchers) {
                next = line.number + 1
                lastLine = line.number
                if isBlank { isBlank = !line.text.utf8.contains { $0 > 0x20 } }
                for piece in line.text.overwrites {
                    let text = piece.withoutColours
                    // A bar's own text begins with no bracket, so that all labels can go.
                    read(text.has("%|") ? LineLabel.split(text).rest : text, line.number, &format)
                }
            }
        }
        try format.finish(&self)
        if let first = cutLines.first {
            let more = cutLines.count > 1 ? ", like \(cutLines.count - 1) more," : ""
            notes.append("line \(first)\(more) is cut in the middle of a step, which is left out")
        }
    }

    private mutating func read(_ line: Substring, _ number: Int, _ format: inout any LogFormat) {
        let before = taken
        format.read(line, number, into: &self)
        guard taken == before else { return }
        if line.has("OutOfMemoryError") || line.has("CUDA out of memory") || line.has("CUDA error: out of memory")
            || line.has("HIP out of memory")
        {
            if starts.isEmpty { begin(number) }
            if starts[starts.count - 1].outOfMemoryLine == nil { starts[starts.count - 1].outOfMemoryLine = number }
        } else if line.has("heckpoint"), line.has("saving") || line.has("saved") || line.has("Saving") || line.has("Saved") {
            work(.checkpoint)
        } else if line.has("validation loss") || line.has("validate step") || line.has("eval_loss") || line.has("valuating") {
            work(.evaluation)
        }
    }

    /// Begins another start, unless the one before has not done anything yet.
    mutating func begin(_ line: Int) {
        guard let last = starts.last, last.steps.isEmpty, last.outOfMemoryLine == nil else {
            starts.append(TrainingLog.Start(line: line))
            return
        }
    }

    /// Takes a step, whichever rank says so.
    ///
    /// Ranks that report the same step count as one, the slowest. A step two or more places behind the latest is of a job that was started
    /// again from its checkpoint; one place can be a rank that lags.
    mutating func add(_ step: TrainingLog.Step) {
        taken += 1
        var step = step
        if let batch = step.batch, batch < 1 { step.batch = nil }
        if starts.isEmpty { begin(step.line) }
        var current = starts.count - 1
        let count = starts[current].steps.count
        if count >= 2, starts[current].steps[count - 2].iteration > step.iteration {
            starts.append(TrainingLog.Start(line: step.line, configuration: starts[current].configuration))
            current += 1
        }
        var place = starts[current].steps.count
        while place > 0, starts[current].steps[place - 1].iteration > step.iteration { place -= 1 }
        if place > 0, starts[current].steps[place - 1].iteration == step.iteration {
            if step.pace.isSlower(than: starts[current].steps[place - 1].pace) { starts[current].steps[place - 1].pace = step.pace }
            return
        }
        starts[current].steps.insert(step, at: place)
    }

    /// Takes a memory in GiB where it is larger than those before.
    mutating func add(_ kind: WritableKeyPath<TrainingLog.Memory, Double?>, _ gibibytes: Double, line: Int) {
        guard gibibytes > 0, gibibytes < 1e6 else { return }
        if starts.isEmpty { begin(line) }
        let known = starts[starts.count - 1].memory[keyPath: kind]
        starts[starts.count - 1].memory[keyPath: kind] = max(known ?? 0, gibibytes)
    }

    /// Takes work that is not training, after the latest step.
    private mutating func work(_ kind: TrainingLog.Work.Kind) {
        guard !starts.isEmpty, let step = starts[starts.count - 1].steps.last?.iteration else { return }
        let work = TrainingLog.Work(kind: kind, after: step)
        if starts[starts.count - 1].work.last != work { starts[starts.count - 1].work.append(work) }
    }

    /// Remembers a line that ends in the middle of a step.
    mutating func cut(_ line: Int) { cutLines.append(line) }

    /// Whether a step was taken.
    var hasSteps: Bool { starts.contains { !$0.steps.isEmpty } }

    /// The log, or nil where it has no step and did not run out of memory.
    func log(_ framework: TrainingLog.Framework) -> TrainingLog? {
        guard starts.contains(where: { !$0.steps.isEmpty || $0.outOfMemoryLine != nil }) else { return nil }
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
}
