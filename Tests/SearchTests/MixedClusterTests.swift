import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import Search

/// Plans on clusters of groups that differ.
@Suite struct MixedClusterTests {
    /// Two groups of H100-like nodes; the second has a GPU of `peak` times the first's rates and adapters of a kind.
    private func cluster(nodes: Int, rates: Double = 1, kind: Network.Kind = .infiniband) -> ClusterProfile {
        var cluster = Fixtures.cluster(nodes: nodes)
        var second = cluster.groups[0]
        second.gpu = GPU(
            name: "other-gpu", architecture: "hopper", memory: .gibibytes(60),
            memoryBandwidth: .gigabytesPerSecond(3350 * rates), multiprocessors: 132,
            peak: PeakRates(
                half: .teraFLOPsPerSecond(989 * rates), single: .teraFLOPsPerSecond(494), eight: .teraFLOPsPerSecond(1979)),
            linkBandwidth: .gigabytesPerSecond(450), kernels: Fixtures.gpu.kernels)
        second.network.kind = kind
        cluster.groups.append(second)
        return cluster
    }

    private func inputs(_ cluster: ClusterProfile, batch: Int = 64) -> CostInputs {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: batch, sequence: 2048)
        inputs.cluster = cluster
        return inputs
    }

    @Test func aStageRunsAtTheSpeedOfTheSlowestGroupItTouches() {
        let model = StepModel(inputs(cluster(nodes: 2, rates: 0.5)))
        let slow = model.groupSlowness[1]
        #expect(model.groupSlowness[0] == 1 && slow > 1.7 && slow < 2.1)
        #expect(model.stageSlowness(4) == [1, 1, slow, slow])
        #expect(model.stageSlowness(1) == [slow])
        #expect(StepModel(inputs(cluster(nodes: 2))).stageSlowness(4) == [1, 1, 1, 1])
    }

    @Test func theSmallestMemoryBindsEveryGPU() {
        #expect(SearchRequest(inputs: inputs(cluster(nodes: 1))).memoryLimit == .gibibytes(60))
    }

    @Test func figuresOfTheClusterAreThoseOfAllItsGPUs() {
        var inputs = inputs(cluster(nodes: 2, rates: 0.5))
        #expect(inputs.peak == 0.75 * 989e12)
        inputs.cluster.groups[1].gpu.architecture = "unmeasured"
        #expect(inputs.expectedError == inputs.stack.expectedError(on: inputs.cluster.groups[1].gpu) && inputs.expectedError > 0.05)
    }

    /// Bounds that know of slow stages must not lose a plan.
    @Test(arguments: [0.5, 1.6])
    func matchesPricingEverything(rates: Double) async {
        var request = SearchRequest(inputs: inputs(cluster(nodes: 1, rates: rates), batch: 32), top: 6, placement: .none)
        request.constraints.tensor = .values([1, 2, 4])
        let pruned = await Planner(request).search()
        request.prunes = false
        let everything = await Planner(request).search()
        #expect(pruned.plans.map(\.strategy) == everything.plans.map(\.strategy))
        #expect(pruned.plans.map(\.estimate.stepTime) == everything.plans.map(\.estimate.stepTime))
    }

    @Test func fasterNodesHoldMoreLayers() async throws {
        var request = SearchRequest(inputs: inputs(cluster(nodes: 1, rates: 0.5)), top: 1)
        request.constraints.pipeline = .values([2])
        request.constraints.virtualStages = .values([1])
        let plan = try #require(await Planner(request).search().plans.first)
        let layers = plan.estimate.layersPerStage
        #expect(layers.reduce(0, +) == 10 && layers[0] >= 6, "\(layers)")
        request.constraints.layout = .even
        let even = try #require(await Planner(request).search().plans.first)
        #expect(plan.estimate.stepTime < 0.9 * even.estimate.stepTime)
    }

    /// Two islands whose adapters cannot talk to each other but by Ethernet: gradients must not cross the border.
    @Test func pipelinesCrossSlowBordersAndReplicasStayInside() async throws {
        let mixed = cluster(nodes: 4, kind: .roce)
        var request = SearchRequest(inputs: inputs(mixed, batch: 32), top: 1)
        let plan = try #require(await Planner(request).search().plans.first)
        #expect(plan.strategy.pipeline > 1, "\(plan.strategy)")
        let placement = try #require(plan.placement)
        let grid = RankGrid(plan.strategy)
        let island = placement.map.map { $0.node / 4 }
        for group in grid.groups(.dataContext) { #expect(Set(group.map { island[$0] }).count == 1) }
        request.constraints.pipeline = .values([1])
        let flat = try #require(await Planner(request).search().plans.first)
        #expect(flat.estimate.stepTime > plan.estimate.stepTime)
    }

    @Test func aSlowNodeIsLeftIdleWhereThereIsASpareOne() async throws {
        var even = Fixtures.cluster(nodes: 4)
        even.groups[0].speedFactors = ["node-1": 0.5]
        let strategy = ParallelStrategy(tensor: 8, data: 2, microBatch: 1, microBatches: 32, sequenceParallel: true)
        let planner = Planner(SearchRequest(inputs: inputs(even)))
        let plan = try await planner.plan(for: strategy)
        #expect(plan.placement?.map.contains { $0.node == 1 } == false)
        #expect((plan.placement?.identityObjective ?? 0) > 1.5 * plan.estimate.stepTime)
    }
}
