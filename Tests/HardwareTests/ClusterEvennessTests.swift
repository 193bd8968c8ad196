import Hardware
import Quantities
import TestInputs
import Testing

@Suite struct ClusterEvennessTests {
    @Test func aMatrixOfGPUsCountsTheLinksBetweenNodesAllGPUsTogether() throws {
        var cluster = Fixtures.cluster(nodes: 2)
        cluster.groups[0].gpusPerNode = 2
        // GPUs 0 and 1 share a node at 300 GB/s; each link to the other node carries 40.
        let values = (0..<16).map { cell in cell / 4 / 2 == cell % 4 / 2 ? 300e9 : 40e9 }
        cluster.nodeBandwidth = BandwidthMatrix(names: ["a", "b", "c", "d"], values: values)
        #expect(try #require(cluster.meanNodeBandwidth).value == 80e9)
    }

    @Test func linksOfTheProfileAreThoseOfWholeNodes() throws {
        var cluster = Fixtures.cluster(nodes: 2)
        cluster.nodeBandwidth = BandwidthMatrix(names: ["a", "b"], values: [0, 48e9, 46e9, 0])
        #expect(try #require(cluster.meanNodeBandwidth).value == 47e9)
        cluster.nodeBandwidth = nil
        #expect(cluster.meanNodeBandwidth == nil && cluster.isEven)
    }

    @Test func stagesTouchTheGroupsOfTheirGPUs() {
        var cluster = Fixtures.cluster(nodes: 1)
        cluster.groups.append(cluster.groups[0])
        cluster.groups.append(cluster.groups[0])
        #expect(cluster.groupsTouched(byStages: 2) == [[0, 1], [1, 2]])
        #expect(cluster.groupsTouched(byStages: 3) == [[0], [1], [2]])
        #expect(cluster.groupsTouched(byStages: 1) == [[0, 1, 2]])
    }
}
