import Hardware
import Quantities
import Testing

/// A profile stands for clusters of any size of its kind.
@Suite struct ClusterScalingTests {
    private func cluster(nodes: Int, named: Bool = true) throws -> ClusterProfile {
        var cluster = try Shipped.library.cluster("dgx-h100").scaled(nodes: nodes)
        cluster.nodeNames = named ? (0..<nodes).map { "n\($0)" } : []
        let names = (0..<nodes).map(cluster.nodeName)
        cluster.nodeBandwidth = BandwidthMatrix(names: names, values: (0..<(nodes * nodes)).map { Double($0 + 1) })
        cluster.groups[0].speedFactors = [names[0]: 0.9, names[nodes - 1]: 0.8]
        return cluster
    }

    @Test func fewerNodesKeepTheirPartOfTheMeasurement() throws {
        let half = try cluster(nodes: 4).scaled(gpus: 16)
        #expect(half.nodes == 2)
        #expect(half.nodeNames == ["n0", "n1"])
        #expect(half.nodeBandwidth?.values == [1, 2, 5, 6])
        #expect(half.first.speedFactors == ["n0": 0.9])
    }

    @Test func moreNodesKeepTheSpreadOfTheMeasurement() throws {
        let grown = try cluster(nodes: 2, named: false).scaled(nodes: 64)
        #expect(grown.gpus == 512)
        #expect(grown.nodeBandwidth == nil)
        // Links 2 and 3: mean 2.5, deviation 0.5.
        #expect(grown.linkSpread == .init(mean: BytesPerSecond(2.5), deviation: BytesPerSecond(0.5)))
        #expect(grown.first.speedFactors.count == 2)
        #expect(try cluster(nodes: 2).scaled(nodes: 3).first.speedFactors.isEmpty)
    }

    @Test func aPartOfANodeIsASmallNode() throws {
        let part = try Shipped.library.cluster("dgx-h100").scaled(gpus: 4)
        #expect(part.nodes == 1)
        #expect(part.first.gpusPerNode == 4)
        #expect(part.first.fabric.domainSize == 4)
    }

    /// Any number of GPUs that one fabric joins is a box; of domains of four in nodes of eight six would be no equal parts.
    @Test func aBoxHasAnyNumberOfGPUs() throws {
        for count in 1...8 {
            let box = try Shipped.library.cluster("dgx-h100").scaled(gpus: count)
            #expect(box.gpus == count && box.nodes == 1 && box.first.fabric.domainSize == count)
        }
        var halves = try Shipped.library.cluster("dgx-h100")
        halves.groups[0].fabric.domainSize = 4
        #expect(try halves.scaled(gpus: 3).first.fabric.domainSize == 3)
        #expect(throws: HardwareError.gpusDoNotFillNodes(gpus: 6, perNode: 8)) { try halves.scaled(gpus: 6) }
    }

    @Test func impossibleSizesAreNamed() throws {
        let cluster = try Shipped.library.cluster("dgx-h100")
        #expect(throws: HardwareError.gpusDoNotFillNodes(gpus: 100, perNode: 8)) { try cluster.scaled(gpus: 100) }
        for size in [0, -8, Int.max, Int.min] {
            #expect(throws: HardwareError.self) { try cluster.scaled(gpus: size) }
            #expect(throws: HardwareError.self) { try cluster.scaled(nodes: size) }
        }
        #expect(HardwareError.gpusDoNotFillNodes(gpus: 100, perNode: 8).description == "100 GPUs do not fill nodes of 8; use 96 or 104")
        #expect(HardwareError.gpusDoNotFillNodes(gpus: 3, perNode: 8).description == "3 GPUs do not fill nodes of 8; use 2 or 4")
        #expect(HardwareError.gpusDoNotFillNodes(gpus: 7, perNode: 8).description == "7 GPUs do not fill nodes of 8; use 4 or 8")
        var mixed = cluster
        mixed.groups.append(cluster.first)
        #expect(try mixed.scaled(nodes: 64).groups.count == 2)
        #expect(throws: HardwareError.self) { try mixed.scaled(nodes: 65) }
    }
}
