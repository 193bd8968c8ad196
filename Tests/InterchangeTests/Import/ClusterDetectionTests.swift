import Foundation
import Hardware
import Quantities
import Testing

@testable import Interchange

@Suite struct ClusterDetectionTests {
    private static let library = ProfileLibrary(
        root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path)

    private static let types = library.names(of: .gpu).compactMap { try? library.gpu($0) }

    @Test(arguments: [
        ("NVIDIA H100 80GB HBM3, 81559", "h100-80gb-sxm"), ("NVIDIA H100 PCIe, 81559", "h100-80gb-pcie"),
        ("NVIDIA H100 NVL, 95830", "h100-94gb-nvl"), ("NVIDIA H200, 143771", "h200-sxm"), ("NVIDIA A100-SXM4-80GB, 81920", "a100-80gb-sxm"),
        ("NVIDIA A100-SXM4-40GB, 40960", "a100-40gb-sxm"), ("NVIDIA A100 80GB PCIe, 81920", "a100-80gb-pcie"),
        ("NVIDIA B200, 183359", "b200-sxm"), ("NVIDIA GB200, 189471", "gb200"), ("NVIDIA GH200 480GB, 97871", "gh200-96gb"),
        ("NVIDIA L40S, 46068", "l40s"), ("Tesla V100-SXM2-32GB, 32768", "v100-32gb-sxm"), ("Tesla V100-SXM2-16GB, 16384", "v100-16gb-sxm"),
        ("NVIDIA GeForce RTX 4090, 24564", "rtx-4090"), ("Tesla T4, 15360", "t4"),
    ])
    func driversNamesAreShippedTypes(name: String, type: String) throws {
        let found = try #require(DetectedGPUs.nvidia("0, \(name)\n1, \(name)\n").first)
        #expect(found.count == 2)
        #expect(found.type(among: Self.types)?.name == type)
    }

    @Test func unknownProductsAreNone() {
        #expect(DetectedGPUs.nvidia("0, NVIDIA Z9000, 1\n").isEmpty)
    }

    @Test func coresAreNotThreads() {
        let host = DetectedHost.lscpu(
            "Architecture: x86_64\nCPU(s): 224\nModel name: Xeon\nThread(s) per core: 2\nCore(s) per socket: 56\nSocket(s): 2\n")
        #expect(host.cores == 112 && host.processor == .x86)
        #expect(DetectedHost.lscpu("Socket(s): 9999999999999999999999\nCore(s) per socket: 2\n").cores == nil)
        #expect(DetectedHost.meminfo("MemTotal:       2113392128 kB\n") == Bytes(2_113_392_128.0 * 1024))
    }

    @Test func slurmsResourcesAreRead() {
        let nodes = DetectedSlurm.scontrol(
            "NodeName=a1 CoresPerSocket=56\n   Gres=gpu:h100:8(S:0-1),shm:1\n   RealMemory=1000 Sockets=2\n   State=DOWN*+DRAIN\nNodeName=c1\n   Gres=(null)\n"
        )
        #expect(nodes.nodes == [.init(name: "a1", type: "h100", gpus: 8, cores: 112, mebibytes: 1000, isDown: true)])
        #expect(DetectedSlurm.sinfo("a|gpu:8|1|2000+|idle\na|gpu:8|1|2000|idle\nb|(null)|1|1|idle\n").nodes.map(\.gpus) == [8])
    }

    /// Outputs with pieces cut out, doubled and swapped, seeded: whatever comes of them, nothing traps.
    @Test func damagedOutputsDoNotTrap() {
        let texts: [Probe: String] = [
            .nvidiaGPUs: "0, NVIDIA H100 80GB HBM3, 81559\n1, NVIDIA H100 80GB HBM3, 81559\n",
            .nvidiaTopology:
                "\tGPU0\tGPU1\tNIC0\tCPU Affinity\nGPU0\t X \tNV18\tPIX\t0-55\nGPU1\tNV18\t X \tSYS\t0-55\nNIC0\tPIX\tSYS\t X \n",
            .amdProducts: "GPU[0]\t\t: Card Series: \t\tAMD Instinct MI300X OAM\n",
            .adapters: "CA 'mlx5_0'\n\tPort 1:\n\t\tState: Active\n\t\tRate: 400\n\t\tLink layer: InfiniBand\n",
            .slurmNodes: "NodeName=a1 CoresPerSocket=56\n   Gres=gpu:h100:2(S:0-1)\n   RealMemory=1000 Sockets=2\n",
            .slurmTopology: "SwitchName=s Level=0 Nodes=a1\n", .processors: "Socket(s): 2\nCore(s) per socket: 56\n",
        ]
        var random = SystemSeed(state: 7)
        for _ in 0..<300 {
            var outputs: [Probe: ProbeOutput] = [:]
            for (probe, text) in texts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                var bytes = Array(text.utf8)
                for _ in 0..<Int(random.next() % 4) where bytes.count > 2 {
                    let place = Int(random.next() % UInt64(bytes.count - 1))
                    switch random.next() % 4 {
                    case 0: bytes.remove(at: place)
                    case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                    case 2: bytes.insert(contentsOf: "99999999999999999999".utf8, at: place)
                    default: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                    }
                }
                outputs[probe] = ProbeOutput(command: probe.rawValue, text: String(decoding: bytes, as: UTF8.self))
            }
            let found = ClusterDetection(outputs, meminfo: "MemTotal: 1e999 kB", date: "2026-01-01")
            guard let type = found.type(among: Self.types), let like = try? Self.library.usualNode(of: type.name) else { continue }
            if let made = try? found.profile(name: "x", gpu: type, like: like, nodes: nil) {
                let text = made.profile.text()
                #expect((try? ClusterProfile.parse(text: text, file: "x.yaml", library: Self.library)) != nil, "\(text)")
            }
        }
    }
}

/// xorshift64*: a small generator for damage.
private struct SystemSeed: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }
}
