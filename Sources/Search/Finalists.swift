import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

/// Simulates candidates in the order of their bounds and keeps the k best.
struct Finalists {
    let model: StepModel
    let request: SearchRequest
    private let legality: Legality
    private(set) var simulated = 0
    /// Strategies with more micro-batches than a schedule can hold.
    private(set) var tooLong = 0
    /// The best exact plan of each layout.
    private(set) var best: [LayoutKey: (strategy: ParallelStrategy, estimate: StepEstimate)] = [:]
    /// Their exact times, ascending.
    private var times: [Double] = []
    /// The best exact time of a strategy that comes before those that no stack can launch.
    private var fastestPreferred = Double.infinity
    /// With the objective of memory: of each layout the leanest plan that the model cannot tell from the fastest.
    private var lean: [LayoutKey: (strategy: ParallelStrategy, estimate: StepEstimate)] = [:]
    private var simulator = PipelineSimulator()

    init(model: StepModel, request: SearchRequest) {
        self.model = model
        self.request = request
        legality = request.legality
    }

    /// The layout that a strategy is a variant of.
    private func key(_ s: ParallelStrategy) -> LayoutKey {
        LayoutKey(s, listsVariants: request.listsVariants, isPreferred: request.isPreferred(s))
    }

    /// The time beyond which no candidate can be among the answers, with room for rounding.
    var limit: Double { request.prunes ? min(threshold, request.within) * Self.rounding : .infinity }

    /// The time beyond which a candidate of a grid cannot be among the answers: where variants are not listed, that of the best known of its
    /// layout.
    func limit(_ grid: StrategySpace.Grid) -> Double {
        guard request.prunes else { return .infinity }
        let own =
            request.listsVariants || request.objective == .memoryHeadroom || !request.preferredStacks.isEmpty
            ? Double.infinity : best[LayoutKey(grid.strategy)]?.estimate.stepTime ?? .infinity
        return min(limit, own * Self.rounding)
    }

    /// What sums of many terms may differ by in the order of their terms: a bound that exceeds an exact time by no more is no bound.
    private static let rounding = 1 + 1e-12

    /// The k-th best exact time so far, and at least the best of a strategy that some stack can launch; infinite without such plans.
    private var slowest: Double {
        let wanted = request.objective == .memoryHeadroom ? 1 : FinalistPlacement.finalists(request)
        return max(times.count >= wanted ? times[wanted - 1] : .infinity, request.preferredStacks.isEmpty ? 0 : fastestPreferred)
    }

    /// The time beyond which a candidate cannot be among the answers.
    var threshold: Double { slowest * slack }

    /// Plans that the model cannot tell from the fastest compete for memory head-room, those up to 5 % slower in any case.
    private var slack: Double {
        guard request.objective == .memoryHeadroom else { return 1 }
        let error = model.inputs.expectedError
        return max(1.05, (1 + error) / (1 - error))
    }

    /// Simulates what can still be among the best; when asked to stop, no more than it takes to have an answer.
    mutating func run(_ findings: [Finding], _ strategy: (Finding) -> ParallelStrategy, isCancelled: () -> Bool = { false }) {
        let order = findings.indices.sorted {
            findings[$0].bound != findings[$1].bound ? findings[$0].bound < findings[$1].bound : $0 < $1
        }
        for index in order {
            let finding = findings[index]
            if isCancelled(), !best.isEmpty { break }
            if request.prunes, finding.bound > slowest * Self.rounding { break }
            let strategy = strategy(finding)
            let key = key(strategy)
            // A variant cannot beat its own layout's best when its bound already exceeds it.
            if request.prunes, let known = best[key], finding.bound > known.estimate.stepTime * Self.rounding { continue }
            guard let estimate = exact(strategy) else { continue }
            if let known = best[key], !isBetter(strategy, estimate, than: known) { continue }
            let known = best.updateValue((strategy, estimate), forKey: key)
            if request.preferredStacks.isEmpty {
                if let known { times.remove(at: place(of: known.estimate.stepTime)) }
                times.insert(estimate.stepTime, at: place(of: estimate.stepTime))
            } else {
                times = listable.map(\.value.estimate.stepTime).sorted()
                if key.isPreferred { fastestPreferred = min(fastestPreferred, estimate.stepTime) }
            }
        }
    }

    /// The best of each layout, less those that no stack can launch where the same layout is as fast on one that can.
    private var listable: [LayoutKey: (strategy: ParallelStrategy, estimate: StepEstimate)] {
        guard !request.preferredStacks.isEmpty else { return best }
        return best.filter { key, plan in
            guard !key.isPreferred, let other = best[key.preferred] else { return true }
            return plan.estimate.stepTime < other.estimate.stepTime
        }
    }

    /// Where a time stands among the best, or would.
    private func place(of time: Double) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The exact price of a strategy that fits and keeps every rule; nil for others.
    ///
    /// The scan asks about rules in the order that is cheapest for many candidates; for the few that are left all are asked once more.
    private mutating func exact(_ strategy: ParallelStrategy) -> StepEstimate? {
        guard legality.firstViolation(of: strategy) == nil else { return nil }
        do throws(StepError) {
            let estimate = try model.estimate(strategy, simulator: &simulator)
            simulated += 1
            return estimate.memoryHigh <= request.memoryLimit.count && model.fitsHost(estimate) ? estimate : nil
        } catch {
            if case .schedule(.tooLarge) = error { tooLong += 1 }
            return nil
        }
    }

    /// Finds the plans that leave most memory free among those as fast as the fastest, for all the model can tell: leanest first, until as
    /// many layouts as are listed have one; of equally lean ones the faster.
    mutating func runLeanest(_ findings: [Finding], _ strategy: (Finding) -> ParallelStrategy, isCancelled: () -> Bool = { false }) {
        guard let fastest = times.first else { return }
        let order = findings.indices.sorted { a, b in
            let (first, second) = (findings[a], findings[b])
            if first.memoryHigh != second.memoryHigh { return first.memoryHigh < second.memoryHigh }
            return first.bound != second.bound ? first.bound < second.bound : a < b
        }
        var most = 0.0
        for index in order where findings[index].bound <= fastest * slack {
            let finding = findings[index]
            if isCancelled() || (lean.count >= request.top && finding.memoryHigh > most) { break }
            let strategy = strategy(finding)
            let key = key(strategy)
            if let known = lean[key], finding.memoryHigh > known.estimate.memoryHigh || finding.bound > known.estimate.stepTime { continue }
            guard let estimate = exact(strategy), estimate.stepTime <= fastest * slack else { continue }
            if let known = lean[key],
                !Finalist.precedes(
                    (estimate.memoryHigh, estimate.stepTime, strategy),
                    (known.estimate.memoryHigh, known.estimate.stepTime, known.strategy))
            {
                continue
            }
            lean[key] = (strategy, estimate)
            most = max(most, estimate.memoryHigh)
        }
    }

    /// Faster wins; of equally fast variants the one that needs less memory, then the simpler, then the first in an order that is the same
    /// everywhere.
    private func isBetter(
        _ s: ParallelStrategy, _ estimate: StepEstimate, than known: (strategy: ParallelStrategy, estimate: StepEstimate)
    ) -> Bool {
        if estimate.stepTime != known.estimate.stepTime { return estimate.stepTime < known.estimate.stepTime }
        // What hides behind compute could move as well as stay: it stays.
        let (beside, otherwise) = (estimate.hostMemory + estimate.storage, known.estimate.hostMemory + known.estimate.storage)
        if beside != otherwise, s.sharding == known.strategy.sharding, s.recompute == known.strategy.recompute { return beside < otherwise }
        if estimate.memoryHigh != known.estimate.memoryHigh { return estimate.memoryHigh < known.estimate.memoryHigh }
        if s.complexity != known.strategy.complexity { return s.complexity < known.strategy.complexity }
        return s.orderKey.lexicographicallyPrecedes(known.strategy.orderKey)
    }

    /// The best strategies by their prices on links of mean speed: more than are listed where placement may change their order.
    func finalists() -> [Finalist] {
        func ordered(_ plans: [LayoutKey: (strategy: ParallelStrategy, estimate: StepEstimate)], byMemory: Bool) -> [Finalist] {
            plans.map { key, plan in
                var finalist = Finalist(strategy: plan.strategy, unplaced: plan.estimate, estimate: plan.estimate, rankBefore: 0)
                finalist.isPreferred = key.isPreferred
                return finalist
            }.sorted { a, b in
                let (first, second) = (a.estimate, b.estimate)
                return byMemory
                    ? Finalist.precedes((first.memoryHigh, first.stepTime, a.strategy), (second.memoryHigh, second.stepTime, b.strategy))
                    : Finalist.precedes((first.stepTime, first.memoryHigh, a.strategy), (second.stepTime, second.memoryHigh, b.strategy))
            }
        }
        let byTime = ordered(listable, byMemory: false)
        var chosen = Array(byTime.prefix(FinalistPlacement.finalists(request)))
        if request.objective == .memoryHeadroom, !lean.isEmpty { chosen = ordered(lean, byMemory: true) }
        // One that can be launched is always among them, and those that can come first.
        if !chosen.contains(where: \.isPreferred), let first = byTime.first(where: \.isPreferred) { chosen[chosen.count - 1] = first }
        chosen = chosen.filter(\.isPreferred) + chosen.filter { !$0.isPreferred }
        for place in chosen.indices { chosen[place].rankBefore = place + 1 }
        return chosen
    }

    /// The k best plans in the order of the finalists; those that the model cannot tell from the fastest are marked.
    func plans(_ finalists: [Finalist], chances: ([Finalist]) -> PlanChances) -> (plans: [Plan], chances: PlanChances?) {
        guard !finalists.isEmpty else { return ([], nil) }
        let listed = Array(finalists.prefix(request.top))
        let chances = chances(listed)
        var plans = listed.enumerated().map { place, finalist in
            var plan = finalist.plan(
                deviation: chances.deviations[place], tiesWithBest: chances.slowerThanBest[place] < PlanChances.sure)
            if listed.count > 1 {
                plan.chanceFastest = chances.fastest[place]
                plan.chanceAfterTrial = chances.afterTrial[place]
            }
            if finalist.rankBefore != place + 1 { plan.moved = Plan.Move(before: finalist.rankBefore, after: place + 1) }
            return plan
        }
        recommend(among: &plans)
        return (plans, chances)
    }

    /// Marks the plan to take of those that tie with the fastest: the leanest where that saves a twentieth of the memory, else the simplest.
    private func recommend(among plans: inout [Plan]) {
        let ties = plans.indices.filter { plans[$0].tiesWithBest }
        guard ties.count > 1, let fastest = ties.min(by: { plans[$0].estimate.stepTime < plans[$1].estimate.stepTime }) else { return }
        let leanest = ties.min { plans[$0].estimate.memoryHigh < plans[$1].estimate.memoryHigh } ?? fastest
        let saved = plans[fastest].estimate.memoryHigh - plans[leanest].estimate.memoryHigh
        let simplest = ties.min { plans[$0].strategy.complexity < plans[$1].strategy.complexity } ?? fastest
        if saved >= 0.05 * request.memoryLimit.count {
            plans[leanest].recommended = .leanest
        } else if plans[simplest].strategy.complexity < plans[fastest].strategy.complexity {
            plans[simplest].recommended = .simplest
        } else {
            plans[fastest].recommended = .fastest
        }
    }
}

extension ParallelStrategy {
    /// How many things a person must get right to launch it: dimensions in use, chunks, recomputation, unevenness.
    var complexity: Int {
        let dimensions = [tensor, pipeline, virtualStages, context, expert, expertTensor].filter { $0 > 1 }.count
        let choices = (recompute == .none ? 0 : 1) + (layout == .even ? 0 : 1) + (sharding == .none ? 0 : 1) + offload.parts.count
        return 4 * dimensions + choices
    }

    /// Numbers that order strategies the same way everywhere.
    var orderKey: [Int] {
        [
            tensor, pipeline, virtualStages, context, expert, expertTensor, data, microBatch, shardGroup, groupSize, recomputeLayers,
            sequenceParallel ? 0 : 1, PipelineSchedule.allCases.firstIndex(of: schedule) ?? 0,
            OptimizerSharding.allCases.firstIndex(of: sharding) ?? 0, Recompute.allCases.firstIndex(of: recompute) ?? 0,
            ContextParallelKind.allCases.firstIndex(of: contextKind) ?? 0, contextInner,
            localContextKind.flatMap(ContextParallelKind.allCases.firstIndex) ?? -1, Int(recomputeModules.rawValue),
            offload.optimizerPercent, offload.parameters ? 1 : 0, offload.place == .host ? 0 : 1, offload.stride, offload.overlaps ? 0 : 1,
            offload.layers, offload.checkpoints ? 1 : 0, Int(offload.modules.rawValue),
        ] + layoutKey
    }

    private var layoutKey: [Int] {
        switch layout {
        case .even: [0]
        case .embeddingAware: [1]
        case .explicit(let layers): [2] + layers
        }
    }
}
