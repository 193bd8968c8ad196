import CostModels
import Parallelism
import Schedules
import TestInputs
import Testing
import Workload

@testable import Search

@Suite("Planner")
struct PlannerTests {
    /// The pruned search must return what pricing everything returns.
    @Test(arguments: [(2, 32, 2048), (4, 64, 4096)])
    func matchesPricingEverything(nodes: Int, batch: Int, sequence: Int) async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: nodes, batch: batch, sequence: sequence), top: 8)
        request.constraints.tensor = .values([1, 2, 4])
        let pruned = await Planner(request).search()
        request.prunes = false
        let everything = await Planner(request).search()
        #expect(pruned.plans.map(\.estimate.stepTime) == everything.plans.map(\.estimate.stepTime))
        #expect(pruned.plans.map(\.strategy) == everything.plans.map(\.strategy))
        #expect(everything.counts.pruned == 0)
        #expect(pruned.counts.evaluated < everything.counts.evaluated)
    }

    /// Best first: by expected time, whatever the model can tell apart; of equal times the leaner plan.
    @Test(arguments: [false, true])
    func plansAreListedByExpectedTime(listsVariants: Bool) async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 2, batch: 32, sequence: 2048), top: 40)
        request.listsVariants = listsVariants
        let plans = await Planner(request).search().plans
        #expect(plans.count > 4 && plans.filter(\.tiesWithBest).count > 1)
        for (one, next) in zip(plans, plans.dropFirst()) {
            #expect(
                one.estimate.stepTime < next.estimate.stepTime
                    || (one.estimate.stepTime == next.estimate.stepTime && one.estimate.memoryHigh <= next.estimate.memoryHigh))
        }
        // Time alone decides: somewhere in the list a plan that ties comes before one that needs less memory.
        #expect(zip(plans, plans.dropFirst()).contains { $1.tiesWithBest && $0.estimate.memoryHigh > $1.estimate.memoryHigh })
    }

    @Test func isTheSameForAnyNumberOfThreads() async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 64, sequence: 2048))
        let one = await Planner(request).search()
        request.threads = 3
        let three = await Planner(request).search()
        #expect(one.plans == three.plans)
        #expect(one.counts == three.counts)
    }

    /// Pins only take strategies away, so no pinned question has a faster answer than the open one.
    @Test(arguments: [OptimizerSharding.none, .zero1], [PipelineSchedule.interleaved, .combined1F1B])
    func openQuestionsAreNeverWorseThanPinnedOnes(sharding: OptimizerSharding, schedule: PipelineSchedule) async {
        var mixture = Fixtures.tiny
        mixture.experts = Experts(count: 8, perToken: 2, width: 1024)
        var inputs = Fixtures.inputs(mixture, nodes: 2, batch: 32, sequence: 2048)
        inputs.stack.launches.schedules.insert(.combined1F1B)
        var request = SearchRequest(inputs: inputs, top: 1)
        request.constraints.tensor = .values([1, 2])
        request.constraints.pipeline = .values([2])
        request.constraints.microBatch = .values([1])
        let open = await Planner(request).search().plans.first?.estimate.stepTime ?? .infinity
        request.constraints.sharding = [sharding]
        request.constraints.schedules = [schedule]
        let pinned = await Planner(request).search().plans.first?.estimate.stepTime ?? .infinity
        #expect(open <= pinned)
        #expect(pinned.isFinite)
    }

    /// What leaves most memory free must be that of all plans which the model cannot tell from the fastest, found by pricing everything.
    @Test func memoryIsLeftFreeByTheLeanestOfThePlansThatTie() async throws {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 2, batch: 32, sequence: 2048), top: 5)
        request.constraints.tensor = .values([1, 2])
        request.constraints.pipeline = .values([1, 2])
        request.constraints.context = .values([1])
        request.constraints.microBatch = .values([1, 2])
        let error = Planner(request).model.inputs.expectedError
        request.listsVariants = true
        request.prunes = false
        request.top = .max
        let everything = await Planner(request).search().plans
        let fastest = try #require(everything.map(\.estimate.stepTime).min())
        let limit = fastest * max(1.05, (1 + error) / (1 - error))
        let leanest = everything.filter { $0.estimate.stepTime <= limit }.map(\.estimate.memoryHigh).min()

        request.prunes = true
        request.top = 5
        request.listsVariants = false
        request.objective = .memoryHeadroom
        let plans = await Planner(request).search().plans
        #expect(!plans.isEmpty)
        #expect(plans.first?.estimate.memoryHigh == leanest)
        #expect(plans.map(\.estimate.memoryHigh) == plans.map(\.estimate.memoryHigh).sorted())
        #expect(plans.allSatisfy { $0.estimate.stepTime <= limit })
    }

    /// No strategy says that its fullest GPU needs less than an equal share of the states.
    @Test(arguments: [OptimizerSharding.none, .zero1, .zero2, .zero3], [Fixtures.tiny, Fixtures.llama405B])
    func noStrategyHoldsLessThanItsShareOfTheStates(sharding: OptimizerSharding, model: TransformerModel) throws {
        let planner = Planner(SearchRequest(inputs: Fixtures.inputs(model, nodes: 8, batch: 64, sequence: 2048)))
        var simulator = PipelineSimulator()
        for tensor in [1, 2, 8] {
            for pipeline in [1, 2, 4] {
                let data = 64 / tensor / pipeline
                let strategy = ParallelStrategy(
                    tensor: tensor, pipeline: pipeline, data: data, shardGroup: sharding == .none ? 1 : data, microBatch: 1,
                    microBatches: 64 / data, sharding: sharding, schedule: pipeline > 1 ? .oneForwardOneBackward : .gpipe)
                let estimate = try planner.model.estimate(strategy, simulator: &simulator)
                #expect(estimate.memoryHigh >= planner.model.leastStates, "\(strategy)")
            }
        }
    }
}
