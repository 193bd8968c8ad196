import Hardware
import Testing

@testable import Interchange

/// Logs written by the grammar of nccl-tests, under every launcher and between everything that NCCL says.
struct NCCLTestsGrammarTests {
    private static let labels = [
        "", " 0: ", "  12: ", "[0] ", "[1,0]<stdout>:", "[default0]:", "[pod/launcher-x/nccl] ", "node-3: ",
        "2025-03-04T05:06:07.123456789Z stdout F ",
        "2025-03-04 05:06:07 ", "[2025-03-04 05:06:07] ", "2025-03-04T05:06:07Z [1,0]<stdout>:", "[0] 0: ",
    ]
    private static let noise = "nb:2001:2044 [3] NCCL INFO Channel 02/0 : 3[3] -> 11[3] [send] via NET/IB/3/GDRDMA"

    @Test(arguments: labels, 0..<6) func everyLogSaysTheSame(label: String, way: Int) throws {
        let evidence = try ImportKind.ncclTests.parse(text: log(label, way), file: "run.log")
        let curve = try #require(evidence.curves.first)
        #expect(evidence.curves.count == 1 && curve.collective == .allReduce && curve.nodes == 2 && curve.gpus == 16)
        #expect(curve.bytes == [1_048_576, 67_108_864, 1_073_741_824])
        #expect(zip(curve.seconds, [60e-6, 900e-6, 12e-3]).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(evidence.notes.isEmpty)
    }

    /// A log; `way` says how its rows are broken: not, with noise between, behind, or inside, split over lines, or labelled inside.
    private func log(_ label: String, _ way: Int) -> String {
        var lines = ["# Collective test starting: all_reduce_perf", "# nThread 1 nGpus 1 minBytes 1048576", "# Using devices"]
        for rank in 0..<16 {
            let host = rank < 8 ? "na" : "nb"
            lines.append(
                "#  Rank \(rank) Group  0 Pid   100\(rank) on         \(host) device  \(rank % 8) [0000:0f:00] NVIDIA H100 80GB HBM3")
        }
        lines.append("#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong")
        let rows = [
            (" 1048576 262144 float sum -1", " 60.0 17.48 32.77 0", " 60.6 17.30 32.44 0"),
            (" 67108864 16777216 float sum -1", " 900.0 74.57 139.81 0", " 909.0 73.83 138.43 0"),
            (" 1073741824 268435456 float sum -1", " 12000.0 89.48 167.77 0", " 12120.0 88.59 166.11 0"),
        ]
        for (head, first, second) in rows {
            switch way {
            case 0: lines.append(head + first + second)
            case 1: lines += [Self.noise, head + first + second]
            case 2: lines.append(head + first + second + Self.noise)
            case 3: lines += [head + Self.noise, Self.noise, first + second]
            case 4: lines += [head, first, Self.noise, second]
            default: lines.append(head + "[0] " + first + "[0] " + second)
            }
        }
        lines += ["# Out of bounds values : 0 OK", "# Avg bus bandwidth    : 150.1", "# Collective test concluded: all_reduce_perf"]
        return lines.map { label + $0 }.joined(separator: "\n")
    }

    @Test func ratiosTellRanksAndRefuseOthers() {
        let row = NCCLTestsRow(bytes: 1_073_741_824, seconds: 1e-2, algorithm: 297.16, bus: 586.06, isInPlaceOnly: false)
        let ratio = NCCLTestsRatio([row])
        // 2 · 71/72 = 1.9722; 586.06/297.16 = 1.97220.
        #expect(ratio.ranks(.allReduce) == 72)
        #expect(ratio.allows(.allReduce, 72) && !ratio.allows(.allReduce, 64) && !ratio.allows(.allGather, 72))
    }

    @Test func productsFitTheirTypes() {
        #expect(GPUProduct("NVIDIA A100-SXM4-80GB")?.text == "A100 SXM 80 GB")
        #expect(GPUProduct("Tesla V100-SXM2-16GB")?.gigabytes == 16)
        #expect(GPUProduct("AMD Instinct MI300X OAM")?.model == "mi300x")
        #expect(GPUProduct("NVIDIA Graphics Device") == nil)
        for (product, type) in [
            ("NVIDIA GeForce RTX 4090", "rtx-4090"), ("NVIDIA GeForce RTX 2080 Ti", "rtx-2080-ti"), ("NVIDIA TITAN RTX", "titan-rtx"),
            ("NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada"), ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "rtx-pro-6000"),
        ] {
            #expect(GPUProduct(product)?.model == GPUProduct(type)?.model)
        }
        #expect(GPUProduct("Quadro RTX 6000")?.model == "rtx 6000")
    }
}
