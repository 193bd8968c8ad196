import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import Search

/// What the cost models tell the placement must add up to what they say themselves.
@Suite struct StepTrafficTests {
    private static var mixture: TransformerModel {
        var model = Fixtures.tiny
        model.experts = Experts(count: 16, perToken: 2, width: 1024)
        return model
    }

    /// Every strategy of a small space, with the schedules and shardings that its stack has.
    private func strategies(_ inputs: CostInputs) -> [ParallelStrategy] {
        var request = SearchRequest(inputs: inputs)
        request.constraints.microBatch = .values([1, 2])
        request.constraints.sequenceParallel = true
        let space = StrategySpace(request)
        let legality = Legality(model: inputs.model, job: inputs.job, stack: inputs.stack, worldSize: inputs.cluster.gpus)
        return space.grids.flatMap { grid -> [ParallelStrategy] in
            var plain = grid.strategy
            plain.groupSize = plain.pipeline
            var chunked = plain
            chunked.schedule = .interleaved
            chunked.virtualStages = 2
            return [plain, chunked].flatMap { s -> [ParallelStrategy] in
                var sharded = s
                sharded.sharding = .zero1
                sharded.shardGroup = s.data
                return [s, sharded]
            }.filter { legality.firstViolation(of: $0) == nil }
        }
    }

    @Test(arguments: [false, true])
    func ranksInOrderOnEvenLinksTakeTheStepTime(ofAMixture: Bool) throws {
        let model = ofAMixture ? Self.mixture : Fixtures.tiny
        let inputs = Fixtures.inputs(model, nodes: 4, batch: 64, sequence: 4096)
        let steps = StepModel(inputs)
        let strategies = strategies(inputs)
        #expect(strategies.count > 100)
        var simulator = PipelineSimulator()
        var worst = (error: 0.0, strategy: strategies[0])
        for strategy in strategies {
            let estimate = try steps.estimate(strategy, simulator: &simulator)
            let traffic = try PlacementTraffic(strategy, estimate, model: steps)
            let problem = try Placement.problem(of: strategy, on: inputs.cluster, traffic: traffic)
            let cost = problem.cost(problem.identity)
            let error = cost.total / estimate.stepTime - 1
            if abs(error) > abs(worst.error) { worst = (error, strategy) }
        }
        #expect(abs(worst.error) < 2e-3, "\(worst)")
    }

    @Test func halfTheBandwidthDoublesWhatAGroupAcrossNodesTakes() throws {
        let even = Fixtures.inputs(Fixtures.tiny, nodes: 2, batch: 16, sequence: 4096)
        var slow = even
        let link = even.cluster.first.network.nodeBandwidth.value / 2
        slow.cluster.nodeBandwidth = BandwidthMatrix(names: ["a", "b"], values: [0, link, link, 0])
        // Context parallelism over both nodes: its exchange is the only traffic between them besides the gradients.
        let strategy = ParallelStrategy(tensor: 8, context: 2, data: 1, microBatch: 1, microBatches: 16, sequenceParallel: true)
        var simulator = PipelineSimulator()
        let model = StepModel(even)
        let estimate = try model.estimate(strategy, simulator: &simulator)
        let traffic = try PlacementTraffic(strategy, estimate, model: model)
        func cost(_ inputs: CostInputs) throws -> PlacementCost {
            let problem = try Placement.problem(of: strategy, on: inputs.cluster, traffic: traffic)
            return problem.cost(problem.identity)
        }
        let context = estimate.breakdown[.contextCommunication]
        let stretch = traffic.stageSeconds[0] * 16 + context
        #expect(context > 0)
        let more = try cost(slow).pipeline - cost(even).pipeline
        #expect(abs(more / context - 1) < 0.02, "\(more) more for \(context) of \(stretch)")
    }
}
