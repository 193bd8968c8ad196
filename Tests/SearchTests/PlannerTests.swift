import CostModels
import Parallelism
import Quantities
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
        let (pruned, everything) = await bothWays(request)
        #expect(everything.counts.pruned == 0)
        #expect(pruned.counts.evaluated < everything.counts.evaluated)
    }

    /// The same of mixtures, of every schedule and sharding there is, of lists of variants, and with memory that most candidates exceed.
    @Test(arguments: [1, 5], [false, true])
    func matchesPricingEverythingOfMixtures(top: Int, listsVariants: Bool) async {
        var request = Self.mixture(batch: 16)
        request.top = top
        request.listsVariants = listsVariants
        request.constraints.expert = .values([1, 4])
        for limit in [79.0, 8] {
            request.memoryLimit = .gibibytes(limit)
            _ = await bothWays(request)
        }
    }

    /// The same where the load of the busiest rank depends on how many ranks there are, and wide expert groups so cost more.
    @Test func matchesPricingEverythingOfRoutedMixtures() async throws {
        var request = Self.mixture(batch: 16)
        request.top = 5
        request.constraints.expert = .values([1, 2, 4])
        let balanced = await Planner(request).search()
        request.inputs.job.routing = .zipf(1.1, for: try MixtureGrid(request.inputs.model), source: "zipf:1.1")
        let (routed, _) = await bothWays(request)
        #expect(try #require(routed.plans.first).estimate.stepTime > #require(balanced.plans.first).estimate.stepTime)
    }

    /// The same where nothing but the memory of single candidates decides: the limit is what the leanest of all needs.
    @Test(arguments: [false, true])
    func findsTheOneCandidateThatFits(ignoresStack: Bool) async throws {
        var request = Self.mixture(batch: 16)
        request.ignoresStack = ignoresStack
        request.constraints.expert = .values([4])
        request.prunes = false
        request.listsVariants = true
        request.top = .max
        let needs = await Planner(request).search().plans.map(\.estimate.memoryHigh)
        let least = try #require(needs.min())
        request.top = 3
        request.memoryLimit = Bytes(least)
        let (pruned, _) = await bothWays(request)
        #expect(pruned.plans.first?.estimate.memoryHigh == least)
        #expect(pruned.leanest == nil)

        // A byte less, and it is the leanest of those that do not fit.
        request.memoryLimit = Bytes(least - 1)
        let (nothing, _) = await bothWays(request)
        #expect(nothing.plans.isEmpty && nothing.leanest?.bytes == least)
    }

    /// A mixture on a stack that has more of everything.
    private static func mixture(batch: Int) -> SearchRequest {
        var model = Fixtures.tiny
        model.experts = Experts(count: 8, perToken: 2, width: 1024)
        var inputs = Fixtures.inputs(model, nodes: 1, batch: batch, sequence: 2048)
        inputs.stack.launches.schedules = [.oneForwardOneBackward, .interleaved, .combined1F1B, .zbV, .dualPipe]
        inputs.stack.launches.shardings = Set(OptimizerSharding.allCases)
        inputs.stack.launches.hybridSharding = true
        inputs.stack.launches.shardsGradientsInPipeline = true
        var request = SearchRequest(inputs: inputs)
        request.constraints.tensor = .values([2])
        request.constraints.pipeline = .values([1, 2])
        request.constraints.context = .values([1])
        request.constraints.expertTensor = .values([1])
        request.constraints.microBatch = .values([1, 2])
        return request
    }

    /// The answers with and without bounds, which must be the same.
    private func bothWays(_ request: SearchRequest) async -> (pruned: SearchOutcome, everything: SearchOutcome) {
        var request = request
        request.prunes = true
        let pruned = await Planner(request).search()
        request.prunes = false
        let everything = await Planner(request).search()
        #expect(pruned.plans.map(\.estimate.stepTime) == everything.plans.map(\.estimate.stepTime))
        #expect(pruned.plans.map(\.strategy) == everything.plans.map(\.strategy))
        #expect(pruned.leanest?.bytes == everything.leanest?.bytes)
        return (pruned, everything)
    }

    /// Best first: by expected time, whatever the model can tell apart; of equal times the leaner plan.
    @Test(arguments: [false, true])
    func plansAreListedByExpectedTime(listsVariants: Bool) async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 64, sequence: 2048), top: 40)
        request.listsVariants = listsVariants
        // Plans that differ by a quarter cannot be told apart.
        request.uncertainty = FittedUncertainty(factor: [], spreads: [.init(request.inputs): .init(common: 0.1, own: 0.2)])
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

    @Test(arguments: [79.0, 1])
    func isTheSameForAnyNumberOfThreads(memory: Double) async {
        for request in [
            SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 64, sequence: 2048)), Self.mixture(batch: 32),
        ] {
            var request = request
            request.memoryLimit = .gibibytes(memory)
            let one = await Planner(request).search()
            request.threads = 3
            let three = await Planner(request).search()
            #expect(one.plans == three.plans)
            #expect(one.counts == three.counts)
            #expect(one.leanest?.strategy == three.leanest?.strategy)
            #expect(one.plans.isEmpty == (memory < 2))
        }
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

    /// Where any stack will do, what some stack can launch comes first, and the first is the fastest of all that one can.
    @Test(arguments: [1, 4])
    func plansThatSomeStackLaunchesComeFirst(top: Int) async throws {
        var request = Self.mixture(batch: 32)
        var plain = request.inputs.stack
        plain.launches.schedules = [.gpipe]
        plain.launches.shardings = [.none]
        request.constraints.pipeline = .values([4])
        request.constraints.tensor = .values([1, 2])
        request.ignoresStack = true
        request.top = top
        request.preferredStacks = [plain]
        let plans = await Planner(request).search().plans
        let launchable = plans.map { !request.stacks(launching: $0.strategy).isEmpty }
        #expect(plans.count == top && launchable == launchable.sorted { $0 && !$1 })
        let first = try #require(plans.first)
        #expect(first.strategy.schedule == .gpipe)

        var other = request
        other.ignoresStack = false
        other.preferredStacks = []
        other.inputs.stack = plain
        #expect(await Planner(other).search().plans.first?.strategy == first.strategy)
        // The fastest of all is shown as well.
        request.preferredStacks = []
        let fastest = try #require(await Planner(request).search().plans.first)
        #expect(fastest.strategy.schedule != .gpipe && (top == 1 || plans.contains { $0.strategy == fastest.strategy }))
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
