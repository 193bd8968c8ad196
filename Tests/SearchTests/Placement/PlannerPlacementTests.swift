import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import Search

/// Plans on clusters whose links or nodes differ.
@Suite struct PlannerPlacementTests {
    /// Links of a node that all carry `gigabytes`, but for those of one node.
    private func matrix(_ nodes: Int, gigabytes: Double = 400, slow: Int? = nil) -> BandwidthMatrix {
        let values = (0..<nodes * nodes).map { cell -> Double in
            let isSlow = cell / nodes == slow || cell % nodes == slow
            return (isSlow ? 0.2 : 1) * gigabytes * 1e9
        }
        return BandwidthMatrix(names: (0..<nodes).map { "n\($0)" }, values: values)
    }

    private func request(_ cluster: ClusterProfile, top: Int = 5) -> SearchRequest {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: cluster.nodes, batch: 64, sequence: 2048)
        inputs.cluster = cluster
        return SearchRequest(inputs: inputs, top: top)
    }

    @Test func evenClustersKeepTheirOrderAndTime() async throws {
        let request = request(Fixtures.cluster(nodes: 4))
        let plans = await Planner(request).search().plans
        for plan in plans {
            let placement = try #require(plan.placement)
            #expect(placement.method == .identity && placement.map.isEmpty)
            #expect(placement.objective == plan.estimate.stepTime && placement.lowerBound == plan.estimate.stepTime)
            #expect(plan.estimate.breakdown[.placement] == 0 && plan.moved == nil)
        }
    }

    @Test func aMatrixOfEqualLinksChangesNothing() async throws {
        var cluster = Fixtures.cluster(nodes: 4)
        let even = await Planner(request(cluster)).search().plans
        cluster.nodeBandwidth = matrix(4)
        let measured = await Planner(request(cluster)).search().plans
        #expect(even.map(\.strategy) == measured.map(\.strategy))
        for (a, b) in zip(even, measured) { #expect(abs(a.estimate.stepTime / b.estimate.stepTime - 1) < 2e-3) }
    }

    @Test func timesAreThoseOfThePlacement() async throws {
        var cluster = Fixtures.cluster(nodes: 4)
        cluster.nodeBandwidth = matrix(4, slow: 2)
        let outcome = await Planner(request(cluster)).search()
        #expect(outcome.plans.count == 5)
        for plan in outcome.plans {
            let placement = try #require(plan.placement)
            #expect(placement.objective == plan.estimate.stepTime)
            #expect(abs(plan.estimate.breakdown.total - plan.estimate.stepTime) < 1e-9)
            #expect(placement.objective <= placement.identityObjective && placement.lowerBound <= placement.objective)
            #expect(placement.method == .identity || placement.method == .exact)
            #expect(Set(placement.map.map { [$0.node, $0.gpu] }).count == 32)
        }
        let best = try #require(outcome.plans.map(\.estimate.stepTime).min())
        for plan in outcome.plans where plan.tiesWithBest { #expect(plan.timeLow <= best * 1.05) }
    }

    /// Ranks in order are a map too, so that searching for a better one never loses.
    @Test func searchingIsNeverSlowerThanRanksInOrder() async throws {
        var cluster = Fixtures.cluster(nodes: 4)
        cluster.nodeBandwidth = matrix(4, slow: 1)
        var asked = request(cluster, top: 1)
        let placed = await Planner(asked).search().plans
        asked.placement = .none
        let inOrder = await Planner(asked).search().plans
        let (a, b) = (try #require(placed.first), try #require(inOrder.first))
        #expect(a.estimate.stepTime <= b.estimate.stepTime)
        #expect(b.placement?.method == .identity)
    }

    @Test func isTheSameForAnyNumberOfThreads() async {
        var cluster = Fixtures.cluster(nodes: 12)
        var random = SeededRandom(seed: 3)
        cluster.nodeBandwidth = BandwidthMatrix(
            names: (0..<12).map { "n\($0)" }, values: (0..<144).map { _ in 3e11 + 1e11 * random.unit() })
        var asked = request(cluster, top: 3)
        asked.constraints.tensor = .values([8])
        asked.threads = 1
        let one = await Planner(asked).search().plans
        for threads in [2, 8] {
            asked.threads = threads
            let again = await Planner(asked).search().plans
            #expect(one == again, "\(threads) threads")
        }
        #expect(one.contains { $0.placement?.method == .anneal })
        asked.seed = 9
        let other = await Planner(asked).search().plans
        #expect(other.map(\.strategy).count == one.count)
    }

    @Test func badLinksCostWhatTheyAddToAStep() async throws {
        var cluster = Fixtures.cluster(nodes: 6)
        cluster.nodeBandwidth = matrix(6, slow: 4)
        let planner = Planner(request(cluster, top: 1))
        let plan = try #require(await planner.search().plans.first)
        let bad = try #require(planner.badLinks(of: plan))
        #expect(bad.nodes == ["n4"])
        cluster.nodeBandwidth = matrix(6)
        let healthy = try await Planner(request(cluster, top: 1)).plan(for: plan.strategy)
        #expect(abs(bad.secondsPerStep - (plan.estimate.stepTime - healthy.estimate.stepTime)) < 2e-3 * plan.estimate.stepTime)
        #expect(Planner(request(cluster)).badLinks(of: plan) == nil)
    }

    @Test func whatCannotBePlacedKeepsItsOrderAndSaysWhy() async throws {
        var cluster = Fixtures.cluster(nodes: 4)
        cluster.nodeBandwidth = matrix(4)
        var asked = request(cluster, top: 1)
        asked.placement = .given([RankLocation(rank: 0, node: 0, gpu: 0)])
        let plan = try #require(await Planner(asked).search().plans.first)
        #expect(plan.placement == nil)
        #expect(plan.placementProblem == .badMap(rank: 1))
    }
}
