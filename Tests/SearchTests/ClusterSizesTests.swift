import CostModels
import Hardware
import Parallelism
import Schedules
import TestInputs
import Testing
import Workload

@testable import Search

@Suite("Sizes of a cluster")
struct ClusterSizesTests {
    @Test func arePowersOfTwoAndThreeTimesThose() {
        let sizes = ClusterSizes.candidates(of: Fixtures.cluster(nodes: 12)).map(\.gpus)
        #expect(sizes == [1, 2, 4, 8, 16, 24, 32, 48, 64, 96])
    }

    @Test func theFewestGPUsReachTheTargetAndFewerDoNot() async throws {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 32, sequence: 2048))
        request.constraints.tensor = .values([1, 2])
        request.constraints.pipeline = .values([1])
        request.constraints.context = .values([1])
        request.objective = .fewestGPUs(tokensPerSecond: 150_000)
        let (sizes, best) = await SizeSearch(request).search()
        let index = try #require(best)
        #expect(index == sizes.count - 1)
        #expect((sizes[index].tokensPerSecond ?? 0) >= 150_000)
        #expect(sizes.dropLast().allSatisfy { ($0.tokensPerSecond ?? 0) < 150_000 })
    }

    /// Where any stack will do, the target must be reached by a plan that one can launch.
    @Test func sizesAreJudgedByWhatAStackLaunches() async throws {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 32, sequence: 2048))
        request.constraints.tensor = .values([1])
        request.constraints.pipeline = .values([4])
        request.constraints.context = .values([1])
        request.constraints.microBatch = .values([1])
        request.ignoresStack = true
        request.objective = .costPerToken
        let any = await SizeSearch(request).search().sizes.last?.tokensPerSecond
        var plain = request.inputs.stack
        plain.launches.schedules = [.gpipe]
        request.preferredStacks = [plain]
        let size = try #require(await SizeSearch(request).search().sizes.last)
        let first = try #require(size.outcome.plans.first)
        #expect(first.strategy.schedule == .gpipe)
        #expect(size.tokensPerSecond == request.inputs.job.tokensPerStep / first.estimate.stepTime)
        #expect(size.tokensPerSecond ?? .infinity < any ?? 0)
    }

    /// 405 billion parameters need 14 bytes each somewhere, 5.7 TB: a node of eight GPUs is not even searched.
    @Test func sizesThatCannotHoldTheStatesAreNotSearched() async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.llama405B, nodes: 2, batch: 64, sequence: 2048))
        request.objective = .costPerToken
        let (sizes, best) = await SizeSearch(request).search()
        #expect(best == nil)
        #expect(sizes.allSatisfy { !$0.holdsStates && $0.outcome.counts == SearchCounts() })
    }
}
