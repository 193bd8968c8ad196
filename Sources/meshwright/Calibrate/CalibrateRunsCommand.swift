import ArgumentParser
import Calibration
import Documents
import Hardware
import Parallelism
import Reports

/// `meshwright calibrate runs`: takes a user's own runs into what a software stack's times rest on.
struct CalibrateRunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Updates a software stack's constants, and what is open of them, by your own runs.",
        discussion: """
            MY.csv has the columns of docs/runs.md. The shipped constants are known within bounds; your runs move each as far as they speak of it, \
            from the first run on, and narrow the bounds. The stack that is written carries both on: plan --stack mine.yaml prints the narrower \
            ranges, and calibrate runs --stack mine.yaml takes in more. Errors are printed for runs that were left out.
            """)

    @Argument(help: ArgumentHelp("Table of runs.", valueName: "MY.csv"))
    var table: String

    @Option(help: "The stack to start from: a shipped name or the path of a stack file.")
    var stack: String

    @Option(help: "The cluster the runs ran on: a shipped name or a path. By default the one that the runs' GPU means.")
    var cluster: String?

    @Option(help: "Name of the stack that is written; the old name with -own behind it unless given.")
    var name: String?

    @Option(help: ArgumentHelp("Configurations to take in, which the seed picks; the others only check. All unless given."))
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
        let result = try RunsFit(
            RunsTable.read(path: table), resolver: resolver, uncertainty: .read(path: library.uncertaintyPath()), file: table, use: use,
            seed: fit.seed
        ).run()
        for doubt in result.doubts { ErrorReporting.warn(doubt) }
        var own = base
        own.name = name ?? (base.ownRuns == nil ? "\(base.name)-own" : base.name)
        own.costs = result.stack.costs
        own.accuracy = result.stack.accuracy
        own.measured = result.stack.measured
        own.ownRuns = result.stack.ownRuns
        own.provenance = result.stack.provenance
        try fit.finish(
            OperatorFitReport(kind: "runs", target: base.name, fit: result.fit, runs: result.runs), profile: own.document,
            comment: ["\(base.name) updated by meshwright calibrate runs."])
    }
}
