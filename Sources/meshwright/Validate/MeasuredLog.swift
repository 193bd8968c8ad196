import Calibration
import CostModels
import Documents
import Foundation
import Interchange
import Parallelism
import Reports
import Schedules
import Workload

/// A log with its prediction.
struct MeasuredLog {
    /// What is printed.
    let report: LogReport
    /// What is added to a table; nil where the log measures nothing that can be trusted.
    let row: RunRecord?

    /// - Parameter tells: whether what was measured is printed where nothing can be predicted.
    init(_ spec: String, _ options: ValidateLogOptions, _ cluster: ClusterChoice, tells: Bool = true) throws {
        let log = try TrainingLog.read(spec: spec)
        guard let steady = log.measured.steadyBatch else {
            throw CommandFailure(.badInput, "\(log.file): \(Self.changingBatches(log.measured))")
        }
        let subject: LogSubject
        do {
            subject = try LogSubject(log, batch: steady.batch, options, cluster)
        } catch {
            // What was measured is worth knowing where nothing can be predicted.
            if tells { Console.print(Self.measuredAlone(log, steady, warmUp: options.warmUp), terminator: "") }
            throw error
        }
        let measured = Self.measurement(log, steady, subject.configuration, warmUp: options.warmUp)
        var simulator = PipelineSimulator()
        let configuration = subject.configuration
        let estimate = try StepModel(configuration.inputs).estimate(configuration.strategy, simulator: &simulator)
        report = LogReport(
            file: log.file, source: subject.source, configuration: configuration, estimate: estimate, measured: measured,
            notes: Self.notes(log, steady, measured) + subject.notes + log.notes)
        var trusted = measured
        if measured.hasOnlyWarmUp { (trusted.stepTime, trusted.spread) = (nil, nil) }
        guard !measured.hasOnlyWarmUp || measured.ranOutOfMemory else {
            row = nil
            return
        }
        row = RunRecord(
            id: "own-\(Self.stem(log.file))", framework: log.framework.tableName,
            configuration: configuration, measured: trusted, files: subject.files)
    }

    /// Why no batch can be named as the run's.
    private static func changingBatches(_ start: TrainingLog.Start) -> String {
        let batches = start.steps.compactMap(\.batch)
        let range = "\(batches.min() ?? 0) to \(batches.max() ?? 0) sequences"
        return
            "the batch changes from line to line, \(range), and no batch holds for three steps and a fifth of them; let the run take more "
            + "steps behind its ramp-up"
    }

    /// The steps of a log in seconds, and its largest memory of the kind that says most.
    private static func measurement(
        _ log: TrainingLog, _ steady: TrainingLog.Start.SteadyBatch, _ configuration: RunConfiguration, warmUp: Int?
    ) -> MeasuredRun {
        let job = configuration.inputs.job
        let times = steady.steps.map {
            $0.pace.seconds(batch: job.globalBatch, sequence: job.sequenceLength, gpus: configuration.strategy.worldSize)
        }
        let memory = log.measured.memory
        let kinds: [(Double?, MemoryKind)] = [(memory.reserved, .reserved), (memory.allocated, .allocated), (memory.device, .device)]
        let largest = kinds.lazy.compactMap { value, kind in value.map { MeasuredRun.Memory(gibibytes: $0, kind: kind) } }.first
        return MeasuredRun(
            stepTimes: times, numbers: steady.steps.map(\.iteration), warmUp: warmUp,
            isWholeRun: steady.steps.count == 1 && steady.steps[0].isWholeRun, memory: largest,
            ranOutOfMemory: log.measured.outOfMemoryLine != nil)
    }

    /// The median pace of a log whose configuration is not known, as text.
    private static func measuredAlone(_ log: TrainingLog, _ steady: TrainingLog.Start.SteadyBatch, warmUp: Int?) -> String {
        guard let first = steady.steps.first else { return "" }
        // Rates become times of one unit of work, so that the same rule finds the steady steps.
        let stepTimes = steady.steps.map { step in
            step.batch.map { step.pace.seconds(batch: $0, sequence: 1, gpus: 1) } ?? step.pace.seconds(batch: 1, sequence: 1, gpus: 1)
        }
        let measured = MeasuredRun(
            stepTimes: stepTimes, numbers: steady.steps.map(\.iteration), warmUp: warmUp,
            isWholeRun: steady.steps.count == 1 && first.isWholeRun,
            memory: nil, ranOutOfMemory: false)
        guard let time = measured.stepTime else { return "" }
        let pace =
            first.pace.words.map { String(format: "%.5g ", Double(steady.batch ?? 1) / time) + $0 } ?? String(format: "%.4g s a step", time)
        let batch = steady.batch.map { ", of \($0) sequences" } ?? ""
        let lines = ["\(pace)\(batch)", LogReport.stepsLine(measured, first.pace.words == nil)] + notes(log, steady, measured) + log.notes
        return "\(log.file)\n" + lines.map { "  \($0)\n" }.joined()
    }

    /// What the lines say that the reader of the report must know: rates, other batches, what slow steps did.
    private static func notes(_ log: TrainingLog, _ steady: TrainingLog.Start.SteadyBatch, _ measured: MeasuredRun) -> [String] {
        var notes: [String] = []
        if let words = steady.steps.first?.pace.words { notes.append("the log states \(words), from which the step time follows") }
        if steady.others > 0, let batch = steady.batch {
            notes.append("\(steady.others) steps of other batches than \(batch) sequences are left out (the batch ramps up)")
        }
        if !measured.slow.isEmpty { notes.append(slowSteps(log.measured, measured.slow)) }
        return notes
    }

    /// The slow steps, with what the log says was done about them.
    private static func slowSteps(_ start: TrainingLog.Start, _ slow: [Int]) -> String {
        var groups: [(what: String, steps: [Int])] = []
        for step in slow {
            let place = start.steps.firstIndex { $0.iteration == step } ?? 0
            let before = place > 0 ? start.steps[place - 1].iteration : 0
            let what = start.work.last { (before...step).contains($0.after) }?.kind.rawValue ?? "no reason logged"
            if let known = groups.firstIndex(where: { $0.what == what }) {
                groups[known].steps.append(step)
            } else {
                groups.append((what, [step]))
            }
        }
        let words = groups.map { group in
            let shown = group.steps.prefix(8).map(String.init).joined(separator: ", ")
            return "\(group.what) at \(shown)\(group.steps.count > 8 ? " and \(group.steps.count - 8) more" : "")"
        }
        return "\(slow.count == 1 ? "1 slow step" : "\(slow.count) slow ones") left out (\(words.joined(separator: "; ")))"
    }

    /// The file's name without folder and `.log`; anything but letters, digits, dots and underscores becomes an underscore.
    private static func stem(_ file: String) -> String {
        var name = URL(filePath: file).lastPathComponent
        if name.hasSuffix(".log") || name.hasSuffix(".txt") || name.hasSuffix(".out") { name.removeLast(4) }
        return String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == "-") ? $0 : "_" })
    }

    /// Adds the rows of logs to the table at `path`, which is begun where it is missing.
    static func append(_ logs: [MeasuredLog], to path: String) throws {
        for log in logs where log.row == nil {
            ErrorReporting.warn("\(path): no row is added for \(log.report.file), which has only warm-up steps")
        }
        let rows = logs.compactMap(\.row)
        guard !rows.isEmpty else { return }
        let ids = Dictionary(grouping: rows, by: \.id)
        if let twice = ids.first(where: { $0.value.count > 1 }) {
            throw CommandFailure(.badInput, "--append \(path): two logs would be the run '\(twice.key)'; rename one of them")
        }
        let known = FileManager.default.fileExists(atPath: path) ? try TextFile.read(path: path) : nil
        let (text, lost) = try RunsTable.text(adding: rows, to: known, file: path)
        try AtomicFile.write(Array(text.utf8), to: path)
        if !lost.isEmpty {
            ErrorReporting.warn("\(path) has no columns \(lost.joined(separator: ", ")), so that the rows leave them out (docs/runs.md)")
        }
        for row in rows where row[detail: "model_file"].isEmpty {
            ErrorReporting.warn(
                "\(path): no shipped model has the shape of run \(row.id), so that its row keeps sizes only; give its file with --model")
        }
        ErrorReporting.warn("\(path): \(rows.count == 1 ? "1 row" : "\(rows.count) rows") added")
    }
}
