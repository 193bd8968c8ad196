import ArgumentParser
import Calibration
import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Reports

/// `meshwright validate`: predicts published or own runs and shows how far off the predictions are.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Predicts the runs of a table, or of logs, and shows how far off the predictions are.",
        discussion: """
            meshwright validate RUNS.csv
            meshwright validate --log megatron:run.log --cluster dgx-h100
            meshwright validate --log torchtitan:trial/plan-2.4711.log --append mine.csv
            meshwright validate --log hf:train.log --from deepspeed:ds.json --model llama-3-8b --cluster dgx-h100 --gpus 16

            RUNS.csv has one training run a row, in the columns of docs/runs.md; other columns are ignored. Step time, memory and whether a \
            run fits are predicted from its configuration alone, by the shipped profiles that ClusterProfiles/Runs/aliases.yaml names.
            """)

    @Argument(help: ArgumentHelp("Table of runs, CSV or YAML.", valueName: "RUNS.csv"))
    var table: String?

    @OptionGroup(title: "Logs") var log: ValidateLogOptions
    @OptionGroup(title: "Logs") var named: ClusterNameOption
    @OptionGroup(title: "Logs") var size: ClusterSizeOption
    @OptionGroup(title: "Output") var terminal: TerminalOption
    @OptionGroup var output: PlainFormatOption

    @OptionGroup(title: "Names") var names: RunAliasOptions

    @Option(
        help: ArgumentHelp(
            "Release of the software of rows that state neither container nor year: a container's month (26.02), a version of Megatron Core (0.14) or a date (2025-06).",
            valueName: "release"))
    var release: String?

    @Option(help: ArgumentHelp("Draw predicted against measured step times into an SVG file.", valueName: "FILE"))
    var plot: String?

    @Option(
        help: ArgumentHelp("Write the predictions as one page to sort, filter and point at, without a network.", valueName: "FILE"),
        completion: .file(extensions: ["html"]))
    var html: String?

    @Flag(help: "Show how many measured times the interval of 80 % holds, and how often the layout said to be faster was.")
    var coverage = false

    @Flag(help: "List every run, not only the summary.")
    var rows = false

    @OptionGroup var selection: ValidateSelection

    private var cluster: ClusterChoice { ClusterChoice(named: named, size: size) }

    func validate() throws {
        try log.check(cluster)
        if let release { _ = try ReleaseOption.parse(release) }
        guard log.isGiven else {
            if table == nil { throw ValidationError("give a table of runs, or the log of a run with --log") }
            return
        }
        if let table { throw ValidationError("'\(table)' is a table and --log names a log; give one of them") }
        if names.isGiven || release != nil || plot != nil || html != nil || coverage || rows || selection.isGiven {
            throw ValidationError(
                "--aliases, --framework-alias, --gpu-alias, --release, --plot, --html, --coverage, --rows, --quality, --ids and --unseen go with a table of runs, "
                    + "not with --log"
            )
        }
    }

    func run() throws {
        if log.isGiven { return try compareLogs() }
        guard let table else { return }
        let library = ProfileLibrary.installed
        try OutputFile.check(
            [OutputFile(option: "--plot", path: plot), OutputFile(option: "--html", path: html)], inputs: [table, names.file])
        var runs = try RunsTable.read(path: table)
        for (column, meant) in try RunsTable.misnamedColumns(path: table) {
            Console.complain("\(table): column '\(column)' is not read (did you mean \(meant)?)")
        }
        if let release { for place in runs.indices { runs[place].suppose(release: release) } }
        var predictor = RunPredictor(resolver: .shipped(library, try names.aliases(library)))
        var predictions: [RunPrediction] = []
        predictions.reserveCapacity(runs.count)
        for run in runs { predictions.append(try predictor.predict(run)) }
        let selected = try selection.selected(predictions, table: table)
        let study =
            try coverage
            ? CoverageStudy(selected, resolver: predictor.resolver, FittedUncertainty.read(path: library.uncertaintyPath())) : nil
        let report = ValidationReport(selected, read: runs.count, coverage: study)
        if let plot { try AtomicFile.write(Array(report.plot.utf8), to: plot) }
        if let html {
            try AtomicFile.write(ValidationPage(report, table: URL(filePath: table).lastPathComponent).bytes(), to: html)
        }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text(listsRows: rows), terminator: "")
        }
    }
}

extension ValidateCommand {
    /// Sets every log beside its prediction, and adds rows to the user's table where asked to.
    private func compareLogs() throws {
        try OutputFile.check(
            [OutputFile(option: "--append", path: log.append)],
            inputs: log.logs.map(OutputFile.file) + [
                OutputFile.file(ofSpec: log.from), log.plan, OutputFile.file(.cluster, cluster.name), OutputFile.file(.model, log.model),
                OutputFile.file(.stack, log.stack),
            ])
        let logs = try log.logs.map { try MeasuredLog($0, log, cluster, tells: output.format == .text) }
        if let append = log.append { try MeasuredLog.append(logs, to: append) }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: LogReports(logs.map(\.report))))
        case .text:
            Console.print(
                logs.map { $0.report.text(width: terminal.columns, colour: terminal.colours) }.joined(separator: "\n"), terminator: "")
        }
    }
}

extension ProfileLibrary {
    /// The shipped file of run aliases.
    func aliasPath() throws -> String {
        guard let root else { throw CommandFailure(.badInput, "no shipped data found; give --aliases, or set \(Self.variable)") }
        return "\(root)/ClusterProfiles/Runs/aliases.yaml"
    }

    /// The shipped file of what the fitted constants leave open.
    func uncertaintyPath() throws -> String {
        guard let root else { throw CommandFailure(.badInput, "no shipped data found; set \(Self.variable)") }
        return "\(root)/ClusterProfiles/Runs/uncertainty.yaml"
    }
}

extension RunResolver {
    /// A resolver on the shipped profiles.
    static func shipped(_ library: ProfileLibrary, _ aliases: RunAliases) -> RunResolver {
        RunResolver(
            aliases: aliases, cluster: { try library.cluster($0) }, gpu: { try library.gpu($0) },
            stack: { try SoftwareStack.read(path: library.path(of: .stack, named: $0)) }, model: { try library.model($0) },
            modelNames: library.names(of: .model), clusterNames: library.names(of: .cluster), gpuNames: library.names(of: .gpu),
            stackNames: library.names(of: .stack))
    }
}
