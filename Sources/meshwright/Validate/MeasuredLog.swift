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

    init(_ spec: String, _ options: ValidateLogOptions) throws {
        let log = try TrainingLog.read(spec: spec)
        let subject = try LogSubject(log, options)
        let measured = Self.measurement(log, subject.configuration, warmUp: options.warmUp)
        var simulator = PipelineSimulator()
        let configuration = subject.configuration
        let estimate = try StepModel(configuration.inputs).estimate(configuration.strategy, simulator: &simulator)
        report = LogReport(
            file: log.file, source: subject.source, configuration: configuration, estimate: estimate, measured: measured,
            notes: subject.notes + log.notes)
        var trusted = measured
        if measured.hasOnlyWarmUp { (trusted.stepTime, trusted.spread) = (nil, nil) }
        guard !measured.hasOnlyWarmUp || measured.ranOutOfMemory else {
            row = nil
            return
        }
        row = RunRecord(
            id: "own-\(Self.stem(log.file))", framework: log.framework == .megatron ? "Megatron-Core" : "TorchTitan",
            configuration: configuration, measured: trusted, files: subject.files)
    }

    /// The steps of a log in seconds, and its largest memory of the kind that says most.
    private static func measurement(_ log: TrainingLog, _ configuration: RunConfiguration, warmUp: Int?) -> MeasuredRun {
        let start = log.measured
        let job = configuration.inputs.job
        let tokens = Double(job.globalBatch * job.sequenceLength) / Double(configuration.strategy.worldSize)
        let times = start.steps.compactMap { $0.seconds ?? $0.tokensPerSecond.map { tokens / $0 } }
        let memory = start.memory
        let kinds: [(Double?, MemoryKind)] = [(memory.reserved, .reserved), (memory.allocated, .allocated), (memory.device, .device)]
        let largest = kinds.lazy.compactMap { value, kind in value.map { MeasuredRun.Memory(gibibytes: $0, kind: kind) } }.first
        return MeasuredRun(stepTimes: times, warmUp: warmUp, memory: largest, ranOutOfMemory: start.outOfMemoryLine != nil)
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
