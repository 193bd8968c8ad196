import Documents
import Foundation
import Hardware
import Quantities
import Testing

/// Every shipped file loads, and holds what data sheets say.
@Suite struct ShippedProfilesTests {
    @Test func everyGPULoadsUnderItsOwnName() throws {
        let names = Shipped.library.names(of: .gpu)
        #expect(names.count == 20)
        for name in names {
            let gpu = try Shipped.library.gpu(name)
            #expect(gpu.name == name)
            for key in ["memory", "memory_bandwidth", "multiprocessors", "link_bandwidth", "peak.half", "peak.single"] {
                #expect(gpu.provenance[key] != nil, "\(name) gives no source for \(key)")
            }
            for field in KernelConstants.table.fields {
                #expect(gpu.provenance["kernels.\(field.key)"] != nil, "\(name) gives no source for \(field.key)")
            }
            #expect(gpu.peak.single < gpu.peak.half)
            if let eight = gpu.peak.eight { #expect(eight.value >= 1.99 * gpu.peak.half.value) }
        }
    }

    @Test func everyClusterLoadsUnderItsOwnName() throws {
        let names = Shipped.library.names(of: .cluster)
        let promised = [
            "dgx-a100", "dgx-h100", "hgx-h200", "dgx-b200", "gb200-nvl72", "pipette-a100", "pipette-v100", "hgx-h100-roce", "l40s-pcie",
            "mi300x",
        ]
        #expect(Set(promised).isSubset(of: names))
        for name in names {
            let cluster = try Shipped.library.cluster(name)
            #expect(cluster.name == name)
            #expect(cluster.first.fabric.bandwidth.value <= cluster.first.gpu.linkBandwidth.value)
            #expect(cluster.provenance["fabric.bandwidth"] != nil)
            #expect(cluster.provenance["network.adapter_bandwidth"] != nil)
            #expect(try cluster.scaled(nodes: 64).gpus == 64 * cluster.first.gpusPerNode)
        }
    }

    @Test func dataSheetNumbersArrive() throws {
        let h100 = try Shipped.library.gpu("h100-80gb-sxm")
        #expect(h100.peak.half == .teraFLOPsPerSecond(989))
        #expect(h100.peak.eight == .teraFLOPsPerSecond(1979))
        #expect(h100.peak.four == nil)
        #expect(h100.memoryBandwidth == .gigabytesPerSecond(3350))
        #expect(h100.multiprocessors == 132)
        #expect((1...10).contains(h100.kernels.gemmLatency.inMicroseconds))
        let rack = try Shipped.library.cluster("gb200-nvl72")
        #expect(rack.gpus == 72)
        #expect(rack.first.fabric.domainSize == 72)
        #expect(rack.first.host == .grace)
        #expect(try Shipped.library.cluster("dgx-h100").first.network.nodeBandwidth == .gigabitsPerSecond(3200))
        let pipette = try Shipped.library.cluster("pipette-a100")
        #expect(abs((pipette.linkSpread?.mean.inGigabytesPerSecond ?? 0) - 19.457) < 0.001)
    }

    @Test func borrowedConstantsSayWhoseTheyAre() throws {
        let h800 = try Shipped.library.gpu("h800-80gb-sxm")
        #expect(h800.kernels == (try Shipped.library.gpu("h100-80gb-sxm")).kernels)
        let note = h800.provenance["kernels.gemm_efficiency"]
        #expect(note == Provenance(source: "as h100-80gb-sxm; never measured on this GPU", isUnverified: true))
        #expect(h800.linkBandwidth == .gigabytesPerSecond(200))
    }

    /// The measured matrices are not shipped; where they are at hand, the two numbers typed from them must agree.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: PipetteMatrices.folder), "needs ../shared/data/bandwidth"))
    func thePipetteSpreadIsThatOfItsMatrices() throws {
        let links = try PipetteMatrices.links()
        let mean = links.reduce(0, +) / Double(links.count)
        let variance = links.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(links.count)
        let spread = try #require(try Shipped.library.cluster("pipette-a100").linkSpread)
        #expect(links.count == 960)
        #expect(abs(spread.mean.value / 1_048_576 - mean) < 1)
        #expect(abs(spread.deviation.value / 1_048_576 - variance.squareRoot()) < 1)
    }
}

/// The four mpiGraph matrices of Pipette's A100 cluster, in MiB/s.
private enum PipetteMatrices {
    static var folder: String { (Shipped.library.root ?? "") + "/../shared/data/bandwidth" }

    static func links() throws -> [Double] {
        var links: [Double] = []
        for run in ["run0_recv", "run0_send", "run1_recv", "run1_send"] {
            let table = try CSVTable.read(path: "\(folder)/pipette_a100_16nodes_\(run)_MBps.csv")
            for (index, name) in table.header.dropFirst().enumerated() {
                let column = try table.column(name)
                for row in 0..<table.rows where row != index { links.append(try table.value(column, row: row, .positive)) }
            }
        }
        return links
    }
}
