import ArgumentParser
import Calibration
import Documents
import Foundation
import Hardware
import Parallelism
import Reports

/// `meshwright calibrate training`: fits all constants that training runs decide, as the shipped ones were fitted.
struct CalibrateTrainingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Fits every shipped constant that training runs decide, and shows what it is worth on runs unseen.",
        discussion: """
            RUNS.csv has the columns of docs/runs.md and should hold many sources. The constants of GPU types, stacks and the cost models \
            that docs/accuracy.md lists are fitted together to one half of the runs; the other half, more divisions and sources left out \
            whole show the error to expect.
            """)

    @Argument(help: ArgumentHelp("Table of runs, CSV or YAML.", valueName: "RUNS.csv"))
    var table: String

    @Option(help: "Which half is fitted; the shipped constants' unless given.")
    var seed: UInt64 = RunSplit.shippedSeed

    @Option(help: "Divisions to fit besides, seeds 0, 1, 2, …; their mean is the error to expect.")
    var splits = 10

    @Flag(help: "Also predict every source from a fit to all others, for stacks with two or more sources.")
    var leaveOneSourceOut = false

    @Flag(
        help:
            "Also predict every stack from a fit to all others, priced as the stack nearest to it: what a framework that nobody measured is worth."
    )
    var leaveOneStackOut = false

    @Option(help: "Threads; the answer is the same for any number.")
    var threads = max(1, ProcessInfo.processInfo.activeProcessorCount)

    @Option(help: ArgumentHelp("Write the fitted constants into this YAML file.", valueName: "FILE"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Write what the fit leaves open, the covariance of the constants and the spread of unseen runs, into this YAML file.",
            valueName: "FILE"))
    var uncertainty: String?

    @OptionGroup var replacing: ForceOption
    @OptionGroup var form: PlainFormatOption

    func validate() throws {
        guard (0...100).contains(splits) else { throw ValidationError("--splits \(splits): 0 to 100") }
        guard threads >= 1 else { throw ValidationError("--threads \(threads): at least 1") }
    }

    func run() async throws {
        try OutputFile.check(
            [
                OutputFile(option: "--output", path: output, replaces: replacing.force),
                OutputFile(option: "--uncertainty", path: uncertainty, replaces: replacing.force),
            ], inputs: [table])
        let library = ProfileLibrary.installed
        var resolver = RunResolver.shipped(library, try RunAliases.read(path: library.aliasPath()))
        resolver.refusesOffloading = true
        let fit = try TrainingFit(RunsTable.read(path: table), resolver: resolver, threads: threads)
        for (reason, count) in fit.leftOut { ErrorReporting.warn("\(table): \(count) rows are not fitted: \(reason)") }
        guard fit.observations.count >= 2 * Self.fewest else {
            throw CalibrationError.tooFewPoints(what: "timed runs", found: fit.observations.count, needed: 2 * Self.fewest, file: table)
        }
        let study = TrainingStudy(fit)
        var halves = [await study.half(seed: seed)]
        for other in 0..<UInt64(splits) where other != seed { halves.append(await study.half(seed: other)) }
        let report = TrainingFitReport(
            constants: fit.constants, halves: halves, leftOut: leaveOneSourceOut ? await study.leavingOutSources() : [],
            leftOutStacks: leaveOneStackOut
                ? try await study.leavingOutStacks { try SoftwareStack.read(path: library.path(of: .stack, named: $0)) } : [])
        if let output {
            let comment = ["Constants fitted by meshwright calibrate training, seed \(seed)."]
            try AtomicFile.write(Array(YAMLWriter.text(report.document, comment: comment).utf8), to: output)
        }
        if let uncertainty, let open = TrainingStudy.uncertainty(halves) {
            let comment = ["What published runs leave open of the fitted constants, by meshwright calibrate training, seed \(seed)."]
            try AtomicFile.write(Array(YAMLWriter.text(open.document, comment: comment).utf8), to: uncertainty)
        }
        switch form.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text(), terminator: "")
        }
    }

    /// Runs of a half below which a fit of this many constants says nothing.
    private static let fewest = 20
}
