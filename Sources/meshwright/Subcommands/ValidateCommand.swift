import ArgumentParser
import Calibration
import Documents
import Hardware
import Parallelism
import Reports

/// `meshwright validate`: predicts published or own runs and shows how far off the predictions are.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Predicts the runs of a table and shows the error of every source, GPU and kind of model.",
        discussion: """
            RUNS.csv has one training run a row, in the columns of docs/runs.md; other columns are ignored. Step time, memory and whether a \
            run fits are predicted from its configuration alone, by the shipped profiles that ClusterProfiles/Runs/aliases.yaml names.
            """)

    @Argument(help: ArgumentHelp("Table of runs, CSV or YAML.", valueName: "RUNS.csv"))
    var table: String

    @OptionGroup var output: PlainFormatOption

    @Option(name: .customLong("aliases"), help: "Names of GPUs, frameworks, networks and models; the shipped file unless given.")
    var aliasFile: String?

    @Option(help: ArgumentHelp("Draw predicted against measured step times into an SVG file.", valueName: "FILE"))
    var plot: String?

    @Flag(help: "List every run, not only the summary.")
    var rows = false

    @OptionGroup var selection: ValidateSelection

    func run() throws {
        let library = ProfileLibrary.installed
        let runs = try RunsTable.read(path: table)
        let aliases = try RunAliases.read(path: aliasFile ?? library.aliasPath())
        var predictor = RunPredictor(resolver: .shipped(library, aliases))
        var predictions: [RunPrediction] = []
        predictions.reserveCapacity(runs.count)
        for run in runs { predictions.append(try predictor.predict(run)) }
        let report = ValidationReport(try selection.selected(predictions, table: table))
        if let plot { try AtomicFile.write(Array(report.plot.utf8), to: plot) }
        switch output.format {
        case .json: print(try JSONText.string(of: report))
        case .text: print(report.text(listsRows: rows), terminator: "")
        }
    }
}

extension ProfileLibrary {
    /// The shipped file of run aliases.
    func aliasPath() throws -> String {
        guard let root else { throw CommandFailure(.badInput, "no shipped data found; give --aliases, or set \(Self.variable)") }
        return "\(root)/ClusterProfiles/Runs/aliases.yaml"
    }
}

extension RunResolver {
    /// A resolver on the shipped profiles.
    static func shipped(_ library: ProfileLibrary, _ aliases: RunAliases) -> RunResolver {
        RunResolver(
            aliases: aliases, cluster: { try library.cluster($0) }, gpu: { try library.gpu($0) },
            stack: { try SoftwareStack.read(path: library.path(of: .stack, named: $0)) }, model: { try library.model($0) })
    }
}
