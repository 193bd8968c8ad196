import ArgumentParser
import Foundation
import Reports
import Studies

/// `meshwright sweep`: a grid of plans and what they say together.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Plans a grid of models, clusters and sizes, and compares cost and days.",
        subcommands: [SweepRunCommand.self, SweepGatherCommand.self], defaultSubcommand: SweepRunCommand.self)
}

/// `meshwright sweep STUDY.yaml`: every cell is a plan; what is in the store is not searched again.
struct SweepRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Plans every cell of a study.",
        discussion: """
            meshwright sweep study.yaml
            meshwright sweep --model llama-3.1-70b --cluster dgx-h100,hgx-h200 --gpus 64...1024 --tokens 15T --deadline 30d
            meshwright sweep gather study.yaml shard-*.sqlite   (what parts of it found; sweep gather --help)

            Exit status: 0 with plans, 69 when no cell has one or none is in time or affordable, 130 after Ctrl-C (what was found is printed and
            kept), 74 when a store that was named cannot be written, 65 for bad input.
            """)

    @OptionGroup(title: "Study") var options: StudyOptions
    @OptionGroup(title: "Output") var output: SweepOutput
    @OptionGroup(title: "Output") var terminal: TerminalOption

    @Option(
        help: ArgumentHelp(
            "The file of cells that were searched.", discussion: "By default cells.sqlite beside the cache of plans.", valueName: "path"),
        completion: .file(extensions: ["sqlite"]))
    var store: String?

    @Flag(name: .customLong("no-store"), help: "Neither read nor write the file of cells.")
    var isUnstored = false

    @Option(help: ArgumentHelp("Cells to search at a time. By default one for each core.", valueName: "count"))
    var threads: Int?

    @Option(
        help: ArgumentHelp("Search a part of the cells, such as 2/8; parts take about the same time.", valueName: "i/n"),
        transform: Self.shard)
    var shard: Shard?

    @Option(
        name: .customLong("slurm"),
        help: ArgumentHelp("Write a Slurm job array that searches the study in parts, and search nothing.", valueName: "folder"))
    var slurm: String?

    @Option(
        help: ArgumentHelp("Write an indexed Job of Kubernetes that does the same, and search nothing.", valueName: "folder"))
    var kubernetes: String?

    @Flag(help: "Draw the table anew on the terminal while cells are searched.")
    var watch = false

    @Option(help: ArgumentHelp("Parts of --slurm or --kubernetes. By default 16.", valueName: "count"))
    var shards: Int?

    func validate() throws {
        if isUnstored, store != nil { throw ValidationError("--store and --no-store exclude each other") }
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads \(threads): between 1 and 1024") }
        if let shards, !(1...10_000).contains(shards) { throw ValidationError("--shards \(shards): between 1 and 10000") }
        let written = slurm != nil ? "--slurm" : kubernetes != nil ? "--kubernetes" : nil
        if slurm != nil, kubernetes != nil { throw ValidationError("--slurm and --kubernetes both write the parts; give one of them") }
        if shards != nil, written == nil {
            throw ValidationError("--shards goes with --slurm or --kubernetes; --shard i/n searches one part here")
        }
        if let written, shard != nil { throw ValidationError("\(written) writes all parts; leave --shard out") }
        if let written, options.file == nil { throw ValidationError("\(written) needs the study as a file, which its jobs read") }
        if watch, output.format != .table { throw ValidationError("--watch draws the table; leave --format out") }
    }

    func run() async throws {
        if watch, isatty(STDERR_FILENO) != 1 {
            throw CommandFailure(.usage, "--watch draws on a terminal, which standard error is not; leave it out")
        }
        let study = try options.study()
        try OutputFile.check(output.files, inputs: [options.file, store])
        let questions = try SweepQuestions(study, library: .installed)
        if let file = options.file, let folder = slurm ?? kubernetes {
            let parts = SweepParts(study: file, shards: min(shards ?? 16, questions.cells.count), threads: threads)
            Console.print(try slurm != nil ? SlurmSweep(parts: parts).write(to: folder) : KubernetesSweep(parts: parts).write(to: folder))
            return
        }
        let interruption = Interruption()
        defer { interruption.stop() }
        let cells = shard.map { $0.cells(costs: questions.costs) } ?? Array(questions.cells.indices)
        let kept = isUnstored ? nil : try CellStore(path: store)
        let run = SweepRun(
            questions: questions, store: kept, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
            isCancelled: interruption.isRequested,
            watch: watch ? SweepWatch(study, questions, cells, terminal) : nil)
        let (results, remembered) = try await run.results(of: cells)
        let unwritten = kept?.finish() ?? 0
        if let warning = kept?.warning { ErrorReporting.warn(warning) }
        if remembered > 0 { ErrorReporting.warn("\(remembered) of \(cells.count) cells were searched before") }
        let report = SweepReport(study, rows: cells.map { questions.row($0, results[$0]) })
        try output.write(report, terminal)
        // Whoever names a store relies on it; the usual one only saves time.
        if unwritten > 0, let store {
            throw CommandFailure(
                .unwritable, "\(store): \(unwritten) of \(cells.count) cells could not be written; run it again with a store that can be")
        }
        guard report.missing.isEmpty else {
            throw CommandFailure(.interrupted, "stopped early; run it again to search the other \(report.missing.count) cells")
        }
        // What a part says is no verdict on the study.
        if shard == nil { try report.leave() }
    }

    private static func shard(_ text: String) throws -> Shard {
        guard let shard = Shard(text) else {
            throw ValidationError("--shard \(text): write i/n with i from 1 to n and n at most 10000, such as 2/8")
        }
        return shard
    }
}
