import Documents
import Hardware
import Quantities
import Testing

/// The examples of docs/profiles.md are read by the code they document.
@Suite struct DocumentedExamplesTests {
    /// The YAML block of the guide that begins with a comment.
    private func example(_ kind: String) throws -> String {
        let guide = try TextFile.read(path: "\(try #require(Shipped.library.root))/docs/profiles.md")
        let start = try #require(guide.firstRange(of: "```yaml\n# \(kind)\n"))
        let rest = guide[start.upperBound...]
        return String(rest[..<(try #require(rest.firstRange(of: "\n```"))).lowerBound])
    }

    @Test func theGPULoads() throws {
        let gpu = try Shipped.withFile(example("gpu")) { try GPU.read(path: $0, library: Shipped.library) }
        #expect(gpu.kernels.sustainedDerate == 1.35)
        #expect(gpu.provenance["kernels.gemm_efficiency"]?.isUnverified == true)
    }

    @Test func theClusterLoads() throws {
        let cluster = try Shipped.withFile(example("cluster")) { try ClusterProfile.read(path: $0, library: Shipped.library) }
        #expect(cluster.gpus == 24)
        #expect(cluster.curves.first?.bytes.count == 3)
        #expect(cluster.nodeBandwidth?[2, 0] == .gigabytesPerSecond(182))
    }
}
