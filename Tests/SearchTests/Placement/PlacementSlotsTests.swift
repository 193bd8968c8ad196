import Hardware
import Parallelism
import Quantities
import Testing

@testable import Search

@Suite struct PlacementSlotsTests {
    @Test func switchLevelsDivideWhatCrossesThem() throws {
        let tiers = [Tier(name: "leaf", nodes: 2, oversubscription: 2), Tier(name: "pod", nodes: 4, oversubscription: 3)]
        let slots = try PlacementSlots(PlacementFixtures.cluster(nodes: [8], tiers: tiers), worldSize: 64)
        let inverse = try slots.inverse(bytes: 1)
        #expect(abs(1 / inverse[0 * 8 + 1] - 160e9) < 1)
        #expect(abs(1 / inverse[0 * 8 + 2] - 80e9) < 1)
        #expect(abs(1 / inverse[0 * 8 + 4] - 160e9 / 6) < 1)
        #expect(slots.uniformInverse == nil)
    }

    @Test func otherAdaptersMeetOnEthernet() throws {
        let cluster = PlacementFixtures.cluster(nodes: [1, 1], kinds: [.infiniband, .roce])
        let inverse = try PlacementSlots(cluster, worldSize: 16).inverse(bytes: 1)
        #expect(abs(1 / inverse[1] - 25 * 1.25e8) < 1)
    }

    @Test func linkClassesDependOnTheSize() throws {
        var cluster = PlacementFixtures.cluster(nodes: [1, 1])
        cluster.links = [
            LinkClass(first: 1, second: 0, bytes: [1e6, 1e8], bandwidths: [.gigabytesPerSecond(0.1), .gigabytesPerSecond(1)])
        ]
        let slots = try PlacementSlots(cluster, worldSize: 16)
        #expect(abs(1 / (try slots.inverse(bytes: 1e6)[1]) - 1e8) < 1)
        #expect(abs(1 / (try slots.inverse(bytes: 1e7)[2]) - 1e8 * 10.0.squareRoot()) < 10)
        #expect(abs(1 / (try slots.inverse(bytes: 1e12)[1]) - 1e9) < 10)
    }

    @Test func aMatrixIsThatOfWholeNodes() throws {
        let matrix = BandwidthMatrix(names: ["a", "b"], values: [0, 19e9, 18e9, 0])
        let inverse = try PlacementSlots(PlacementFixtures.cluster(nodes: [2], matrix: matrix), worldSize: 16).inverse(bytes: 1)
        #expect(abs(1 / inverse[1] - 19e9) < 1 && abs(1 / inverse[2] - 18e9) < 1)
    }

    @Test func aMatrixOfGPUsPairsThemUp() throws {
        var values = [Double](repeating: 1e9, count: 16)
        values[0 * 4 + 2] = 5e9
        let matrix = BandwidthMatrix(names: ["a0", "a1", "b0", "b1"], values: values)
        let cluster = PlacementFixtures.cluster(nodes: [2], gpusPerNode: 2, matrix: matrix)
        #expect(abs(1 / (try PlacementSlots(cluster, worldSize: 4).inverse(bytes: 1)[1]) - 6e9) < 1)
    }

    @Test func rackScaleDomainsJoinTheirNodes() throws {
        var cluster = PlacementFixtures.cluster(nodes: [4], gpusPerNode: 4)
        cluster.groups[0].fabric.domainSize = 8
        let inverse = try PlacementSlots(cluster, worldSize: 16).inverse(bytes: 1)
        #expect(abs(1 / inverse[1] - 960e9) < 1)
        #expect(1 / inverse[2] < 200e9)
    }

    @Test func gpusFollowTheMeasuredLinksInsideANode() {
        // Fast pairs 0–2 and 1–3, as on nodes without NVLink switches.
        var values = [Double](repeating: 29e9, count: 16)
        for (a, b) in [(0, 2), (1, 3)] {
            values[a * 4 + b] = 68e9
            values[b * 4 + a] = 68e9
        }
        var cluster = PlacementFixtures.cluster(nodes: [1], gpusPerNode: 4)
        cluster.gpuBandwidth = BandwidthMatrix(names: ["0", "1", "2", "3"], values: values)
        var traffic = PlacementTraffic(stages: 1)
        traffic.tensorBytes = [1e6]
        let strategy = ParallelStrategy(tensor: 2, data: 2)
        let order = GPUOrder.best(strategy: strategy, cluster: cluster, traffic: traffic, size: 4)
        let pairs: Set<Set<Int>>? = order.map { [Set($0[0...1]), Set($0[2...3])] }
        let expected: Set<Set<Int>> = [[0, 2], [1, 3]]
        #expect(pairs == expected)
        cluster.gpuBandwidth = nil
        #expect(GPUOrder.best(strategy: strategy, cluster: cluster, traffic: traffic, size: 4) == nil)
    }
}

@Suite struct PlacementCellsTests {
    private func cost(_ strategy: ParallelStrategy, _ traffic: PlacementTraffic) throws -> PlacementCost {
        try Placement.place(strategy: strategy, cluster: PlacementFixtures.cluster(nodes: [2]), traffic: traffic).cost
    }

    @Test func expertGroupsThatLeaveANodeSendTheirShare() throws {
        // 16 experts on two nodes: 8 · 8 pairs of ranks with 1 MB each through 160 GB/s = 0.4 ms, for one micro-batch and 4 more.
        var traffic = PlacementTraffic(stages: 1)
        traffic.expertBytes = [15e6]
        traffic.steadyRounds = 4
        #expect(abs(try cost(ParallelStrategy(expert: 16, data: 16), traffic).pipeline - 5 * 0.0004) < 1e-9)
        #expect(try cost(ParallelStrategy(expert: 8, data: 16), traffic).pipeline == 0)
    }

    @Test func contextRingsThatLeaveANodeShareIt() throws {
        // Eight rings of 2 MB through 160 GB/s = 0.1 ms, of which 0.04 ms hide.
        var traffic = PlacementTraffic(stages: 1)
        traffic.contextBytes = [2e6]
        traffic.contextHiddenSeconds = 0.00004
        #expect(abs(try cost(ParallelStrategy(tensor: 8, context: 2), traffic).pipeline - 0.00006) < 1e-10)
        #expect(try cost(ParallelStrategy(tensor: 4, context: 2, data: 2), traffic).pipeline == 0)
    }

    @Test func aBlockOfSeveralStagesKeepsPaceWithItsSlowest() throws {
        // Four stages, two a node: a micro-batch passes 10 + 20 + 30 + 40 ms; the others follow every 40 ms.
        var traffic = PlacementTraffic(stages: 4)
        traffic.stageSeconds = [0.01, 0.02, 0.03, 0.04]
        traffic.steadyRounds = 2
        #expect(abs(try cost(ParallelStrategy(tensor: 4, pipeline: 4), traffic).pipeline - 0.18) < 1e-12)
    }

    @Test func expertReplicasShareAdaptersWithDenseOnes() throws {
        // One dense ring over 16 ranks and eight expert rings over 2 ranks each, side by side: 1 GB + 8 · 0.5 GB through 160 GB/s.
        var traffic = PlacementTraffic(stages: 1)
        traffic.dataBytes = [1e9]
        traffic.expertDataBytes = [0.5e9]
        #expect(abs(try cost(ParallelStrategy(expert: 8, data: 16), traffic).data - 5e9 / 160e9) < 1e-9)
    }
}
