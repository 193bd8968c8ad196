import CostModels
import Parallelism
import Quantities
import Schedules
import Workload

extension FinalistPlacement {
    /// Gives experts of a finalist whose ranks have places theirs, and prices the step with the loads that ranks then have over the links that they have.
    ///
    /// A rank on slow links may so hold colder experts, at the price of more on others; where their activations do not fit, loads stay balanced.
    func placeExperts(of finalist: inout Finalist, _ traffic: PlacementTraffic) {
        let s = finalist.strategy
        guard let routing = request.inputs.job.routing, s.expert > 1, let map = finalist.placement?.map, !map.isEmpty,
            let (problem, slots, _) = try? Placement.problem(strategy: s, cluster: request.inputs.cluster, traffic: traffic),
            let position = try? Placement.positions(of: map, problem, slots)
        else { return }
        let sendsVisits = [.allToAll, .hierarchical].contains(model.inputs.choices.dispatcher)
        func onRanks(_ traffic: PlacementTraffic, _ routing: ExpertRouting, _ model: StepModel) -> ExpertsOnRanks? {
            guard let holders = mixtureHolders(s, model),
                let (problem, _, cells) = try? Placement.problem(strategy: s, cluster: request.inputs.cluster, traffic: traffic)
            else { return nil }
            return ExpertsOnRanks(routing, s, holders: holders, sendsVisits: sendsVisits, cells, problem, at: position)
        }
        guard let experts = onRanks(traffic, routing, model) else { return }
        let before = experts.stepTime(experts.stated)
        var best = (choice: experts.stated, seconds: before, estimate: finalist.unplaced)
        func offer(_ choice: ExpertsOnRanks.Choice) {
            guard !choice.isNoBusier(than: experts.stated), let order = choice.order else {
                let seconds = experts.stepTime(choice)
                if seconds < best.seconds { best = (choice, seconds, finalist.unplaced) }
                return
            }
            // More on the busiest rank is more to compute and to keep, too.
            var inputs = request.inputs
            let moved = routing.placed(named: routing.placement ?? "", busiest: [s.expert: choice.busiest], orders: [s.expert: order])
            inputs.job.routing = moved
            let dearer = StepModel(inputs)
            var simulator = PipelineSimulator()
            guard let estimate = try? dearer.estimate(s, simulator: &simulator), estimate.memoryHigh <= request.memoryLimit.count,
                let traffic = try? PlacementTraffic(s, estimate, model: dearer),
                let seconds = onRanks(traffic, moved, dearer)?.stepTime(choice), seconds < best.seconds
            else { return }
            best = (choice, seconds, estimate)
        }
        if routing.isPlacedAnew {
            offer(experts.placed(balances: true))
            offer(experts.placed(balances: false))
        }
        finalist.experts = PlanExperts(
            order: routing.isPlacedAnew ? best.choice.order : nil, ranks: s.expert, busiest: best.choice.busiest, objective: best.seconds,
            before: before, lowerBound: min(experts.lowerBound, best.seconds))
        finalist.estimate = finalist.unplaced.placed(at: best.seconds)
        finalist.estimate.takeMemory(of: best.estimate)
    }

    /// The pipeline ranks that hold each mixture layer; nil where the model has mixtures of several sizes or none.
    private func mixtureHolders(_ s: ParallelStrategy, _ model: StepModel) -> [[Int]]? {
        guard let grid = try? MixtureGrid(request.inputs.model), let holders = model.stages(for: s)?.holders(),
            grid.layers.allSatisfy({ $0 < holders.count })
        else { return nil }
        return grid.layers.map { holders[$0] }
    }

    /// Notes which place plans would have with experts as they were before ranks had places.
    static func noteOrder(_ finalists: inout [Finalist]) {
        guard finalists.contains(where: { $0.experts != nil }) else { return }
        let order = finalists.indices.sorted { a, b in
            let (first, second) = (finalists[a].before, finalists[b].before)
            return first != second ? first < second : a < b
        }
        for (place, index) in order.enumerated() where place != index { finalists[index].experts?.rankBefore = place + 1 }
    }
}

extension Finalist {
    /// Its step time with experts as before, in s.
    fileprivate var before: Double { experts?.before ?? estimate.stepTime }
}

extension StepEstimate {
    /// Takes over what another price of the same strategy says of memory.
    fileprivate mutating func takeMemory(of other: StepEstimate) {
        (memoryLow, memoryExpected, memoryHigh) = (other.memoryLow, other.memoryExpected, other.memoryHigh)
        (memoryParts, heaviestRank) = (other.memoryParts, other.heaviestRank)
    }
}
