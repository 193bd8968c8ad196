import ArgumentParser
import Calibration
import Documents
import Hardware
import Parallelism
import Reports

/// `meshwright calibrate runs`: refits a software stack to a user's own runs.
struct CalibrateRunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Refits a software stack's few constants to your own runs.",
        discussion: """
            MY.csv has the columns of docs/runs.md. Three to six runs are enough: constants stay near the stack's unless the runs say otherwise. \
            One or two runs fit a single scalar. Errors are printed for runs that were left out of the fit.
            """)

    @Argument(help: ArgumentHelp("Table of runs.", valueName: "MY.csv"))
    var table: String

    @Option(help: "The stack to start from: a shipped name or the path of a stack file.")
    var stack: String

    @Option(help: "The cluster the runs ran on: a shipped name or a path. By default the one that the runs' GPU means.")
    var cluster: String?

    @Option(help: "Name of the stack that is written; the old name with -own behind it unless given.")
    var name: String?

    @Option(help: ArgumentHelp("Configurations to fit, which the seed picks; the others only check the fit. At most 24 unless given."))
    var use: Int?

    @OptionGroup(title: "Names") var names: RunAliasOptions
    @OptionGroup var fit: CalibrateOutputOptions

    func validate() throws {
        if let use, use < 1 { throw ValidationError("--use \(use): at least one configuration") }
    }

    func run() throws {
        try fit.check(inputs: [table, names.file, OutputFile.file(.stack, stack), OutputFile.file(.cluster, cluster)])
        let library = ProfileLibrary.installed
        var resolver = RunResolver.shipped(library, try names.aliases(library))
        resolver.refusesOffloading = true
        resolver.stackName = stack
        resolver.clusterName = cluster
        let base = try SoftwareStack.read(path: library.path(of: .stack, named: stack))
        let result = try RunsFit(RunsTable.read(path: table), resolver: resolver, file: table, use: use, seed: fit.seed).run()
        var own = base
        own.name = name ?? "\(base.name)-own"
        own.costs = result.stack.costs
        own.accuracy = result.stack.accuracy
        own.provenance = result.stack.provenance
        try fit.finish(
            OperatorFitReport(kind: "runs", target: base.name, fit: result.fit, runs: result.runs), profile: own.document,
            comment: ["\(base.name) refitted by meshwright calibrate runs."])
    }
}
