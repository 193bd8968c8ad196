import Parallelism
import Schedules
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

    @Test func `a layer's routing is the imbalance that its busiest rank has`() throws {
        var inputs = model().inputs
        let five = ExpertRouting.zipf(1.1, for: try MixtureGrid(inputs.model), source: "zipf:1.1").shares.prefix(5 * 32)
        let routing = ExpertRouting(source: "hand", experts: 32, counts: Array(five + five))
        inputs.job.routing = routing
        let routed = LayerCostModel(inputs)
        // Five layers in orders of their own are classes of their own, twice each.
        #expect(routed.classes.count == 5 && routing.layerGroups == 5 && routing.groupSpread(ranks: 8) == 0)
        for expert in [1, 4, 16, 32] {
            for layer in [0, 7] {
                inputs.job.routing = nil
                inputs.job.expertImbalance = routing.busiest(layer: layer, ranks: expert)
                let stated = LayerCostModel(inputs).costs(0, shape(expert: expert)).exposed
                let own = routed.costs(routed.classes.ofLayer[layer], shape(expert: expert)).exposed
                #expect(abs(own.forward.total / stated.forward.total - 1) < 1e-9)
                let (a, b) = (LayerMemoryModel(routed.inputs), LayerMemoryModel(inputs))
                let place = routed.classes.ofLayer[layer]
                let (mine, other) = (a.memory(shape(expert: expert), recomputing: []), b.memory(shape(expert: expert), recomputing: []))
                #expect(abs(mine[place].saved / other[0].saved - 1) < 1e-9)
            }
        }
        #expect(abs(routing.busiest(ranks: 1) - 1) < 1e-12 && routing.busiest(ranks: 32) > routing.busiest(ranks: 4))
    }

    /// Five hot layers, in one of two stages or every second: the pipeline waits for the stage that has most of them.
    @Test func `a stage takes what its own layers take`() throws {
        var inputs = model().inputs
        let hot: [Double] = [1000] + [Double](repeating: 1, count: 31)
        let even = [Double](repeating: 1, count: 32)
        func times(_ isHot: (Int) -> Bool, pipeline: Int) throws -> (step: Double, bound: Double, busiest: Double, coldest: Double) {
            inputs.job.routing = ExpertRouting(source: "hand", experts: 32, counts: (0..<10).flatMap { isHot($0) ? hot : even })
            let model = StepModel(inputs)
            #expect(model.layers.classes.count == 2)
            let s = ParallelStrategy(
                pipeline: pipeline, expert: 8, data: 32 / pipeline, microBatches: 32)
            var simulator = PipelineSimulator()
            let table = model.table(for: s)
            let layers = table.times.map { $0.forward + $0.backward }
            let stages = try #require(model.stages(for: s))
            let estimate = try model.estimate(s, simulator: &simulator)
            return (estimate.stepTime, model.timeBound(s, table, stages), layers.max() ?? 0, layers.min() ?? 0)
        }
        let (stage, spread) = (try times({ $0 >= 5 }, pipeline: 2), try times({ $0 % 2 == 0 }, pipeline: 2))
        // 32 micro-batches of five hot layers, where a stage has three or two of them else.
        let more = (stage.step - spread.step) / (32 * (stage.busiest - stage.coldest))
        #expect(more > 2 * 0.9 && more < 3 * 1.2, "\(more)")
        #expect(stage.step > 32 * 5 * stage.busiest && stage.busiest == spread.busiest)
        #expect(stage.bound <= stage.step * (1 + 1e-12) && spread.bound <= spread.step * (1 + 1e-12))
        let (one, other) = (try times({ $0 >= 5 }, pipeline: 1), try times({ $0 % 2 == 0 }, pipeline: 1))
        #expect(abs(one.step / other.step - 1) < 1e-9)
    }

    /// Treatments that leave nothing uneven, and maps that leave each rank its one expert, change nothing.
    @Test(arguments: [ExecutionChoices.Dispatcher.allToAll, .deepEP, .hierarchical, .allGather])
    func `what leaves ranks alike costs nothing`(dispatcher: ExecutionChoices.Dispatcher) throws {
        var inputs = model().inputs
        inputs.choices.dispatcher = dispatcher
        let grid = try MixtureGrid(inputs.model)
        func seconds(_ routing: ExpertRouting?, expert: Int = 32) -> Double {
            inputs.job.routing = routing
            let model = LayerCostModel(inputs)
            return (0..<10).reduce(0) { $0 + model.costs(model.classes.ofLayer[$1], shape(expert: expert)).exposed.forward.total }
        }
        let zipf = ExpertRouting.zipf(1.1, for: grid, source: "zipf:1.1")
        for expert in [8, 32] {
            #expect(abs(seconds(zipf.treated(by: .forced), expert: expert) / seconds(nil, expert: expert) - 1) < 1e-12)
            #expect(abs(seconds(zipf.treated(by: .drop(capacity: 0.5)), expert: expert) / seconds(nil, expert: expert)) < 1)
        }
        let turned = (0..<10).flatMap { _ in (0..<32).map { Int32(($0 + 5) % 32) } }
        let placed = zipf.placed(named: "load", busiest: [1: 1], orders: [8: turned])
        #expect(abs(seconds(placed) / seconds(zipf) - 1) < 1e-12)
        #expect(dispatcher == .allGather || seconds(placed, expert: 8) != seconds(zipf, expert: 8))
    }

    /// 32 ranks of 2,048 tokens of 2,048 numbers of 2 B are 256 MiB on each while it takes its own from them.
    @Test func `a gathering dispatcher holds all tokens`() {
        var inputs = model().inputs
        let plain = LayerMemoryModel(inputs).memory(shape(expert: 32), recomputing: [])[0]
        inputs.choices.dispatcher = .allGather
        let gathering = LayerMemoryModel(inputs).memory(shape(expert: 32), recomputing: [])[0]
        #expect(gathering.transient - plain.transient == 32 * 2048 * 2048 * 2 && gathering.saved == plain.saved)
        #expect(
            LayerMemoryModel(inputs).memory(shape(expert: 1), recomputing: [])[0].transient
                == LayerMemoryModel(model().inputs).memory(shape(expert: 1), recomputing: [])[0].transient)
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
