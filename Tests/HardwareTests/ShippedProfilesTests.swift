import Documents
import Foundation
import Hardware
import Quantities
import Testing

/// Every shipped file loads, and holds what data sheets say.
@Suite struct ShippedProfilesTests {
    @Test func everyGPULoadsUnderItsOwnName() throws {
        let names = Shipped.library.names(of: .gpu)
        #expect(names.count == 39)
        for name in names {
            let gpu = try Shipped.library.gpu(name)
            #expect(gpu.name == name)
            for key in ["memory", "memory_bandwidth", "multiprocessors", "link_bandwidth", "peak.half", "peak.single"] {
                #expect(gpu.provenance[key] != nil, "\(name) gives no source for \(key)")
            }
            for field in KernelConstants.table.fields {
                #expect(gpu.provenance["kernels.\(field.key)"] != nil, "\(name) gives no source for \(field.key)")
            }
            #expect(gpu.peak.single <= gpu.peak.half)
            if let eight = gpu.peak.eight { #expect(eight.value >= 1.99 * gpu.peak.half.value) }
        }
    }

    @Test func everyClusterLoadsUnderItsOwnName() throws {
        let names = Shipped.library.names(of: .cluster)
        let promised = [
            "dgx-a100", "dgx-h100", "hgx-h200", "dgx-b200", "gb200-nvl72", "pipette-a100", "pipette-v100", "hgx-h100-roce", "l40s-pcie",
            "mi300x", "alps-gh200", "aws-p4d", "aws-p5", "aws-p5en", "aws-p6-b200", "azure-nd-h100-v5", "gcp-a3-mega", "leonardo",
            "perlmutter",
            "frontier", "juwels-booster", "rtx-4090-pcie",
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
        #expect(rack.first.host.processor == .grace)
        #expect(try Shipped.library.cluster("dgx-h100").first.network.nodeBandwidth == .gigabitsPerSecond(3200))
        let pipette = try Shipped.library.cluster("pipette-a100")
        #expect(abs((pipette.linkSpread?.mean.inGigabytesPerSecond ?? 0) - 19.457) < 0.001)
    }

    /// What the data sheets of single GPUs and of nodes say: rates with fp32 accumulation, dense, per direction.
    @Test func addedTypesHoldTheirDataSheets() throws {
        let sheet: [(name: String, half: Double, eight: Double?, memory: Double, multiprocessors: Int, link: Double)] = [
            ("rtx-4090", 165.2, 330.3, 1008, 128, 32), ("rtx-3090", 71, nil, 936, 82, 32), ("rtx-2080-ti", 53.8, nil, 616, 68, 16),
            ("titan-rtx", 130.5, nil, 672, 72, 16), ("a40", 149.7, nil, 696, 84, 32), ("a10", 125, nil, 600, 72, 32),
            ("l4", 121, 242.5, 300, 58, 32), ("t4", 65, nil, 320, 40, 16), ("gh200-96gb", 989, 1979, 4000, 132, 450),
            ("gh200-144gb", 989, 1979, 4900, 132, 450), ("h100-94gb-nvl", 835.5, 1670.5, 3900, 132, 64),
            ("rtx-6000-ada", 364.2, 728.5, 960, 142, 32), ("rtx-pro-6000", 503.8, 1007.6, 1792, 188, 64),
            ("v100-16gb-sxm", 125, nil, 900, 80, 150), ("v100-16gb-pcie", 112, nil, 900, 80, 16), ("p100-16gb-sxm", 10.6, nil, 732, 56, 80),
            ("mi308x", 344, 688, 5300, 80, 448), ("a100-64gb-sxm", 358, nil, 1640, 124, 300),
        ]
        for row in sheet {
            let gpu = try Shipped.library.gpu(row.name)
            #expect(gpu.peak.half == .teraFLOPsPerSecond(row.half), "\(row.name)")
            #expect(gpu.peak.eight == row.eight.map { .teraFLOPsPerSecond($0) }, "\(row.name)")
            #expect(gpu.memoryBandwidth == .gigabytesPerSecond(row.memory), "\(row.name)")
            #expect(gpu.multiprocessors == row.multiprocessors, "\(row.name)")
            #expect(gpu.linkBandwidth == .gigabytesPerSecond(row.link), "\(row.name)")
            #expect(try Shipped.library.usualNode(of: row.name).first.gpu.name == row.name)
        }
        let nodes = [
            ("aws-p4d", 400), ("aws-p5", 3200), ("aws-p5en", 3200), ("aws-p6-b200", 3200), ("azure-nd-h100-v5", 3200),
            ("gcp-a3-mega", 1600),
            ("alps-gh200", 800), ("leonardo", 400), ("perlmutter", 800), ("juwels-booster", 800), ("frontier", 800),
        ]
        for (name, gigabits) in nodes {
            #expect(try Shipped.library.cluster(name).first.network.nodeBandwidth == .gigabitsPerSecond(Double(gigabits)), "\(name)")
        }
        // A GPU type's own cluster goes before others that have it.
        #expect(try Shipped.library.shippedCluster(with: Shipped.library.gpu("h100-80gb-sxm"))?.name == "dgx-h100")
        #expect(try Shipped.library.shippedCluster(with: Shipped.library.gpu("a100-40gb-sxm")) == nil)
    }

    @Test func measuredCurvesGrowWithTheMessage() throws {
        var curves = 0
        for name in Shipped.library.names(of: .cluster) {
            for curve in try Shipped.library.cluster(name).curves {
                curves += 1
                #expect(
                    zip(curve.seconds, curve.seconds.dropFirst()).allSatisfy { $0 <= $1 },
                    "\(name), \(curve.collective), \(curve.gpus) GPUs")
            }
        }
        #expect(curves > 100)
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
