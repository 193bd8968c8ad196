import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import Search

/// Experts on ranks that have their places.
@Suite struct ExpertsOnRanksTests {
    /// Four experts for each of 32 ranks.
    private static let model: TransformerModel = {
        var model = Fixtures.mixture
        model.experts = Experts(count: 128, perToken: 4, width: 352)
        return model
    }()

    /// Nodes whose links are alike but for those of one, on four of which a mixture's ranks are spread.
    private func request(
        slow: Int?, _ routing: ExpertRouting?, dispatcher: ExecutionChoices.Dispatcher = .allToAll, nodes: Int = 4, rate: Double = 100e9
    ) -> SearchRequest {
        var inputs = Fixtures.inputs(Self.model, nodes: nodes, batch: 64, sequence: 2048)
        let values = (0..<nodes * nodes).map { (link: Int) -> Double in
            let isSlow = link / nodes == slow || link % nodes == slow
            return isSlow ? rate : 400e9
        }
        inputs.cluster.nodeBandwidth = BandwidthMatrix(names: (0..<nodes).map { "n\($0)" }, values: values)
        inputs.job.routing = routing
        inputs.choices.dispatcher = dispatcher
        var request = SearchRequest(inputs: inputs, top: 4)
        request.constraints.expert = .values([32])
        request.constraints.pipeline = .values([nodes / 4])
        request.constraints.tensor = .values([1])
        return request
    }

    private func zipf() throws -> ExpertRouting {
        let grid = try MixtureGrid(Self.model)
        return ExpertRouting.zipf(1.2, for: grid, source: "zipf:1.2")
    }

    @Test func `experts on slow links get fewer tokens`() async throws {
        let routing = ExpertsByLoad.placed(try zipf())
        // The first node, where experts placed for links alike have the hottest.
        let plans = await Planner(request(slow: 0, routing)).search().plans
        #expect(!plans.isEmpty)
        for plan in plans {
            let experts = try #require(plan.experts)
            let order = try #require(experts.order)
            #expect(experts.objective == plan.estimate.stepTime && experts.objective <= experts.before)
            #expect(experts.lowerBound > 0 && experts.lowerBound <= experts.objective)
            #expect(abs(plan.estimate.breakdown.total / plan.estimate.stepTime - 1) < 1e-9)
            let map = try #require(
                ExpertMap(experts: routing.experts, ranks: experts.ranks, slots: routing.experts, expertOfSlot: order))
            #expect(abs(map.busiest(routing) / experts.busiest - 1) < 1e-9)
        }
        let best = try #require(plans.first?.experts)
        #expect(best.objective < 0.999 * best.before, "\(best.before) \(best.objective)")
        // The node of slow links: loads of its ranks are below the mean.
        let plan = try #require(plans.first)
        let order = try #require(best.order)
        let place = try #require(plan.placement?.map)
        let local = routing.experts / best.ranks
        let grid = RankGrid(plan.strategy)
        var slowLoad = 0.0
        let slowRanks = place.filter { $0.node == 0 }.map { grid.expertCoordinate(of: $0.rank).expert }
        for layer in 0..<routing.layers {
            let loads = routing.expertLoads(layer: layer)
            for rank in slowRanks {
                for slot in 0..<local { slowLoad += loads[Int(order[layer * routing.experts + rank * local + slot])] / Double(local) }
            }
        }
        #expect(slowLoad / Double(routing.layers * slowRanks.count) < 0.9)
    }

    @Test func `links that are alike leave experts where they were`() async throws {
        let routing = ExpertsByLoad.placed(try zipf())
        let even = await Planner(request(slow: nil, routing)).search().plans
        #expect(!even.isEmpty && even.allSatisfy { $0.experts == nil })
        // Gathers move every token everywhere.
        let gathered = await Planner(request(slow: 2, routing, dispatcher: .allGather)).search().plans
        #expect(!gathered.isEmpty && gathered.allSatisfy { $0.experts == nil })
        let unrouted = await Planner(request(slow: 2, nil)).search().plans
        #expect(unrouted.allSatisfy { $0.experts == nil })
    }

    /// Stated maps stay, and are priced on the links that their ranks have: never above the busiest rank's load on the slowest.
    @Test func `stated experts are priced where they are`() async throws {
        let routing = try zipf()
        var asked = request(slow: 2, routing)
        let inOrder = try #require(await Planner(asked).search().plans.first)
        let experts = try #require(inOrder.experts)
        #expect(experts.order == nil && experts.objective == experts.before)
        #expect(experts.objective <= (try #require(inOrder.placement)).objective * (1 + 1e-12))
        #expect(experts.lowerBound <= experts.objective)
        asked.inputs.job.routing = ExpertsByLoad.placed(routing)
        let placed = try #require(await Planner(asked).search().plans.first)
        #expect(placed.estimate.stepTime <= inOrder.estimate.stepTime)
    }

    /// Hot layers in the last of two stages: each stage is taken for its price, which its own layers' routing made, so that links that are all but alike change
    /// next to nothing, and slow ones never make a step faster than the bound or slower than the busiest rank on the slowest link.
    @Test(arguments: [(399.9e9, 1e-3), (100e9, 1)]) func `stages keep the price of their own layers`(slow: Double, most: Double)
        async throws
    {
        let grid = try MixtureGrid(Self.model)
        let (even, hot) = (ExpertRouting.balanced(grid), try zipf())
        let half = grid.layers.count / 2 * hot.experts
        let counts = Array(even.shares[..<half] + hot.shares[half...])
        let routing = ExpertRouting(source: "halves", experts: hot.experts, counts: counts)
        for routing in [routing, ExpertsByLoad.placed(routing)] {
            let plans = await Planner(request(slow: 3, routing, nodes: 8, rate: slow)).search().plans
            #expect(!plans.isEmpty)
            for plan in plans {
                let (experts, placement) = (try #require(plan.experts), try #require(plan.placement))
                #expect(experts.before <= placement.objective * (1 + 1e-12) && experts.before >= placement.objective * (1 - most))
                #expect(experts.objective <= experts.before && experts.objective >= experts.before * (1 - most))
                #expect(experts.lowerBound > 0 && experts.lowerBound <= experts.objective)
            }
        }
    }

    /// A search for experts on ranks may put plans in another order, which is noted.
    @Test func `plans that change places say so`() {
        func finalist(_ before: Double, _ after: Double) -> Finalist {
            var estimate = Self.estimate
            estimate.stepTime = after
            var finalist = Finalist(strategy: ParallelStrategy(), unplaced: estimate, estimate: estimate, rankBefore: 1)
            finalist.experts = PlanExperts(order: nil, ranks: 8, busiest: 1, objective: after, before: before, lowerBound: after)
            return finalist
        }
        var finalists = [finalist(3, 1), finalist(2, 2), finalist(4, 4)]
        FinalistPlacement.noteOrder(&finalists)
        #expect(finalists.map(\.experts?.rankBefore) == [2, 1, nil])
    }

    private static var estimate: StepEstimate {
        let model = StepModel(Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 8, sequence: 2048))
        var simulator = PipelineSimulator()
        var strategy = ParallelStrategy()
        (strategy.data, strategy.microBatches) = (8, 1)
        guard let estimate = try? model.estimate(strategy, simulator: &simulator) else { fatalError("a plain strategy has a price") }
        return estimate
    }

    /// Packing by what load costs each bin, against every way of dealing six items to three bins of two.
    @Test func `packing by cost is near the best`() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<40 {
            let weights = (0..<6).map { _ in 0.1 + random.unit() }
            let factors = (0..<3).map { _ in 1 + 2 * random.unit() }
            var packing = SlotPacking(weights, bins: 3, factors: factors)
            packing.improve()
            #expect(packing.bins.allSatisfy { $0.count == 2 } && Set(packing.bins.joined()).count == 6)
            var best = Double.infinity
            func deal(_ item: Int, _ bins: [[Int]]) {
                guard item < 6 else {
                    return best = min(
                        best, zip(bins, factors).map { bin, factor in factor * bin.reduce(0) { $0 + weights[$1] } }.max() ?? 0)
                }
                for bin in 0..<3 where bins[bin].count < 2 {
                    var next = bins
                    next[bin].append(item)
                    deal(item + 1, next)
                }
            }
            deal(0, [[], [], []])
            #expect(packing.most >= best * (1 - 1e-12) && packing.most <= 1.15 * best)
        }
    }
}
