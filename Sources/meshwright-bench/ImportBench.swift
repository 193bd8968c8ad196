import Foundation
import Hardware
import Interchange
import Quantities
import Search

/// Times the import of a measured matrix of 256 nodes, from the text of a log to the text of a profile.
func benchImport(library: ProfileLibrary) throws -> [(name: String, value: Double, unit: String)] {
    var random = SeededRandom(seed: 7)
    let names = (0..<256).map { "node\($0):\($0)" }
    var log = "START mpiGraph v1.5\nSend\t\(names.joined(separator: "\t"))\t\n"
    for row in names.indices {
        let values = names.indices.map { $0 == row ? "0.000" : String(format: "%.3f", 40_000 + 7_000 * random.unit()) }
        log += "\(names[row]) to\t\(values.joined(separator: "\t"))\t\n"
    }
    let noise = String(repeating: "node0:1:1 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/IPC\n", count: 100_000)
    let noisy = noise + log
    var request = ClusterAssembly.Request(name: "bench", gpu: try library.gpu("h100-80gb-sxm"))
    request.like = try library.cluster("dgx-h100")
    request.scope = .node
    func imported(_ text: String) throws -> String {
        try ClusterAssembly([ImportKind.mpiGraph.parse(text: text, file: "graph.txt")], request).profile.text()
    }
    let (clean, profile) = try timed { try imported(log) }
    let (buried, _) = try timed { try imported(noisy) }
    let (reading, _) = try timed { try ClusterProfile.parse(text: profile, file: "bench.yaml", library: library) }
    return [
        ("import: 256 × 256 matrix", clean * 1e3, "ms"),
        ("import: the same after \(noise.utf8.count / 1_000_000) MB of noise", buried * 1e3, "ms"),
        ("import: reading the profile", reading * 1e3, "ms"),
    ]
}
