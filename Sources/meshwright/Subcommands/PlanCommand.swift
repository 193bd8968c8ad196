import ArgumentParser
import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import PlanStore
import Quantities
import Reports
import Search
import Workload

/// `meshwright plan`: the fastest ways to train a model on a cluster that fit in memory, ranked and explained.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Finds the fastest parallel configurations that fit, ranks and explains them.",
        discussion: """
            meshwright plan --model llama-3.1-405b --cluster dgx-h100 --gpus 512

            Exit status: 0 with plans, 69 when nothing fits, 130 after Ctrl-C (the best found so far is printed), 65 for bad input.
            """)

    @OptionGroup(title: "Job") var job: JobOptions
    @OptionGroup(title: "Method") var method: MethodOptions
    @OptionGroup(title: "Cluster") var named: ClusterNameOption
    @OptionGroup(title: "Cluster") var size: ClusterSizeOption
    @OptionGroup(title: "Cluster") var software: StackOption
    @OptionGroup(title: "Cluster") var released: ReleaseOption
    @OptionGroup(title: "Goal") var goal: GoalOptions
    @OptionGroup(title: StrategyOptions.title) var strategy: StrategyOptions
    @OptionGroup(title: "Placement") var placement: PlacementOptions
    @OptionGroup(title: "Exchange of tokens") var exchange: ExchangeOptions
    @OptionGroup(title: "Overlap") var overlap: OverlapOptions
    @OptionGroup(title: "Failures") var failures: FailureOptions
    @OptionGroup var search: SearchOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var terminal: TerminalOption

    @Option(help: ArgumentHelp("Which of the plans to explain.", valueName: "rank"))
    var explain = 1

    @Option(
        help: ArgumentHelp(
            "A configuration of your own to set beside the best plan, such as tp=8,pp=8 or from:megatron:pretrain.sh.",
            valueName: "key=value,…"),
        transform: HandWrittenStrategy.parse)
    var compare: HandWrittenStrategy?

    @Option(
        name: .customLong("sweep-seq"),
        help: ArgumentHelp(
            "Plan the same job at these lengths of sequences too, tokens of a step kept, such as 8K...1M: one table with the best plan of each.",
            valueName: "lengths"), transform: ContextLadder.parse)
    var sweepSequences: [Int]?

    @Flag(name: .customLong("map"), help: "Draw which GPU holds which pipeline stage of the plan that is explained.")
    var drawsMap = false

    @Option(
        name: .customLong("map-svg"), help: ArgumentHelp("Draw the same as SVG into a file.", valueName: "file"), completion: .file())
    var mapFile: String?

    @Option(
        help: ArgumentHelp(
            "Write the answer as one page: plans side by side, the schedule, the map, launch files and sources.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    @OptionGroup(title: "Cache") var cache: CacheLocationOption

    @Flag(name: .customLong("no-cache"), help: "Neither read nor write the cache of plans.")
    var isUncached = false

    /// What decides the plan.
    var options: PlanOptions {
        var options = PlanOptions()
        (options.job, options.method, options.named, options.size, options.software) = (job, method, named, size, software)
        (options.released, options.exchange, options.overlap) = (released, exchange, overlap)
        (options.goal, options.strategy, options.placement, options.search) = (goal, strategy, placement, search)
        options.failures = failures
        return options
    }

    func validate() throws {
        try options.validate()
        guard (1...search.top).contains(explain) else { throw ValidationError("--explain \(explain): between 1 and --top \(search.top)") }
        if drawsMap, output.format != .table { throw ValidationError("--map goes with --format table; use --map-svg") }
        if sweepSequences != nil, compare != nil || drawsMap || mapFile != nil || html != nil {
            throw ValidationError("--sweep-seq prints one table; --compare, --map, --map-svg and --html go with a single plan")
        }
        if isUncached, cache.path != nil { throw ValidationError("--cache and --no-cache exclude each other") }
    }

    func run() async throws {
        if let sweepSequences { return try await sweep(sweepSequences) }
        let start = ContinuousClock.now
        try OutputFile.check(
            [OutputFile(option: "--map-svg", path: mapFile), OutputFile(option: "--html", path: html)],
            inputs: [
                OutputFile.file(.model, job.model), job.file, OutputFile.file(.cluster, options.cluster),
                OutputFile.file(.stack, software.stack), OutputFile.file(ofSpec: compare?.source), cache.location,
            ])
        var options = options
        let compared = try compare?.source.map(ComparedConfiguration.init)
        compared?.complete(&options)
        let question = try PlanQuestion(options, library: .installed, beside: compared)
        let echo = compared?.echo(question.request.inputs, options)
        for line in echo?.lines ?? [] { Console.complain(line) }
        try compared?.check(question.request.inputs, statesStack: software.stack != nil)
        try checkPins(question.request)
        let compare = compared?.strategy ?? compare
        let interruption = Interruption()
        defer { interruption.stop() }
        var store = isUncached ? nil : PlanCache(path: cache.location, isNamed: cache.path != nil)
        let key = try question.key(explain: explain, comparison: compare, seed: search.seed)
        let remembered = store?.lookup(key).flatMap { try? JSONDecoder().decode(PlanReport.self, from: $0) }
        var report: PlanReport
        if let remembered {
            report = remembered
        } else {
            let progress = ProgressBar()
            let answer = PlanAnswer(question: question, isCancelled: interruption.isRequested, progress: progress)
            defer { progress.clear() }
            report = try await answer.report(explain: explain, comparison: compare, seed: search.seed)
            if report.search.isComplete { try remember(report, under: key, in: &store) }
        }
        report.comparison?.readFrom = echo
        if let warning = store?.warning { ErrorReporting.warn(warning) }
        let elapsed = ContinuousClock.now - start
        let run = PlanReport.Run(
            elapsed: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18,
            cache: isUncached || store?.isOn != true ? "off" : remembered == nil ? "miss" : "hit", threads: search.threadCount)
        write(report, run)
        try drawMap(report)
        if let html { try AtomicFile.write(PlanPage(report, PlanPageExtras(report, question).extras).bytes(), to: html) }
        try leave(report)
    }

    /// Prints the best plan at each of several lengths.
    private func sweep(_ lengths: [Int]) async throws {
        let sweep = try await ContextSweepRun(options: options, lengths: lengths).sweep()
        let text =
            switch output.format {
            case .table: sweep.text(width: terminal.columns, colour: terminal.colours)
            case .json: JSONWriter.text(sweep.document)
            case .yaml: YAMLWriter.text(sweep.document)
            case .csv: sweep.csv
            }
        Console.print(text, terminator: "")
    }

    /// Complains about pinned values that can never be legal; ends the run where no other value of the dimension is left.
    private func checkPins(_ request: SearchRequest) throws {
        try PinReport.check(request)
        let model = request.inputs.model
        guard model.experts == nil else { return }
        if let imbalance = job.expertImbalance, imbalance > 1 {
            ErrorReporting.warn("--expert-imbalance: \(model.name) has no experts, so \(imbalance) means nothing; the value is left out")
        }
        if let modules = strategy.recomputeModules, !modules.isDisjoint(with: [.experts, .expertActivation]) {
            ErrorReporting.warn("--recompute-modules: \(model.name) has no experts, so moe and moe_act mean nothing")
        }
    }

    private func remember(_ report: PlanReport, under key: String, in store: inout PlanCache?) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        store?.save(
            CachedPlan(
                key: key, model: report.model, cluster: report.cluster, toolVersion: ToolVersion.current,
                result: try encoder.encode(report)))
    }

    private func write(_ report: PlanReport, _ run: PlanReport.Run) {
        let text =
            switch output.format {
            case .table: PlanText(report, run: run, width: terminal.columns, colour: terminal.colours).rendered()
            case .json: JSONWriter.text(report.document(run))
            case .yaml: YAMLWriter.text(report.document(run))
            case .csv: PlanCSV.text(report)
            }
        Console.print(text, terminator: "")
    }

    /// Draws the map of the plan that is explained, where it was asked for and there is one.
    private func drawMap(_ report: PlanReport) throws {
        guard drawsMap || mapFile != nil, let entry = report.plans.first(where: { $0.rank == report.explanation?.rank }),
            let map = report.map(of: entry)
        else { return }
        if drawsMap {
            Console.print("\nWhich GPU holds which stage of plan \(entry.rank)")
            for line in map.lines(width: terminal.columns) { Console.print(line.rendered(terminal.colours)) }
        }
        if let mapFile { try AtomicFile.write(Array(map.svg.utf8), to: mapFile) }
    }

    /// Turns an incomplete or empty answer into its exit status; the answer itself is printed already.
    private func leave(_ report: PlanReport) throws {
        guard report.search.isComplete else {
            throw CommandFailure(
                .interrupted, report.plans.isEmpty ? "stopped before anything was found" : "stopped early; a better plan may exist")
        }
        guard report.plans.isEmpty else {
            if explain > report.plans.count {
                ErrorReporting.warn("there is no plan \(explain); plan \(report.plans.count) is explained")
            }
            return
        }
        throw CommandFailure(.infeasible, PlanText.verdict(report))
    }
}
