import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

/// Places the finalists of a search and ranks them anew by the step time of their placement.
///
/// The search prices links at their mean and borders at their slowest; where links or nodes differ, which plan is fastest is known only
/// once its ranks have places. Finalists are placed independently, so the answer is the same for any number of threads.
struct FinalistPlacement: Sendable {
    let model: StepModel
    let request: SearchRequest
    let legality: Legality
    let isCancelled: @Sendable () -> Bool

    private var cluster: ClusterProfile { request.inputs.cluster }

    /// How many finalists are worth placing: more than are listed, for placement moves them past each other; fewer on large clusters, where
    /// each takes longer.
    static func finalists(_ request: SearchRequest) -> Int {
        let cluster = request.inputs.cluster
        return cluster.isEven || request.objective == .memoryHeadroom
            ? max(request.top, request.dealtFinalists) : max(request.top, request.dealtFinalists, min(16, 2048 / max(1, cluster.nodes)))
    }

    /// Finalists for which a map is searched; who asks for more plans gets the rest with ranks in order.
    private static let mostSearched = 32

    /// The finalists with their places, fastest first.
    func placed(_ finalists: [Finalist]) async -> [Finalist] {
        guard !cluster.isEven || request.placement.isGiven else {
            return finalists.map { finalist in
                var placed = finalist
                placed.placement = PlanPlacement(even: finalist.estimate.stepTime)
                return placed
            }
        }
        let workers = max(1, min(request.threads, finalists.count))
        var placed = await withTaskGroup(of: [(Int, Finalist)].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    stride(from: worker, to: finalists.count, by: workers).map { index -> (Int, Finalist) in
                        let finalist = finalists[index]
                        return (
                            index,
                            index < Self.mostSearched
                                ? best(of: finalist) : self.placed(finalist, by: PlacementMethod.none, isScreening: true)
                        )
                    }
                }
            }
            var all: [(Int, Finalist)] = []
            for await part in group { all += part }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
        if request.objective != .memoryHeadroom {
            placed.sort(by: Finalist.isFaster)
            Self.noteOrder(&placed)
        }
        return placed
    }

    /// The plan that is listed first, with the whole budget spent on its places: a better map cannot cost it its rank.
    func refined(_ plan: Plan) -> Plan {
        guard plan.placement?.method == .anneal else { return plan }
        let finalist = Finalist(
            strategy: plan.strategy, unplaced: plan.estimate.unplaced, estimate: plan.estimate, placement: plan.placement, rankBefore: 1)
        let placed = placed(finalist, by: request.placement, isScreening: false)
        var refined = plan
        guard placed.estimate.stepTime < plan.estimate.stepTime else {
            if let known = plan.placement, let found = placed.placement {
                refined.placement?.lowerBound = min(known.objective, max(known.lowerBound, found.lowerBound))
            }
            return refined
        }
        let ratio = placed.estimate.stepTime / plan.estimate.stepTime
        (refined.timeLow, refined.timeHigh) = (plan.timeLow * ratio, plan.timeHigh * ratio)
        (refined.estimate, refined.placement) = (placed.estimate, placed.placement)
        refined.experts = placed.experts
        refined.experts?.rankBefore = plan.experts?.rankBefore
        return refined
    }

    /// A finalist with its places; in a mixed cluster with the layers that suit its nodes and adapters best.
    private func best(of finalist: Finalist) -> Finalist {
        let plain = placed(finalist, by: request.placement, isScreening: true)
        guard let dealt = dealtBySpeed(finalist) else { return plain }
        let other = placed(dealt, by: request.placement, isScreening: true)
        return other.estimate.stepTime < plain.estimate.stepTime ? other : plain
    }

    private func placed(_ finalist: Finalist, by method: PlacementMethod, isScreening: Bool) -> Finalist {
        var result = finalist
        guard let traffic = try? PlacementTraffic(finalist.strategy, finalist.unplaced, model: model), !isCancelled() else { return result }
        do throws(PlacementError) {
            let placement = PlanPlacement(
                try Placement.place(
                    strategy: finalist.strategy, cluster: cluster, traffic: traffic, method: method, seed: request.seed,
                    moves: isScreening ? Self.screeningMoves(cluster) : nil))
            result.placement = placement
            result.estimate = finalist.unplaced.placed(at: placement.objective)
            placeExperts(of: &result, traffic)
        } catch {
            result.placementProblem = error
        }
        return result
    }

    /// The price of a strategy as placed, or with what links add to another where there are too many nodes to place everything.
    func estimate(_ strategy: ParallelStrategy, _ unplaced: StepEstimate, addedByLinks: Double) -> StepEstimate {
        guard !cluster.isEven || request.placement.isGiven else { return unplaced }
        guard cluster.nodes <= Self.fewNodes else { return unplaced.placed(at: unplaced.stepTime + addedByLinks) }
        return placed(
            Finalist(strategy: strategy, unplaced: unplaced, estimate: unplaced, rankBefore: 1), by: request.placement, isScreening: true
        )
        .estimate
    }

    /// Nodes up to which placing a strategy takes a few milliseconds.
    private static let fewNodes = 128

    /// Annealing moves that rank finalists well enough: an eighth to a thirty-second of what the best one gets; nil where few nodes need
    /// no such thrift.
    static func screeningMoves(_ cluster: ClusterProfile) -> Int? {
        cluster.nodes <= PlacementProblem.exactByDefault ? nil : max(10_000, min(50_000, 125 * cluster.nodes))
    }

    /// The strategy with layers in proportion to what stages get done in a step, compute and gradients together: a stage whose
    /// adapters are slow gets fewer, as in Holmes (Yang et al., ICPP 2024). Nil where that changes nothing or cannot be launched.
    private func dealtBySpeed(_ finalist: Finalist) -> Finalist? {
        let s = finalist.strategy
        guard cluster.groups.count > 1, s.pipeline > 1, request.constraints.layout == nil,
            legality.stack?.launches.unevenLayers ?? true,
            let traffic = try? model.traffic(of: s, finalist.unplaced)
        else { return nil }
        let layers = finalist.unplaced.layersPerStage
        let slowness = model.stageSlowness(s.pipeline)
        let rates = StageNetworks(cluster, stages: s.pipeline).rates
        let speeds = (0..<s.pipeline).map { stage -> Double in
            let held = stride(from: stage, to: layers.count, by: s.pipeline).reduce(0) { $0 + layers[$1] }
            let compute = Double(s.microBatches) * traffic.stageSeconds[stage] * slowness[stage]
            return Double(max(1, held)) / (compute + (traffic.dataBytes[stage] + traffic.expertDataBytes[stage]) / rates[stage])
        }
        let perStage = (0..<s.virtualStages).flatMap { _ in speeds }
        guard model.inputs.model.layers >= perStage.count, speeds.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
        var dealt = finalist
        dealt.strategy.layout = .explicit(proportionalLayers(total: model.inputs.model.layers, speeds: perStage))
        guard case .explicit(let counts) = dealt.strategy.layout, counts != layers, legality.firstViolation(of: dealt.strategy) == nil
        else { return nil }
        var simulator = PipelineSimulator()
        guard let estimate = try? model.estimate(dealt.strategy, simulator: &simulator), estimate.memoryHigh <= request.memoryLimit.count
        else { return nil }
        dealt.unplaced = estimate
        dealt.estimate = estimate
        return dealt
    }
}

/// A GPU's share of the network of the nodes that hold each stage of a pipeline whose ranks follow the nodes in order, in B/s.
private struct StageNetworks {
    let rates: [Double]

    init(_ cluster: ClusterProfile, stages: Int) {
        rates = cluster.groupsTouched(byStages: stages).map { touched in
            touched.flatMap { a in touched.map { (a, $0) } }.map { a, b in
                let perNode = Double(min(cluster.groups[a].gpusPerNode, cluster.groups[b].gpusPerNode))
                return cluster.bandwidth(between: a, and: b, bytes: ClusterProfile.bulkBytes).value / perNode
            }.min() ?? 1
        }
    }
}
