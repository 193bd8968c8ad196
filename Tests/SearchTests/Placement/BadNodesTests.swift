import Hardware
import Parallelism
import Testing

@testable import Search

@Suite struct BadNodesTests {
    /// Four nodes with links of 160 GB/s; those of node 2 have 32 GB/s.
    private var cluster: ClusterProfile {
        var values = [Double](repeating: 160e9, count: 16)
        for other in [0, 1, 3] {
            values[2 * 4 + other] = 32e9
            values[other * 4 + 2] = 32e9
        }
        return PlacementFixtures.cluster(
            nodes: [4], matrix: BandwidthMatrix(names: ["n0", "n1", "n2", "n3"], values: values))
    }

    @Test func aPlantedNodeCostsItsPartOfTheRing() throws {
        var traffic = PlacementTraffic(stages: 1)
        traffic.dataBytes = [1e9]
        // All four nodes are needed: 8 GB through 32 GB/s instead of 160 GB/s, 250 against 50 ms.
        let strategy = ParallelStrategy(tensor: 8, data: 4)
        let check = LinkCheck(nodes: try #require(cluster.nodeBandwidth))
        #expect(check.excludedNodes == ["n2"])
        let cost = try #require(
            try Placement.cost(ofBadNodes: check.excludedNodes, strategy: strategy, cluster: cluster, traffic: traffic))
        #expect(abs(cost.secondsPerStep - 0.2) < 1e-7)
        // With a spare node the placement avoids it for free.
        let spare = try #require(
            try Placement.cost(
                ofBadNodes: ["n2"], strategy: ParallelStrategy(tensor: 8, data: 3), cluster: cluster, traffic: traffic))
        #expect(spare.secondsPerStep < 1e-9)
        #expect(try Placement.cost(ofBadNodes: ["nobody"], strategy: strategy, cluster: cluster, traffic: traffic) == nil)
    }
}
