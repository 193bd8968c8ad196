import Parallelism
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Sorting and exchange of a mixture's layers: 32 experts of which a token visits 4, 2,048 tokens, h 2,048.
@Suite struct MixtureCostTests {
    private func model() -> LayerCostModel {
        var inputs = Fixtures.inputs(Fixtures.mixture, nodes: 4, batch: 32, sequence: 2048)
        inputs.choices.dispatcher = .allToAll
        return LayerCostModel(inputs)
    }
    private func shape(expert: Int) -> LayerShape {
        LayerShape(
            tensor: 1, context: 1, contextKind: .ring, expert: expert, expertTensor: 1, microBatch: 1, sequenceParallel: false)
    }
    private func exchange(_ cost: LayerCost) -> Double { cost.forward.expertCommunication + cost.backward.expertCommunication }

    @Test func `rows are sorted a second time only where a rank has several experts`() {
        let model = model()
        func elementwise(_ expert: Int) -> Double {
            model.cost(0, shape(expert: expert), recomputing: [], overlapsExperts: false).forward.elementwise
        }
        #expect(elementwise(8) == elementwise(16))
        // 8 B of each of 4 × 2,048 rows of 2,048 numbers.
        let second = model.inputs.constants.permutationPasses * 8 * 4 * 2048 * 2048 / model.memoryBandwidth
        #expect(abs((elementwise(16) - elementwise(32)) / second - 1) < 1e-9)
    }

    /// Inside a node of eight exchange is the shorter, over four nodes compute.
    @Test(arguments: [8, 32]) func `exchange hides behind no more compute than there is`(expert: Int) {
        let model = model()
        let (exposed, hidden) = model.costs(0, shape(expert: expert))
        let compute = exposed.forward.total + exposed.backward.total - exchange(exposed) - exposed.forward.launch - exposed.backward.launch
        #expect((compute < exchange(exposed)) == (expert > 8))
        let behind = model.inputs.constants.hiddenExchangeShare * min(compute, exchange(exposed))
        #expect(abs((exchange(exposed) - exchange(hidden)) / behind - 1) < 1e-9)
        let alone = model.cost(0, shape(expert: expert), recomputing: [], overlapsExperts: true)
        #expect(exchange(alone) == exchange(hidden))
    }

    @Test func `routing is the imbalance that its busiest rank has`() throws {
        var inputs = model().inputs
        let routing = ExpertRouting.zipf(1.1, for: try MixtureGrid(inputs.model), source: "zipf:1.1")
        inputs.job.routing = routing
        let routed = LayerCostModel(inputs)
        for expert in [1, 4, 16, 32] {
            inputs.job.routing = nil
            inputs.job.expertImbalance = routing.busiest(ranks: expert)
            let stated = LayerCostModel(inputs).costs(0, shape(expert: expert)).exposed
            #expect(routed.costs(0, shape(expert: expert)).exposed.forward.total == stated.forward.total)
            let (a, b) = (LayerMemoryModel(routed.inputs), LayerMemoryModel(inputs))
            #expect(a.memory(shape(expert: expert), recomputing: [])[0].saved == b.memory(shape(expert: expert), recomputing: [])[0].saved)
        }
        #expect(routing.busiest(ranks: 1) == 1 && routing.busiest(ranks: 32) > routing.busiest(ranks: 4))
    }

    @Test(arguments: [false, true]) func `operators sum to their layer`(overlapsExperts: Bool) {
        let model = model()
        for expert in [8, 32] {
            let whole = model.cost(0, shape(expert: expert), recomputing: [], overlapsExperts: overlapsExperts)
            let times = model.operatorTimes(0, shape(expert: expert), recomputing: [], overlapsExperts: overlapsExperts)
            let forward = times.operators.reduce(times.collectives.forward + times.launch.forward) { $0 + $1.forward }
            let backward = times.operators.reduce(times.collectives.backward + times.launch.backward) { $0 + $1.backward }
            #expect(abs(forward / whole.forward.total - 1) < 1e-9)
            #expect(abs(backward / whole.backward.total - 1) < 1e-9)
        }
    }
}
