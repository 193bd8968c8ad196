public import CostModels
import Hardware
public import Parallelism
import Schedules

extension Planner {
    /// A strategy that was not searched for, priced and placed as the plans are.
    public func plan(for strategy: ParallelStrategy) async throws(StepError) -> Plan {
        var simulator = PipelineSimulator()
        let estimate = try model.estimate(strategy, simulator: &simulator)
        let finalist = Finalist(strategy: strategy, unplaced: estimate, estimate: estimate, rankBefore: 1)
        let placed = dealt(await finalistPlacement().placed([finalist])).finalists
        return placed[0].plan(deviation: chances(placed).deviations[0], tiesWithBest: false)
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

    /// The GPUs of a node whose links to its others are much slower than theirs, and the seconds that they cost each step of a plan; nil where
    /// those links were not measured, all are alike, or the plan does not wait for them.
    public func slowGPUs(of plan: Plan) -> (gpus: [String], secondsPerStep: Double)? {
        guard let matrix = request.inputs.cluster.gpuBandwidth, let usual = matrix.medianOffDiagonal else { return nil }
        let slow = LinkCheck(gpus: matrix).findings.compactMap { if case .slowGPU(let name, _, _) = $0 { name } else { nil } }
        guard !slow.isEmpty else { return nil }
        var healthy = request.inputs.cluster
        var even = matrix
        for a in 0..<matrix.count {
            for b in 0..<matrix.count where a != b && (slow.contains(matrix.names[a]) || slow.contains(matrix.names[b])) {
                even.values[a * matrix.count + b] = max(even.values[a * matrix.count + b], usual)
            }
        }
        healthy.gpuBandwidth = even
        func seconds(_ cluster: ClusterProfile) -> Double? {
            guard let traffic = try? PlacementTraffic(plan.strategy, plan.estimate.unplaced, model: model) else { return nil }
            return try? Placement.place(
                strategy: plan.strategy, cluster: cluster, traffic: traffic, seed: request.seed,
                moves: FinalistPlacement.screeningMoves(cluster)
            ).objective
        }
        guard let actual = seconds(request.inputs.cluster), let ideal = seconds(healthy), actual > ideal else { return nil }
        return (slow, actual - ideal)
    }

    /// How sure the order of some finalists is, and what timing operators of theirs would tell of it.
    func chances(_ finalists: [Finalist], timing: PlanTimings? = nil) -> PlanChances {
        let inputs = model.inputs
        let strategies = finalists.map(\.strategy)
        // Without a covariance each is as far off as the stack's runs are in the mean: an interval of 80 % is 1.6 times that.
        let mean = inputs.expectedError
        let plain = FittedUncertainty(
            factor: [], spreads: [FittedUncertainty.Stratum(inputs): .init(common: 1.1 * mean, own: 0.6 * mean)])
        let open = request.uncertainty ?? plain
        return PlanChances(
            TimeSensitivity(open, inputs, strategies).widened(for: strategies.map { inputs.trust(in: $0).outside }),
            times: finalists.map(\.estimate.stepTime), seed: request.seed,
            operators: timing?.signals(open, inputs) ?? [])
    }

    /// What gives finalists their places.
    func finalistPlacement() -> FinalistPlacement {
        FinalistPlacement(model: model, request: request, legality: request.legality, isCancelled: isCancelled)
    }
}
