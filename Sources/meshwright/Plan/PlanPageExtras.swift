import CostModels
import Documents
import Foundation
import Hardware
import Interchange
import Parallelism
import Reports
import Schedules
import Search
import Workload

/// What the page of a plan shows beyond the report: the plan's step, its launch files, and where numbers come from.
struct PlanPageExtras {
    private let report: PlanReport
    private let question: PlanQuestion

    init(_ report: PlanReport, _ question: PlanQuestion) { (self.report, self.question) = (report, question) }

    /// Operations up to which a step goes into the page, which stays under 3 MB with them.
    private static let mostOperations = 40_000
    /// Characters up to which a launch file does.
    private static let longestFile = 100_000

    /// All of it; what cannot be had is said in the page.
    var extras: PlanPage.Extras {
        var extras = PlanPage.Extras()
        extras.sources = sources
        guard !report.plans.isEmpty else { return extras }
        do {
            let rank = report.explanation?.rank ?? 1
            let text = JSONWriter.text(report.document(PlanReport.Run(elapsed: 0, cache: "off", threads: 1)))
            let plan = try ExportPlan(
                PlanDocument.parse(text: text, file: "the plan"), file: "the plan", model: nil, cluster: nil, stack: nil)
            extras.timeline = try timeline(plan, rank, &extras)
            extras.launches = launches(try plan.configuration(rank: rank, placement: nil))
        } catch {
            extras.notes.append("The schedule and launch files are left out: \(ErrorReporting.outcome(of: error)?.message ?? "\(error)")")
        }
        return extras
    }

    /// The step of a plan; of one that is too long for a page the same schedule with fewer micro-batches.
    private func timeline(_ plan: ExportPlan, _ rank: Int, _ extras: inout PlanPage.Extras) throws -> Timeline? {
        var (model, strategy) = try plan.priced(rank: rank)
        var input = try model.simulationInput(strategy)
        let operations = input.order.operationCount
        if operations > Self.mostOperations {
            let all = strategy.microBatches
            let count = "The step has \(CountText.number(operations, of: "operation"))"
            guard let fewer = Self.thinned(model, strategy, operations: operations),
                let shorter = try? fewer.model.simulationInput(fewer.strategy)
            else {
                extras.notes.append("\(count), too many for this page; meshwright simulate --html draws them.")
                return nil
            }
            (model, strategy, input) = (fewer.model, fewer.strategy, shorter)
            extras.drawn = "as it would be with \(strategy.microBatches) of its \(all) micro-batches"
            extras.notes.append("\(count), more than a page draws; meshwright simulate --html draws them all.")
        }
        var simulator = PipelineSimulator()
        var timeline = try simulator.timeline(input.order, input.times, perturbation: nil, title: "Plan \(rank)").timeline
        let memory = SimulatedConfiguration(strategy, model.inputs, layersPerStage: input.estimate.layersPerStage, order: nil)
        (timeline.facts, timeline.memoryLimit) = (memory.lines, memory.memoryLimit)
        return timeline
    }

    /// Groups of micro-batches of which a thinned schedule is drawn: it fills, runs and drains in them, and operations can still be told apart.
    private static let thinnedGroups = 8

    /// A strategy with no more micro-batches than a page draws, in whole groups of an interleaved schedule; nil where it draws none.
    private static func thinned(_ model: StepModel, _ strategy: ParallelStrategy, operations: Int) -> (
        model: StepModel, strategy: ParallelStrategy
    )? {
        var unit = max(1, strategy.groupSize)
        while unit % strategy.pipeline != 0 { unit += max(1, strategy.groupSize) }
        var fewer = strategy
        fewer.microBatches = min(strategy.microBatches * mostOperations / operations / unit, thinnedGroups) * unit
        guard fewer.microBatches > 0 else { return nil }
        var inputs = model.inputs
        inputs.job.globalBatch = inputs.job.globalBatch / strategy.microBatches * fewer.microBatches
        return (StepModel(inputs), fewer)
    }

    /// The files of every framework that runs the stack the plan was made for.
    private func launches(_ launch: LaunchConfiguration) -> [PlanPage.Launch] {
        let stack = question.request.inputs.stack.name
        return ExportTarget.allCases.filter { !$0.isLauncher && $0.usualStack ?? StackOption.usual == stack }.compactMap { target in
            guard let files = try? launch.files(for: target) else { return nil }
            let shown = files.files.filter { $0.text.utf8.count <= Self.longestFile }
            var warnings = files.warnings
            if shown.count < files.files.count { warnings.append("Long files are left out; export writes them.") }
            return PlanPage.Launch(target: target.rawValue, files: shown.map { ($0.name, $0.text) }, warnings: warnings)
        }
    }

    private var sources: [PlanPage.Source] {
        let inputs = question.request.inputs
        func all(_ file: String, _ provenance: [String: Provenance]) -> [PlanPage.Source] {
            let keys = Dictionary(grouping: provenance.keys) { provenance[$0] ?? Provenance(source: "") }
            return keys.map { PlanPage.Source(file: file, keys: $0.value.sorted(), provenance: $0.key) }.sorted { $0.keys[0] < $1.keys[0] }
        }
        var gpus: [GPU] = []
        for group in inputs.cluster.groups where !gpus.contains(where: { $0.name == group.gpu.name }) { gpus.append(group.gpu) }
        return all("cluster \(inputs.cluster.name)", inputs.cluster.provenance) + gpus.flatMap { all("GPU \($0.name)", $0.provenance) }
            + all("stack \(inputs.stack.name)", inputs.stack.provenance)
    }
}
