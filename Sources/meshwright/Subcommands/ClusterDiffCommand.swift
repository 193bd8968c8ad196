import ArgumentParser
import CostModels
import Hardware
import Interchange
import Parallelism
import Reports
import Search
import Workload

/// `meshwright cluster diff`: what changed between two profiles of one cluster, and what it costs a plan.
struct ClusterDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Says what changed between two profiles of one cluster, and what it costs a plan.",
        discussion: """
            meshwright cluster diff march.yaml june.yaml
            meshwright cluster diff march.yaml june.yaml --plan plan.json
            meshwright cluster diff march.yaml june.yaml --model llama-3.1-70b --gpus 256 --tokens 2T

            Numbers that somebody stated changed when they differ. A measured number changed when it differs by a tenth; of matrices and curves the
            ratios of all links tell the spread, and what is slower is more than a tenth slower and more than chance explains. What a plan
            loses is counted an area of the profile at a time; the parts add up.

            Exit status: 0 where nothing got worse, 1 where something did, 65 for bad input.
            """)

    @Argument(help: "The profile of before: a shipped name, or the path of a cluster file.", completion: .shipped(.cluster))
    var before: String

    @Argument(help: "The profile of now.", completion: .shipped(.cluster))
    var after: String

    @OptionGroup(title: "Plan") var plan: DiffPlanOptions
    @OptionGroup(title: "Plan") var size: ClusterSizeOption
    @OptionGroup(title: "Plan") var software: StackOption
    @OptionGroup(title: "Plan") var method: MethodOptions
    @OptionGroup(title: "Output") var output: PlainFormatOption

    func validate() throws {
        let others = [
            size.nodes.map { _ in "--nodes" }, size.gpus.map { _ in "--gpus" }, software.stack.map { _ in "--stack" }, method.firstGiven,
        ]
        try plan.check(others.compactMap { $0 })
        if before == "-", after == "-" { throw ValidationError("both profiles are standard input; give the path of one of them") }
    }

    func run() async throws {
        let library = ProfileLibrary.installed
        let (old, new) = (try PlanFiles.cluster(before, library).value, try PlanFiles.cluster(after, library).value)
        let report = ClusterDiffReport(ClusterDiff(before: old, after: new), plan: try await price(old, new, library))
        switch output.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text, terminator: "")
        }
        if report.isWorse { throw ExitStatus.found }
    }

    private func price(_ old: ClusterProfile, _ new: ClusterProfile, _ library: ProfileLibrary) async throws -> ClusterDiffReport.PlanPrice?
    {
        if let file = plan.plan {
            let document = try PlanDocument.read(path: file)
            let priced = try ExportPlan(document, file: file, model: nil, cluster: before, stack: nil).priced(
                rank: plan.rank ?? 1, placesAnew: true)
            var request = SearchRequest(inputs: priced.model.inputs)
            request.inputs.job.tokens = document.job.tokens
            return try await ClusterDiffPrice(request: request, strategy: priced.strategy, before: old, after: new).report()
        }
        guard plan.model != nil else { return nil }
        let options = try plan.planOptions(cluster: before, size: size, stack: software, method: method)
        let files = try PlanFiles(
            model: PlanFiles.model(options.job.model, library),
            cluster: PlanFiles.File(value: old, source: .init(name: old.name, sha256: "")),
            stack: PlanFiles.stack(PlanFiles.stackName(options), library), uncertainty: PlanFiles.uncertainty(library))
        let question = try PlanQuestion(options, files, library: library)
        if !question.defaults.isEmpty { ErrorReporting.warn("assumed: \(question.defaults.joined(separator: " "))") }
        let strategy: ParallelStrategy
        if let own = plan.configuration {
            strategy = try own.strategy(question.request, as: "--configuration")
        } else {
            guard let best = await Planner(question.request).search().plans.first else {
                throw CommandFailure(.infeasible, "no plan of \(options.job.model) fits \(old.name); 'plan' says what would")
            }
            strategy = best.strategy
        }
        return try await ClusterDiffPrice(request: question.request, strategy: strategy, before: old, after: new).report()
    }
}
