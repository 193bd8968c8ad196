import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Quantities
import Search
import Testing

@testable import Calibration

/// Fits recover the constants that made-up measurements were made with, and say how far off they are on points they did not see.
@Suite struct OperatorFitTests {
    private let gpu: GPU

    init() throws { gpu = try CalibrationFixtures.library.gpu("h100-80gb-sxm") }

    /// The GPU with other constants than the profile's.
    private var other: GPU {
        var card = gpu
        card.kernels.gemmLatency = .microseconds(4)
        card.kernels.gemmEfficiency = 0.65
        card.kernels.gemmRampDepth = 150
        card.kernels.gemmMemoryEfficiency = 0.7
        card.kernels.attentionEfficiency = 0.55
        card.kernels.attentionRampLength = 400
        card.kernels.narrowHeadEfficiency = 0.6
        card.kernels.sustainedDerate = 1
        return card
    }

    private func table(_ text: String) throws -> CSVTable { try CSVTable.parse(text: text, file: "data.csv", skippingRagged: true) }

    private func products(noise: Double = 0.02) -> String {
        var text = "gpu,dtype,m,n,k,time_us\n"
        var random = SeededRandom(seed: 1)
        let half = MatrixProduct(gpu: other, precision: .sixteen, derate: 1)
        var low = other
        low.kernels.lowPrecisionEfficiency = 0.8
        low.kernels.lowPrecisionRampDepth = 300
        let eight = MatrixProduct(gpu: low, precision: .eight, derate: 1)
        for m in [256.0, 1024, 4096, 8192] {
            for n in [1024.0, 4096, 8192] {
                for k in [512.0, 2048, 4096, 16384] {
                    let factor = 1 + noise * (2 * random.unit() - 1)
                    text += "H100-SXM5-80GB,bf16,\(m),\(n),\(k),\(half.seconds(m, n, k) * 1e6 * factor)\n"
                    let quantisation = 6e-6 + 3 * m * k / (0.3 * gpu.memoryBandwidth.value)
                    text += "H100-SXM5-80GB,fp8,\(m),\(n),\(k),\((eight.seconds(m, n, k) + quantisation) * 1e6 * factor)\n"
                }
            }
        }
        return text + "A100,bf16,1024,1024,1024,1\n"
    }

    @Test func `matrix products`() throws {
        let result = try MatrixProductFit(table(products()), names: ["H100-SXM5-80GB"], gpu: gpu).run()
        let kernels = result.gpu.kernels
        #expect(abs(kernels.gemmLatency.value / 4e-6 - 1) < 0.15)
        #expect(abs(kernels.gemmEfficiency / 0.65 - 1) < 0.03)
        #expect(abs(kernels.gemmRampDepth / 150 - 1) < 0.25)
        #expect(abs(kernels.lowPrecisionEfficiency * kernels.sustainedDerate / 0.8 - 1) < 0.05)
        #expect(kernels.attentionEfficiency == gpu.kernels.attentionEfficiency)
        #expect(result.fit.classes.count == 4)
        for group in result.fit.classes {
            #expect(group.after.meanAbsolute < 0.03)
            #expect(group.after.meanAbsolute < group.before.meanAbsolute)
        }
        #expect(result.gpu.provenance["kernels.gemm_efficiency"]?.source == "fit on GEMM timings in data.csv")
    }

    @Test func `outliers do not decide the fit`() throws {
        var lines = products().split(separator: "\n").map(String.init)
        for i in stride(from: 5, to: lines.count - 1, by: 12) { lines[i] = lines[i].replacing(/,[0-9.]+$/, with: ",90000") }
        let kernels = try MatrixProductFit(table(lines.joined(separator: "\n")), names: ["H100-SXM5-80GB"], gpu: gpu).run().gpu.kernels
        #expect(abs(kernels.gemmEfficiency / 0.65 - 1) < 0.05)
    }

    @Test func `what cannot be fitted is said`() throws {
        #expect(throws: CalibrationError.noRows(of: "b200", present: ["A100", "H100-SXM5-80GB"], file: "data.csv")) {
            _ = try MatrixProductFit(table(products()), names: ["b200"], gpu: gpu)
        }
        let few = "dtype,m,n,k,time_us\nbf16,1024,1024,1024,10\nint4,1024,1024,1024,10\nbf16,1024\n"
        let fit = try MatrixProductFit(table(few), names: ["h100-80gb-sxm"], gpu: gpu)
        #expect(throws: CalibrationError.self) { _ = try fit.run() }
        #expect(throws: DocumentError.self) { _ = try MatrixProductFit(table("dtype,m,n,k\nbf16,1,1,1\n"), names: [], gpu: gpu) }
        #expect(throws: DocumentError.self) {
            _ = try MatrixProductFit(table("dtype,m,n,k,time_us\nbf16,1,one,1,2\n"), names: [], gpu: gpu)
        }
    }

    @Test func `other formats and broken rows are counted`() throws {
        let text = products() + "H100-SXM5-80GB,nvfp4,1024,1024,1024,10\nH100-SXM5-80GB,bf16,1024\n"
        let skipped = try MatrixProductFit(table(text), names: ["H100-SXM5-80GB"], gpu: gpu).run().fit.skipped
        #expect(skipped.map(\.count) == [1, 1])
        #expect(skipped.contains { $0.reason.hasPrefix("rows without 6 fields, the first in line 100") })
    }

    @Test func attention() throws {
        var text = "kind,dtype,batch,seq_q,seq_kv,heads,kv_heads,head_dim,causal,time_us\n"
        let core = AttentionCore(gpu: other, kernel: .fused)
        for batch in [1.0, 4] {
            for sequence in [512.0, 1024, 2048, 4096, 8192] {
                for (heads, width) in [(32.0, 128.0), (64, 128), (32, 64)] {
                    let shape = AttentionCore.Shape(
                        batch: batch, sequence: sequence, localSequence: sequence, heads: heads, queryKeyWidth: width, valueWidth: width,
                        window: nil, isLatent: false)
                    let cache = 4 * 2 * batch * 8 * sequence * 2 * width / gpu.memoryBandwidth.value
                    let facts = "bf16,\(batch),\(sequence),\(sequence),\(heads),8,\(width),1"
                    let times = core.seconds(shape)
                    text += "fwd,\(facts),\((times.forward + cache) * 1e6)\nbwd,\(facts),\(times.backward * 1.2e6)\n"
                }
            }
        }
        let result = try AttentionFit(table(text), names: [], gpu: gpu).run()
        let kernels = result.gpu.kernels
        #expect(abs(kernels.attentionEfficiency / 0.55 - 1) < 0.03)
        #expect(abs(kernels.attentionRampLength / 400 - 1) < 0.15)
        #expect(abs(kernels.narrowHeadEfficiency / 0.6 - 1) < 0.05)
        #expect(abs(kernels.attentionBackwardRatio / (1.2 * gpu.kernels.attentionBackwardRatio) - 1) < 0.05)
        #expect(result.fit.classes.allSatisfy { $0.after.meanAbsolute < 0.03 })
    }

    @Test func collectives() throws {
        let cluster = try CalibrationFixtures.library.cluster("dgx-h100")
        var truth = cluster
        truth.groups[0].fabric.collectives = CollectiveConstants(
            gatherShare: 0.6, reduceShare: 0.9, latency: .microseconds(25), rootCoefficient: 2e-8)
        truth.groups[0].network.achievedFraction = 0.7
        truth.curves = []
        let time = CollectiveTime(rates: ClusterRates(truth), curves: [])
        var text = "op,nodes,gpus,bytes,time_us,fabric\n"
        for collective in [Collective.allReduce, .allGather] {
            for (nodes, gpus) in [(1, 4), (1, 8), (4, 32)] {
                for power in 10...29 {
                    let bytes = Double(1 << power)
                    let microseconds = time.seconds(collective, bytes: bytes, ranks: gpus) * 1e6
                    text += "\(collective.rawValue),\(nodes),\(gpus),\(1 << power),\(microseconds),x\n"
                }
            }
        }
        text += "all_reduce,1,8,4096,1,NVLink-custom\nbroadcast,1,8,4096,1,x\nall_reduce,3,8,4096,1,x\n"
        let result = try CollectiveFit(table(text), names: [], cluster: cluster).run()
        let constants = result.cluster.first.fabric.collectives
        #expect(abs(constants.latency.value / 25e-6 - 1) < 0.03)
        #expect(abs(constants.gatherShare / 0.6 - 1) < 0.03)
        #expect(abs(constants.reduceShare / 0.9 - 1) < 0.03)
        #expect(abs(result.cluster.first.network.achievedFraction / 0.7 - 1) < 0.05)
        #expect(result.cluster.curves.count == 6)
        // Points that their neighbours tell within 4 % are dropped, and no others.
        #expect(result.cluster.curves.allSatisfy { (3..<20).contains($0.bytes.count) })
        let kept = CollectiveTime(rates: ClusterRates(cluster), curves: result.cluster.curves)
        for power in 10...29 {
            let size = Double(1 << power)
            let measured = time.seconds(.allReduce, bytes: size, ranks: 8)
            #expect(abs(kept.seconds(.allReduce, bytes: size, ranks: 8) / measured - 1) < 0.041)
        }
        #expect(result.fit.skipped.map(\.count) == [1, 1, 1])
        #expect(result.fit.classes[0].after.meanAbsolute < 0.02)
        #expect(result.fit.classes[0].before.meanAbsolute > 0.1)
        #expect(result.fit.classes[1].after.meanAbsolute < 0.1)
    }

    @Test func `measured curves and constants read back in a cluster file`() throws {
        var cluster = try CalibrationFixtures.library.cluster("dgx-h100")
        cluster.curves = [
            CollectiveCurve(collective: .allReduce, nodes: 1, gpus: 8, bytes: [1024, 3_000_001], seconds: [1.25e-5, 3.3e-5])
        ]
        guard case .mapping(let fields) = cluster.collectivesDocument, let curves = fields.first(where: { $0.key == "curves" }) else {
            Issue.record("the document has no curves")
            return
        }
        let shipped = try TextFile.read(path: CalibrationFixtures.library.path(of: .cluster, named: "dgx-h100"))
        let bare = shipped.split(separator: "\n").prefix { $0 != "curves:" }.joined(separator: "\n") + "\n"
        let text = bare + YAMLWriter.text(.mapping([curves]))
        let path = CalibrationFixtures.root.appendingPathComponent(".build/curves-\(UInt64.random(in: 0 ... .max)).yaml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try CalibrationFixtures.library.cluster(path).curves == cluster.curves)
    }

    @Test func `curves that are kept grow with the message`() throws {
        // 8 MiB was slow once, where two other releases found it between its neighbours; 64 KiB and 128 KiB are swapped in all of them.
        var text = "op,nodes,gpus,bytes,time_us,fabric,source\n"
        for power in 10...29 {
            let time = 20 + Double(1 << power) / 1e5
            let swapped = power == 16 ? 1.5 : power == 17 ? 0.9 : 1
            for (release, factor) in [("nccl/2.23", power == 23 ? 9.0 : 1), ("nccl/2.27", 1), ("nccl/2.29", 1)] {
                text += "all_reduce,1,8,\(1 << power),\(time * factor * swapped),NVLink4,\(release)\n"
            }
        }
        let cluster = try CalibrationFixtures.library.cluster("dgx-h100")
        let result = try CollectiveFit(table(text), names: [], cluster: cluster).run()
        let curve = try #require(result.cluster.curves.first)
        #expect(zip(curve.seconds, curve.seconds.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(abs(curve.seconds(8_388_608) / ((20 + 8_388_608 / 1e5) * 1e-6) - 1) < 0.05)
        let pool = (1.5 * (20 + 65_536 / 1e5) * 0.9 * (20 + 131_072 / 1e5)).squareRoot() * 1e-6
        #expect(abs(curve.seconds(65_536) / pool - 1) < 0.05 && abs(curve.seconds(131_072) / pool - 1) < 0.05)
    }

    @Test func `the nearest rising sequence`() {
        #expect(IsotonicFit.values([1, 3, 2, 4], weights: [1, 1, 1, 1]) == [1, 2.5, 2.5, 4])
        #expect(IsotonicFit.values([1, 5, 2, 4], weights: [1, 1, 3, 1]) == [1, 2.75, 2.75, 4])
        #expect(IsotonicFit.values([3, 2, 1], weights: [1, 1, 1]) == [2, 2, 2])
        #expect(IsotonicFit.values([], weights: []).isEmpty)
    }

    @Test func `collectives of one source and fabric, pooled over releases`() throws {
        var text = "op,nodes,gpus,bytes,time_us,fabric,source\n"
        for power in 10...29 {
            let time = 10 + Double(1 << power) / 1e6
            for (release, factor) in [("nccl/2.23", 1.0), ("nccl/2.27", 1.1), ("nccl/2.29", 1.3), ("rccl/6.0", 9)] {
                text += "all_reduce,1,8,\(1 << power),\(time * factor),NVLink4,\(release)\n"
            }
            text += "all_reduce,1,8,\(1 << power),\(time * 5),NVLink4+IB,nccl/2.23\n"
        }
        let cluster = try CalibrationFixtures.library.cluster("dgx-h100")
        let rows = CollectiveFit.Rows(source: "NCCL/", fabrics: ["NVLink4"])
        let result = try CollectiveFit(table(text), names: [], cluster: cluster, rows: rows).run()
        #expect(result.fit.skipped.map(\.reason) == ["another fabric", "another source"])
        #expect(result.fit.skipped.map(\.count) == [20, 20])
        let curve = try #require(result.cluster.curves.first)
        #expect(result.cluster.curves.count == 1)
        for (size, seconds) in zip(curve.bytes, curve.seconds) {
            #expect(abs(seconds / ((10 + size / 1e6) * 1.1e-6) - 1) < 0.001)
        }
    }
}
