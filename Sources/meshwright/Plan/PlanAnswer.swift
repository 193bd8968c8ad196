import CostModels
import Hardware
import Parallelism
import Reports
import Schedules
import Search
import Sequences
import Workload

/// Computes the answer to a question: the search itself, and everything that explains it.
struct PlanAnswer {
    let question: PlanQuestion
    let isCancelled: @Sendable () -> Bool
    let progress: ProgressBar

    /// The report; throws where no strategy is legal.
    func report(explain: Int, comparison: HandWrittenStrategy?, seed: Int) async throws -> PlanReport {
        let found = await search()
        var request = question.request
        if let size = found.size { request.inputs.cluster = size.cluster }
        var outcome = found.outcome
        let wasSearched = found.size?.holdsStates ?? true
        if wasSearched, outcome.counts.feasible == 0, outcome.leanest == nil, outcome.counts.isComplete {
            throw Self.nothingLegal(question.request, outcome)
        }
        if case .fewestGPUs(let target) = request.objective {
            // Every plan listed must reach the target.
            outcome.plans.removeAll { request.inputs.job.filledTokensPerStep / $0.estimate.stepTime < target }
        }
        var builder = PlanReportBuilder(
            request, model: question.model, cluster: question.cluster, stack: question.stack, gpuHourPrice: question.gpuHourPrice)
        builder.runChoices = question.runChoices
        builder.teacher = question.teacher
        var report = builder.report(outcome, defaults: question.defaults, seed: seed)
        ExportAdvice(request: request).complete(&report, outcome.plans)
        report.sizes = found.sizes.map(builder.size)
        if request.ignoresStack { markLaunchable(&report, outcome.plans) }
        let planner = Planner(request, isCancelled: isCancelled)
        if outcome.plans.isEmpty {
            if outcome.counts.isComplete, found.sizes.isEmpty {
                let remedies = Remedies(request, alternatives: question.alternatives, isCancelled: isCancelled)
                report.remedies = await remedies.search().map { builder.remedy($0, defaults: question.defaults) }
            }
        } else {
            let index = min(explain, outcome.plans.count) - 1
            if let problem = outcome.plans[index].placementProblem, request.placement.isDemanded {
                throw CommandFailure(.badInput, "plan \(index + 1): \(PlacementProblemText.words(problem))")
            }
            report.badLinks = planner.badLinks(of: outcome.plans[index]).map(builder.badLinks)
            report.slowGPUs = planner.slowGPUs(of: outcome.plans[index]).map(builder.slowGPUs)
            let plan = outcome.plans[index]
            report.routing = try await routing(of: plan, request)
            report.lengths = question.lengths?.study(request.inputs, plan.strategy, plan.estimate, seed: UInt64(seed))
                .map(PlanReport.Lengths.init)
            report.lengths?.layouts = await dealtLayouts(request, listed: outcome.plans.map(\.strategy), seed: UInt64(seed))
            let changes = planner.changes(to: plan.strategy, addedByLinks: plan.estimate.breakdown[.placement])
            report.explanation = builder.explanation(report.plans[index], changes: changes)
            if request.ignoresStack { report.launchable = await bestLaunchable(request, builder) }
        }
        if let comparison {
            report.comparison = try await compared(comparison, request, builder, with: report.plans.first)
        }
        return report
    }

    /// Layouts that are dealt, and of those the ones that are listed.
    private static let (dealtLayouts, listedLayouts) = (24, 5)
    /// Layouts in one stage that groups are looked for in: at most, and at least whatever their ranks.
    private static let (mostGrouped, fewestGrouped) = (256, 16)
    /// Ranks of all dealt layouts together, so that a large cluster answers as fast.
    private static let dealtRanks = 8192

    /// The layouts whose sequences are dealt fastest, each in the ways that its ranks may run.
    private func dealtLayouts(_ request: SearchRequest, listed: [ParallelStrategy], seed: UInt64) async -> PlanReport.DealtLayouts? {
        guard let lengths = question.lengths else { return nil }
        var request = request
        request.top = min(Self.dealtLayouts, max(4, Self.dealtRanks / request.inputs.cluster.gpus))
        let plans = await Planner(request, isCancelled: isCancelled).search().plans
        var (layouts, strategies): ([(study: LengthStudy, ways: [Dealing])], [ParallelStrategy]) = ([], [])
        func add(_ plan: Plan, _ isMeant: (Dealing) -> Bool) {
            let ways = Dealing.launchable(request.inputs.stack.launches, plan.strategy, request.inputs.model).filter(isMeant)
            guard !ways.isEmpty, let study = lengths.study(request.inputs, plan.strategy, plan.estimate, seed: seed) else { return }
            layouts.append((study, ways))
            strategies.append(plan.strategy)
        }
        for plan in plans { add(plan) { _ in true } }
        // Groups need one stage: of such layouts all are looked at, however slow their packed rows are.
        if request.inputs.stack.launches.formsSequenceGroups, !request.ignoresStack, request.constraints.pipeline.contains(1) {
            let most = min(Self.mostGrouped, max(Self.fewestGrouped, 2 * Self.dealtRanks / request.inputs.cluster.gpus))
            var grouped = request
            (grouped.constraints.pipeline, grouped.top, grouped.unevenRows) = (.values([1]), most, nil)
            for plan in await Planner(grouped, isCancelled: isCancelled).search().plans where !strategies.contains(plan.strategy) {
                add(plan) { $0 == .hybrid }
            }
        }
        return PlanReport.DealtLayouts(LayoutChoice(layouts, top: Self.listedLayouts), strategies, listed: listed)
    }

    /// What routing makes of the load of a plan's ranks, beside the same plan with balanced experts.
    private func routing(of plan: Plan, _ request: SearchRequest) async throws -> PlanReport.Routing? {
        guard let routing = request.inputs.job.routing else { return nil }
        let grid = try MixtureGrid(request.inputs.model)
        var balanced = request
        balanced.inputs.job.routing = .balanced(grid)
        let same = try await Planner(balanced, isCancelled: isCancelled).plan(for: plan.strategy)
        return PlanReport.Routing(
            routing, grid, ranks: plan.strategy.expert, stepTime: plan.estimate.stepTime, balanced: same.estimate.stepTime,
            placed: plan.experts)
    }

    /// A configuration of the user's own beside the best plan, run as it states.
    private func compared(
        _ comparison: HandWrittenStrategy, _ request: SearchRequest, _ builder: PlanReportBuilder, with best: PlanReport.Entry?
    ) async throws -> PlanReport.Comparison {
        var own = builder
        own.request.inputs.choices = try comparison.execution(
            request.inputs.choices, on: (request.inputs.stack, request.inputs.model), as: "--compare")
        let strategy = try comparison.strategy(request)
        let plan = try await Planner(own.request, isCancelled: isCancelled).plan(for: strategy)
        var result = own.comparison(own.entry(plan, rank: 0), with: best)
        if request.inputs.choices.overlapsDataParallel, !own.request.inputs.choices.overlapsDataParallel {
            let overlapped = try await Planner(request, isCancelled: isCancelled).plan(for: strategy)
            result.reasons += [OverlapAdvice(exposed: plan.estimate.stepTime, overlapped: overlapped.estimate.stepTime).sentence].compactMap
            { $0 }
        }
        return result
    }

    private struct Found {
        var outcome: SearchOutcome
        var size: SizeSearch.Size?
        var sizes: [SizeSearch.Size] = []
    }

    /// One search, or one for each size of the cluster where the objective chooses it.
    private func search() async -> Found {
        let bar = progress
        switch question.request.objective {
        case .throughput, .memoryHeadroom:
            return Found(outcome: await Planner(question.request, isCancelled: isCancelled).search { bar.update($0) })
        case .fewestGPUs, .costPerToken:
            let (sizes, best) = await SizeSearch(question.request, isCancelled: isCancelled).search { bar.update($0) }
            if let best { return Found(outcome: sizes[best].outcome, size: sizes[best], sizes: sizes) }
            var outcome = sizes.last?.outcome ?? SearchOutcome(plans: [], counts: SearchCounts())
            outcome.plans = []
            if isCancelled() { outcome.counts.isComplete = false }
            return Found(outcome: outcome, size: sizes.last, sizes: sizes)
        }
    }

    /// Why no strategy is legal, in one line.
    static func nothingLegal(_ request: SearchRequest, _ outcome: SearchOutcome) -> CommandFailure {
        let reasons = PinCheck(request).contradictions(outcome).prefix(3)
        return CommandFailure(
            .badInput, "no strategy is legal: \(reasons.isEmpty ? "the pins exclude each other" : reasons.joined(separator: "; or "))")
    }

    /// Names the shipped stacks that can launch each plan.
    private func markLaunchable(_ report: inout PlanReport, _ plans: [Plan]) {
        for index in report.plans.indices where index < plans.count {
            let names = question.request.stacks(launching: plans[index].strategy)
            report.plans[index].launchableBy = names
            if names.isEmpty { report.plans[index].notes.append("no shipped stack can launch it") }
        }
    }

    /// The best plan that the stack whose times are shown can launch.
    private func bestLaunchable(_ request: SearchRequest, _ builder: PlanReportBuilder) async -> PlanReport.Entry? {
        var request = request
        request.ignoresStack = false
        request.preferredStacks = []
        request.top = 1
        guard let plan = await Planner(request, isCancelled: isCancelled).search().plans.first else { return nil }
        var entry = builder.entry(plan, rank: 0)
        entry.launchableBy = question.request.stacks(launching: plan.strategy)
        return entry
    }
}
