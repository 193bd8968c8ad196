import Hardware
import Parallelism
import Quantities
import Testing

@testable import Search

@Suite struct PlacementTests {
    /// Tensor parallelism in nodes of eight, `replicas` replicas of `stages` stages.
    private func strategy(stages: Int = 1, replicas: Int, order: RankOrder = .tpCpEpDpPp) -> ParallelStrategy {
        ParallelStrategy(tensor: 8, pipeline: stages, data: replicas, rankOrder: order)
    }

    private func traffic(stages: Int) -> PlacementTraffic {
        var traffic = PlacementTraffic(stages: stages)
        traffic.stageSeconds = [Double](repeating: 0.1, count: stages)
        traffic.dataBytes = [Double](repeating: 1e9, count: stages)
        traffic.boundaryBytes = 2e6
        traffic.steadyRounds = 3
        return traffic
    }

    @Test func groupsOfANodeShareItsAdapters() throws {
        // 8 rings of 10⁹ B through 8 · 25 GB/s · 0.8 = 160 GB/s: 50 ms. Four micro-batches of 100 ms.
        let result = try Placement.place(
            strategy: strategy(replicas: 2), cluster: PlacementFixtures.cluster(nodes: [2]), traffic: traffic(stages: 1))
        #expect(abs(result.cost.data - 0.05) < 1e-8)
        #expect(abs(result.cost.pipeline - 0.4) < 1e-12)
    }

    @Test func pipelineSendsCountOnTheCriticalPathOnly() throws {
        // 8 ranks · 2 MB · 2 transfers through 160 GB/s = 0.2 ms beside 2 · 100 ms fill and 3 · 100 ms steady.
        var traffic = traffic(stages: 2)
        let cluster = PlacementFixtures.cluster(nodes: [2])
        let hidden = try Placement.place(strategy: strategy(stages: 2, replicas: 1), cluster: cluster, traffic: traffic)
        #expect(abs(hidden.objective - 0.5002) < 1e-9)
        // Exposed in the steady state: 2 · 0.1 ms a round more.
        traffic.steadyTransfers = 2
        let exposed = try Placement.place(strategy: strategy(stages: 2, replicas: 1), cluster: cluster, traffic: traffic)
        #expect(abs(exposed.objective - hidden.objective - 3 * 0.0002) < 1e-9)
    }

    @Test func homogeneousClustersKeepRankOrder() throws {
        let result = try Placement.place(
            strategy: strategy(stages: 4, replicas: 4), cluster: PlacementFixtures.cluster(nodes: [16]), traffic: traffic(stages: 4))
        #expect(result.method == .identity)
        #expect(result.objective == result.identityObjective)
        #expect(result.lowerBound == result.objective)
        #expect(result.map == (0..<128).map { RankLocation(rank: $0, node: $0 / 8, gpu: $0 % 8) })
    }

    @Test func uniformShortcutEqualsTheMatrix() throws {
        let strategy = strategy(stages: 2, replicas: 2)
        let plain = PlacementFixtures.cluster(nodes: [4])
        let value = 1 / (try #require(try PlacementSlots(plain, worldSize: 32).uniformInverse))
        let matrix = BandwidthMatrix(names: (0..<4).map { "n\($0)" }, values: [Double](repeating: value, count: 16))
        let measured = PlacementFixtures.cluster(nodes: [4], matrix: matrix)
        let first = try Placement.place(strategy: strategy, cluster: plain, traffic: traffic(stages: 2))
        let second = try Placement.place(strategy: strategy, cluster: measured, traffic: traffic(stages: 2))
        #expect(abs(first.objective - second.objective) < 1e-7 * first.objective)
        #expect(second.method == .identity)
    }

    @Test func everyRankGetsItsOwnGPU() throws {
        let matrix = BandwidthMatrix(names: (0..<16).map { "n\($0)" }, values: PlacementFixtures.bandwidth(16, seed: 3))
        let result = try Placement.place(
            strategy: strategy(stages: 4, replicas: 4), cluster: PlacementFixtures.cluster(nodes: [16], matrix: matrix),
            traffic: traffic(stages: 4), moves: 4000)
        #expect(result.method == .anneal)
        #expect(Set(result.map.map { [$0.node, $0.gpu] }).count == 128)
        #expect(result.map.map(\.rank) == Array(0..<128))
        // Tensor groups stay in a node.
        for rank in 0..<128 { #expect(result.map[rank].node == result.map[rank / 8 * 8].node) }
        #expect(result.objective < result.identityObjective)
        #expect(result.lowerBound <= result.objective)
        #expect(result.gap < 0.5)
    }

    @Test func aSlowNodeStaysIdleWhereThereIsASpareOne() throws {
        let cluster = PlacementFixtures.cluster(nodes: [4], speedFactors: ["node-1": 0.5])
        let result = try Placement.place(strategy: strategy(replicas: 3), cluster: cluster, traffic: traffic(stages: 1))
        #expect(result.method == .exact)
        #expect(!result.map.contains { $0.node == 1 })
        #expect(abs(result.identityCost.pipeline - 0.8) < 1e-9)
        #expect(abs(result.cost.pipeline - 0.4) < 1e-9)
    }

    @Test(arguments: RankOrder.allCases) func dataParallelGroupsStayOnOneKindOfAdapter(_ order: RankOrder) throws {
        let cluster = PlacementFixtures.cluster(nodes: [2, 2], kinds: [.infiniband, .roce])
        let strategy = strategy(stages: 2, replicas: 2, order: order)
        let result = try Placement.place(strategy: strategy, cluster: cluster, traffic: traffic(stages: 2))
        let grid = RankGrid(strategy)
        for group in grid.groups(.data) { #expect(Set(group.map { result.map[$0].node / 2 }).count == 1) }
    }

    @Test func unevenNodesAreCutIntoEqualBlocks() throws {
        var cluster = PlacementFixtures.cluster(nodes: [1, 2])
        cluster.groups[1].gpusPerNode = 4
        let slots = try PlacementSlots(cluster, worldSize: 16)
        #expect(slots.size == 4)
        #expect(slots.slots.map(\.node) == [0, 0, 1, 2])
        #expect(slots.slots.map(\.firstGPU) == [0, 4, 0, 0])
        // Inside a node the fabric joins the blocks: 4 · 240 GB/s.
        let inverse = try slots.inverse(bytes: 1)
        #expect(abs(1 / inverse[1] - 960e9) < 1)
    }

    @Test func givenMapsAreEvaluatedAndChecked() throws {
        let cluster = PlacementFixtures.cluster(nodes: [2])
        let strategy = strategy(replicas: 2)
        let turned = (0..<16).map { RankLocation(rank: $0, node: 1 - $0 / 8, gpu: $0 % 8) }
        let result = try Placement.place(strategy: strategy, cluster: cluster, traffic: traffic(stages: 1), method: .given(turned))
        #expect(result.method == .given)
        #expect(result.map == turned)
        #expect(result.objective == result.identityObjective)

        func fails(_ map: [RankLocation], _ error: PlacementError) {
            #expect(throws: error) {
                try Placement.place(strategy: strategy, cluster: cluster, traffic: traffic(stages: 1), method: .given(map))
            }
        }
        var map = turned
        map[3].node = 7
        fails(map, .badMap(rank: 3))
        map = turned
        map[3].node = 0
        map[11].node = 1
        fails(map, .mapSplitsBlock(rank: 3))
        map = turned
        map[5].gpu = 4
        fails(map, .badMap(rank: 5))
        fails(Array(turned.dropLast()), .badMap(rank: 15))
    }

    @Test func refusesWhatDoesNotFit() {
        let cluster = PlacementFixtures.cluster(nodes: [2])
        #expect(throws: PlacementError.tooFewGPUs(needed: 24, available: 16)) {
            try Placement.place(strategy: strategy(replicas: 3), cluster: cluster, traffic: traffic(stages: 1))
        }
        #expect(throws: PlacementError.stagesDiffer(traffic: 2, strategy: 1)) {
            try Placement.place(strategy: strategy(replicas: 2), cluster: cluster, traffic: traffic(stages: 2))
        }
        var bad = cluster
        bad.nodeBandwidth = BandwidthMatrix(names: ["a", "b"], values: [0, 2e10, .nan, 0])
        bad.nodeNames = ["a", "b"]
        #expect(throws: PlacementError.badLink(from: "b", to: "a")) {
            try Placement.place(strategy: strategy(replicas: 2), cluster: bad, traffic: traffic(stages: 1))
        }
        let leaves = [Tier(name: "leaf", nodes: 32, oversubscription: 2)]
        #expect(throws: PlacementError.tooManyPlaces(count: 3000, limit: 2048)) {
            try Placement.place(
                strategy: strategy(replicas: 3000), cluster: PlacementFixtures.cluster(nodes: [3000], tiers: leaves),
                traffic: traffic(stages: 1))
        }
        let matrix = BandwidthMatrix(names: (0..<16).map { "n\($0)" }, values: PlacementFixtures.bandwidth(16, seed: 3))
        #expect(throws: PlacementError.tooManyForExact(blocks: 16, limit: 12)) {
            try Placement.place(
                strategy: strategy(replicas: 16), cluster: PlacementFixtures.cluster(nodes: [16], matrix: matrix),
                traffic: traffic(stages: 1), method: .exact)
        }
    }
}
