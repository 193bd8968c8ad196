public import CostModels
import Foundation
import Parallelism
import Quantities
import Schedules

/// Finds the strategies that train fastest within memory, exactly.
///
/// 1. Grids get lower bounds of their time and memory; those whose memory cannot do are out.
/// 2. The others are scanned in the order of their bounds, in rounds: everything on them whose lower bound does not exceed a threshold is
///    priced, and what fits is simulated in the order of its bounds until the next exceeds the k-th best exact time, which is the threshold
///    of the next round.
/// 3. The search ends with the first grid whose bound exceeds the threshold: nothing that could be among the first k is ever dropped (a test
///    compares with pricing everything).
/// 4. Where nodes or links differ, the ranks of the finalists get places, and their order becomes that of the placed step times.
///
/// Work items are scanned independently and merged in order, so plans and counts are the same for any number of threads.
public struct Planner: Sendable {
    /// The question.
    public let request: SearchRequest
    /// The prices.
    public let model: StepModel
    /// Tells whether the search should stop early with what it has.
    let isCancelled: @Sendable () -> Bool

    /// A planner for a request.
    public init(_ request: SearchRequest, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.request = request
        self.isCancelled = isCancelled
        model = StepModel(request.inputs)
    }

    private init(_ request: SearchRequest, model: StepModel, isCancelled: @escaping @Sendable () -> Bool) {
        (self.request, self.model, self.isCancelled) = (request, model, isCancelled)
    }

    /// Whether the GPUs together hold parameters, gradients and optimizer state; where they do not, nothing fits.
    var holdsStates: Bool { offloads || model.leastStates <= request.memoryLimit.count }

    /// Whether states may lie beside the GPU.
    private var offloads: Bool { request.constraints.offload != .never && model.pricesOffload }

    /// Searches; `progress` hears the share of the work that is done.
    public func search(progress: @escaping @Sendable (Double) -> Void = { _ in }) async -> SearchOutcome {
        await search(advises: true, progress: progress)
    }

    /// Searches; where nothing fits, the candidate that comes nearest is found only if asked for.
    ///
    /// Unless the user has said what may move beside the GPU, whatever may is tried where nothing fits without, and also where something does: then it
    /// is answered with only if that is a twentieth faster, less than which nobody runs what is harder to run.
    func search(advises: Bool, progress: @escaping @Sendable (Double) -> Void = { _ in }) async -> SearchOutcome {
        guard request.constraints.offload == .auto, model.pricesOffload else {
            return await searchOnce(advises: advises, progress: progress)
        }
        let plain = await offloading(.never).searchOnce(advises: false) { progress(0.5 * $0) }
        guard plain.counts.isComplete, plain.plans.isEmpty || request.offloadsAtOnce else { return plain }
        if let before = plain.plans.first {
            // Where the leanest plan stands first, faster means than the fastest all the same.
            let rival = request.objective == .memoryHeadroom ? await fastestWithout() ?? before : before
            let limit = rival.estimate.stepTime / 1.05
            let faster = await offloading(.all, within: limit).searchOnce(advises: false) { progress(0.5 + 0.2 * $0) }
            guard let after = faster.plans.first, after.estimate.stepTime <= limit else { return plain }
        }
        return await offloading(.all).searchOnce(advises: advises) { progress(0.7 + 0.3 * $0) }
    }

    /// The fastest plan with nothing beside the GPU.
    private func fastestWithout() async -> Plan? {
        await offloading(.never, within: .greatestFiniteMagnitude).searchOnce(advises: false) { _ in }.plans.first
    }

    /// The same planner with another policy of offload, asked for the fastest of what is as fast as `limit` if that is stated.
    private func offloading(_ policy: OffloadPolicy, within limit: Double = .infinity) -> Planner {
        var changed = request
        changed.constraints.offload = policy
        if limit < .infinity { (changed.within, changed.top, changed.objective) = (limit, 1, .throughput) }
        return Planner(changed, model: model, isCancelled: isCancelled)
    }

    private func searchOnce(advises: Bool, progress: @escaping @Sendable (Double) -> Void) async -> SearchOutcome {
        guard request.unevenRows != nil, request.dealtFinalists == 0, request.objective != .memoryHeadroom else {
            return await searchFinalists(advises: advises, progress: progress).outcome
        }
        // Rows of unequal work only add to a price: once the last finalist is dearer without them than the last answer with them, whatever was left
        // out is too.
        var asked = request
        asked.dealtFinalists = max(request.top, Self.fewestDealt)
        while true {
            let found = await Planner(asked, model: model, isCancelled: isCancelled).searchFinalists(advises: advises, progress: progress)
            if found.isWhole || isCancelled() || asked.dealtFinalists >= Self.mostDealt { return found.outcome }
            asked.dealtFinalists *= 4
        }
    }

    /// Finalists whose rows are dealt at first, and at most.
    private static let (fewestDealt, mostDealt) = (16, 256)

    /// The finalists in the order of what their rows take as they are dealt, and whether no strategy that is left out can be among the first.
    func dealt(_ finalists: [Finalist]) -> (finalists: [Finalist], isWhole: Bool) {
        guard let unevenRows = request.unevenRows, !finalists.isEmpty else { return (finalists, true) }
        let added = Concurrent.map(finalists.count) { unevenRows(request.inputs, finalists[$0].strategy, finalists[$0].unplaced) }
        var dealt = finalists
        for (place, seconds) in added.enumerated() {
            dealt[place].unplaced = dealt[place].unplaced.dealt(adding: seconds)
            dealt[place].estimate = dealt[place].estimate.dealt(adding: seconds)
        }
        if request.objective != .memoryHeadroom { dealt.sort(by: Finalist.isFaster) }
        let dearest = finalists.map(\.unplaced.stepTime).max() ?? 0
        let wanted = min(request.top, dealt.count)
        return (dealt, finalists.count < FinalistPlacement.finalists(request) || dealt[wanted - 1].estimate.stepTime <= dearest)
    }

    private func searchFinalists(advises: Bool, progress: @escaping @Sendable (Double) -> Void) async -> (
        outcome: SearchOutcome, isWhole: Bool
    ) {
        let space = StrategySpace(
            request, offload: OffloadChoices(request, isPriced: model.pricesOffload), isCancelled: isCancelled)
        let catalog = PipelineCatalog(space, model: model, isCancelled: isCancelled)
        var search = BestFirstSearch(GridScan.Setting(model, request, space, catalog), isCancelled: isCancelled)
        await search.run(advises: advises, progress: progress)
        let placement = finalistPlacement()
        let (finalists, isWhole) = dealt(await placement.placed(search.finalists.finalists()))
        let timed = PlanTimings(Array(finalists.prefix(request.top)), model: model)
        var (plans, sure) = search.finalists.plans(finalists) { chances($0, timing: timed) }
        if let first = plans.first { plans[0] = placement.refined(first) }
        progress(1)
        let examples = space.examples.merging(search.result.examples) { first, _ in first }
        var outcome = SearchOutcome(plans: plans, counts: counts(space, search), leanest: search.leanest, examples: examples)
        outcome.chanceAfterLinks = sure?.afterLinks
        outcome.operatorToTime = sure.flatMap(timed.best)
        return (outcome, isWhole)
    }

    private func counts(_ space: StrategySpace, _ search: BestFirstSearch) -> SearchCounts {
        let result = search.result
        var counts = SearchCounts()
        counts.evaluated = result.evaluated
        counts.pruned = result.pruned
        counts.feasible = result.feasible
        counts.illegal = space.rejected.values.reduce(0, +) + result.illegal.values.reduce(0, +)
        counts.simulated = search.finalists.simulated
        counts.isComplete = search.isComplete && !isCancelled()
        for (rule, number) in space.rejected { counts.rejected[rule.rawValue, default: 0] += number }
        for (rule, number) in result.illegal { counts.rejected[rule.rawValue, default: 0] += number }
        if search.finalists.tooLong > 0 { counts.rejected["micro-batches"] = search.finalists.tooLong }
        for part in MemoryPart.allCases {
            let number = result.overMemory[part.rawValue]
            if number > 0 { counts.rejected["memory: \(part)", default: 0] += number }
        }
        return counts
    }
}
