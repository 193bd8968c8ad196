public import CostModels
import Hardware
public import Parallelism
import Schedules

extension Planner {
    /// A strategy that was not searched for, priced and placed as the plans are.
    public func plan(for strategy: ParallelStrategy) async throws(StepError) -> Plan {
        var simulator = PipelineSimulator()
        let estimate = try model.estimate(strategy, simulator: &simulator)
        let placed = await finalistPlacement().placed([Finalist(strategy: strategy, unplaced: estimate, estimate: estimate, rankBefore: 1)])
        return placed[0].plan(error: model.inputs.expectedError, tiesWithBest: false)
    }

    /// The nodes whose links are much slower than their like, and the seconds that they cost each step of a plan; nil where the cluster's
    /// links were not measured or none is bad.
    public func badLinks(of plan: Plan) -> (nodes: [String], secondsPerStep: Double)? {
        guard let matrix = request.inputs.cluster.nodeBandwidth, matrix.count == request.inputs.cluster.nodes else { return nil }
        let nodes = LinkCheck(nodes: matrix).excludedNodes
        // Where an eighth of the nodes looks bad, links are uneven rather than broken.
        guard !nodes.isEmpty, nodes.count <= max(1, matrix.count / 8) else { return nil }
        guard let traffic = try? PlacementTraffic(plan.strategy, plan.estimate.unplaced, model: model),
            let cost = try? Placement.cost(
                ofBadNodes: nodes, strategy: plan.strategy, cluster: request.inputs.cluster, traffic: traffic, seed: request.seed,
                moves: FinalistPlacement.screeningMoves(request.inputs.cluster))
        else { return nil }
        return (nodes, cost.secondsPerStep)
    }

    /// What gives finalists their places.
    func finalistPlacement() -> FinalistPlacement {
        FinalistPlacement(model: model, request: request, legality: request.legality, isCancelled: isCancelled)
    }
}
