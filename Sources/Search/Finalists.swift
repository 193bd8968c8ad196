import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules

/// Simulates candidates in the order of their bounds and keeps the k best.
struct Finalists {
    let model: StepModel
    let request: SearchRequest
    private(set) var simulated = 0
    /// The best exact plan of each layout.
    private(set) var best: [LayoutKey: (strategy: ParallelStrategy, estimate: StepEstimate)] = [:]
    private var times: [Double] = []
    /// With the objective of memory: of each layout the leanest plan that the model cannot tell from the fastest.
    private var lean: [LayoutKey: (strategy: ParallelStrategy, estimate: StepEstimate)] = [:]
    private var simulator = PipelineSimulator()

    init(model: StepModel, request: SearchRequest) {
        self.model = model
        self.request = request
    }

    /// What makes two plans different to a person; variants of one layout compete among themselves.
    ///
    /// b sequences over c context ranks and 2b over 2c are the same tokens on every rank, so they count as one layout: the better is shown.
    struct LayoutKey: Hashable {
        let sizes: [Int]
        let variant: ParallelStrategy?

        init(_ s: ParallelStrategy, listsVariants: Bool) {
            let common = greatestCommonDivisor(s.microBatch, s.context)
            sizes = [
                s.tensor, s.pipeline, s.expert, s.expertTensor, s.microBatch / common, s.context / common,
            ]
            variant = listsVariants ? s : nil
        }
    }

    /// The k-th best exact time so far; infinite with fewer than k plans.
    private var slowest: Double {
        let wanted = request.objective == .memoryHeadroom ? 1 : FinalistPlacement.finalists(request)
        return times.count >= wanted ? times[wanted - 1] : .infinity
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
    mutating func run(_ findings: [Finding], isCancelled: () -> Bool = { false }) {
        let order = findings.indices.sorted {
            findings[$0].bound != findings[$1].bound ? findings[$0].bound < findings[$1].bound : $0 < $1
        }
        for index in order {
            let finding = findings[index]
            if isCancelled(), !best.isEmpty { break }
            if request.prunes, finding.bound > slowest { break }
            let key = LayoutKey(finding.strategy, listsVariants: request.listsVariants)
            // A variant cannot beat its own layout's best when its bound already exceeds it.
            if request.prunes, let known = best[key], finding.bound > known.estimate.stepTime { continue }
            guard let estimate = try? model.estimate(finding.strategy, simulator: &simulator) else { continue }
            simulated += 1
            guard estimate.memoryHigh <= request.memoryLimit.count else { continue }
            if let known = best[key], !isBetter(finding.strategy, estimate, than: known) { continue }
            best[key] = (finding.strategy, estimate)
            times = best.values.map(\.estimate.stepTime).sorted()
        }
    }

    /// Finds the plans that leave most memory free among those as fast as the fastest, for all the model can tell: leanest first, until as
    /// many layouts as are listed have one.
    mutating func runLeanest(_ findings: [Finding], isCancelled: () -> Bool = { false }) {
        guard let fastest = times.first else { return }
        let order = findings.indices.sorted {
            findings[$0].memoryHigh != findings[$1].memoryHigh ? findings[$0].memoryHigh < findings[$1].memoryHigh : $0 < $1
        }
        for index in order where findings[index].bound <= fastest * slack {
            if lean.count >= request.top || isCancelled() { break }
            let finding = findings[index]
            let key = LayoutKey(finding.strategy, listsVariants: request.listsVariants)
            guard lean[key] == nil, let estimate = try? model.estimate(finding.strategy, simulator: &simulator) else { continue }
            simulated += 1
            guard estimate.stepTime <= fastest * slack, estimate.memoryHigh <= request.memoryLimit.count else { continue }
            lean[key] = (finding.strategy, estimate)
        }
    }

    /// Faster wins; of equally fast variants the one that needs less memory, then the simpler, then the first in an order that is the same
    /// everywhere.
    private func isBetter(
        _ s: ParallelStrategy, _ estimate: StepEstimate, than known: (strategy: ParallelStrategy, estimate: StepEstimate)
    ) -> Bool {
        if estimate.stepTime != known.estimate.stepTime { return estimate.stepTime < known.estimate.stepTime }
        if estimate.memoryHigh != known.estimate.memoryHigh { return estimate.memoryHigh < known.estimate.memoryHigh }
        if s.complexity != known.strategy.complexity { return s.complexity < known.strategy.complexity }
        return s.orderKey.lexicographicallyPrecedes(known.strategy.orderKey)
    }

    /// The best strategies by their prices on links of mean speed: more than are listed where placement may change their order.
    func finalists() -> [Finalist] {
        let sorted = best.values.sorted {
            Finalist.precedes(
                ($0.estimate.stepTime, $0.estimate.memoryHigh, $0.strategy), ($1.estimate.stepTime, $1.estimate.memoryHigh, $1.strategy))
        }
        var chosen = Array(sorted.prefix(FinalistPlacement.finalists(request)))
        if request.objective == .memoryHeadroom, !lean.isEmpty {
            chosen = lean.values.sorted {
                $0.estimate.memoryHigh != $1.estimate.memoryHigh
                    ? $0.estimate.memoryHigh < $1.estimate.memoryHigh
                    : $0.strategy.orderKey.lexicographicallyPrecedes($1.strategy.orderKey)
            }
        }
        return chosen.enumerated().map { place, entry in
            Finalist(strategy: entry.strategy, unplaced: entry.estimate, estimate: entry.estimate, rankBefore: place + 1)
        }
    }

    /// The k best plans in the order of the finalists; those that the model cannot tell from the fastest are marked.
    func plans(_ finalists: [Finalist]) -> [Plan] {
        let error = model.inputs.expectedError
        guard let fastest = finalists.map(\.estimate.stepTime).min() else { return [] }
        let bestHigh = fastest * (1 + error)
        return finalists.prefix(request.top).enumerated().map { place, finalist in
            let time = finalist.estimate.stepTime
            var plan = finalist.plan(error: error, tiesWithBest: time * (1 - error) <= bestHigh)
            if finalist.rankBefore != place + 1 { plan.moved = Plan.Move(before: finalist.rankBefore, after: place + 1) }
            return plan
        }
    }
}

/// Euclid's algorithm.
private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? max(1, a) : greatestCommonDivisor(b, a % b) }

extension ParallelStrategy {
    /// How many things a person must get right to launch it: dimensions in use, chunks, recomputation, unevenness.
    var complexity: Int {
        let dimensions = [tensor, pipeline, virtualStages, context, expert, expertTensor].filter { $0 > 1 }.count
        let choices = (recompute == .none ? 0 : 1) + (layout == .even ? 0 : 1) + (sharding == .none ? 0 : 1)
        return 4 * dimensions + choices
    }

    /// Numbers that order strategies the same way everywhere.
    var orderKey: [Int] {
        [
            tensor, pipeline, virtualStages, context, expert, expertTensor, data, microBatch, shardGroup, groupSize, recomputeLayers,
            sequenceParallel ? 0 : 1, PipelineSchedule.allCases.firstIndex(of: schedule) ?? 0,
            OptimizerSharding.allCases.firstIndex(of: sharding) ?? 0, Recompute.allCases.firstIndex(of: recompute) ?? 0,
            ContextParallelKind.allCases.firstIndex(of: contextKind) ?? 0,
        ]
    }
}
