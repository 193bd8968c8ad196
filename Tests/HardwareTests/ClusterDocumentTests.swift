import Documents
import Foundation
import Hardware
import Quantities
import Testing

/// Cluster files hold everything the types do, and each mistake in them is named with its place.
@Suite struct ClusterDocumentTests {
    private static let whole = """
        name: mixed
        describes: two kinds of nodes
        groups:
          - gpu: h100-80gb-sxm
            nodes: 2
            gpus_per_node: 8
            fabric: {kind: nvswitch, bandwidth: 450 GB/s, reduces_in_network: true, collectives: &c {gather_share: 0.7, reduce_share: 1.0, latency: 15 us, root_coefficient: 1e-8}}
            network: &n {kind: infiniband, adapters_per_node: 8, adapter_bandwidth: 400 Gbit/s, achieved_fraction: 0.9}
            speed_factors: {b: 0.95}
          - gpu: a100-80gb-sxm
            nodes: 1
            gpus_per_node: 8
            host: grace
            fabric: {kind: nvlink, bandwidth: {value: 300 GB/s, source: sheet}, domain_size: 4, collectives: *c}
            network: *n
        tiers: [{name: leaf, nodes: 2, oversubscription: 1}, {name: pod, nodes: 8, oversubscription: 2.5}]
        node_names: [a, b, c]
        gpu_hour_price: 2.5
        curves:
          - {collective: all_reduce, nodes: 1, gpus: 8, points: [[1 KiB, 20 us], [1 MiB, 40 us]], source: nccl-tests}
        node_bandwidth:
          scope: node
          unit: GB/s
          names: [a, b, c]
          rows: [[null, 10, 20], [30, 0, 40], [50, 60, ~]]
        link_spread: {scope: node, mean: 19 GB/s, deviation: 600 MB/s}
        """

    private func read(_ text: String) throws -> ClusterProfile {
        try Shipped.withFile(text) { try ClusterProfile.read(path: $0, library: Shipped.library) }
    }

    @Test func everyPartIsRead() throws {
        let cluster = try read(Self.whole)
        #expect(cluster.gpus == 24)
        #expect(cluster.nodes == 3)
        #expect(cluster.groups[0].fabric.domainSize == 8)
        #expect(cluster.groups[0].speedFactors == ["b": 0.95])
        #expect(cluster.groups[1].fabric.domainSize == 4)
        #expect(cluster.groups[1].host.processor == .grace)
        #expect(cluster.groups[1].network == cluster.groups[0].network)
        #expect(cluster.tiers.map(\.oversubscription) == [1, 2.5])
        #expect(cluster.nodeBandwidth?[1, 2] == .gigabytesPerSecond(40))
        #expect(cluster.nodeBandwidth?[0, 0].value == 0)
        #expect(cluster.curves.first?.bytes == [1024, 1_048_576])
        #expect(abs((cluster.curves.first?.seconds.last ?? 0) - 40e-6) < 1e-12)
        #expect(cluster.gpuHourPrice == 2.5)
        #expect(cluster.nodeName(1) == "b")
        #expect(cluster.provenance["groups.1.fabric.bandwidth"] == Provenance(source: "sheet"))
        #expect(cluster.linkSpread?.mean == .gigabytesPerSecond(19))
    }

    @Test func whatIsWrittenReadsBackAsTheSame() throws {
        let links = "links: [{between: [0, 1], points: [[1 MiB, 1.1 GB/s], [1000 B, 3 GB/s]], source: \"fits: sailor\"}]\n"
        let cluster = try read(Self.whole + "\n" + links.replacing("1000 B", with: "1 GiB"))
        #expect(cluster.links.first?.bandwidth(for: 1_048_576) == .gigabytesPerSecond(1.1))
        #expect(cluster.provenance["links.0.source"]?.source == "fits: sailor")
        #expect(cluster.provenance["curves.0.source"]?.source == "nccl-tests")
        #expect(try read(cluster.text(comment: ["measured"])) == cluster)
        #expect(throws: DocumentError.self) { try read(Self.whole + "\n" + links) }
        for name in Shipped.library.names(of: .cluster) {
            let shipped = try Shipped.library.cluster(name)
            #expect(try read(shipped.text()) == shipped, "\(name)")
        }
    }

    @Test(arguments: [
        ("gpu: h100-80gb-sxm", "gpu: h100-80gb", 4, "there is no GPU type 'h100-80gb'; the nearest are h100-80gb"),
        ("gpu: h100-80gb-sxm", "gpu: ./nope.yaml", 1, "there is no such file"),
        ("nodes: 2\n", "nodes: 0\n", 5, "'0' is out of range"),
        ("bandwidth: 450 GB/s", "bandwidth: 450", 7, "'450' has no unit; add one of B/s"),
        ("kind: nvswitch", "kind: nvswitsh", 7, "did you mean 'nvswitch'?"),
        ("domain_size: 4", "domain_size: 3", 14, "a domain of 3 does not divide a node of 8 GPUs"),
        ("speed_factors: {b: 0.95}", "speed_factors: {d: 0.95}", 1, "there is no node 'd'; the nearest is 'a'"),
        ("nodes: 8, oversubscription: 2.5", "nodes: 2, oversubscription: 2.5", 16, "tier 'pod' joins no more nodes than 'leaf' below it"),
        ("oversubscription: 2.5", "oversubscription: 0.5", 16, "'0.5' is out of range"),
        ("node_names: [a, b, c]", "node_names: [a, b]", 17, "there are 2 names for 3 nodes"),
        ("node_names: [a, b, c]", "node_names: [a, b, b]", 17, "a node name occurs twice"),
        ("[1 MiB, 40 us]", "[1 KiB, 40 us]", 20, "the sizes of a curve must grow"),
        ("[1 MiB, 40 us]", "[1 MiB]", 20, "the list has 1 items; expected 2 to 2"),
        ("collective: all_reduce", "collective: allreduce", 20, "did you mean 'all_reduce'?"),
        ("[30, 0, 40]", "[30, 0]", 25, "the list has 2 items; expected 3 to 3"),
        ("[30, 0, 40]", "[30, 0, -40]", 25, "'-40' is out of range"),
        ("[30, 0, 40]", "[30, 0, null]", 25, "found nothing, expected a number above 0"),
        ("unit: GB/s", "unit: Gb", 23, "unknown unit 'Gb'"),
        ("rows: [[null, 10, 20], [30, 0, 40], [50, 60, ~]]", "rows: [[0, 1], [1, 0]]", 24, "the list has 3 items; expected 2 to 2"),
        ("gpu_hour_price: 2.5", "gpu_hour_prise: 2.5", 18, "unknown key 'gpu_hour_prise'; did you mean 'gpu_hour_price'?"),
        ("groups:", "nodes: 3\ngroups:", 3, "unknown key 'nodes'"),
    ]) func mistakesAreNamedWithTheirLine(original: String, replacement: String, line: Int, message: String) throws {
        let text = Self.whole.replacing(original, with: replacement, maxReplacements: 1)
        #expect(text != Self.whole)
        let error = #expect(throws: DocumentError.self) { try read(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        if message != "there is no such file", line > 1 { #expect(error?.location.line == line, "\(error?.description ?? "")") }
    }

    @Test func aGPUFileBesideTheClusterIsFound() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cluster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let card = """
            name: mine
            architecture: hopper
            memory: 64 GiB
            memory_bandwidth: 3 TB/s
            multiprocessors: 100
            link_bandwidth: 400 GB/s
            peak: {half: 800 TFLOP/s, single: 400 TFLOP/s}
            kernels: {like: h100-80gb-sxm, sustained_derate: 1.3}
            """
        try card.write(to: folder.appendingPathComponent("mine.yaml"), atomically: true, encoding: .utf8)
        let cluster = """
            name: own
            gpu: ./mine.yaml
            nodes: 2
            gpus_per_node: 4
            fabric: {kind: nvlink, bandwidth: 400 GB/s, collectives: {gather_share: 0.7, reduce_share: 0.8, latency: 20 us, root_coefficient: 0}}
            network: {kind: roce, adapters_per_node: 4, adapter_bandwidth: 200 Gbit/s, achieved_fraction: 0.9}
            """
        let path = folder.appendingPathComponent("own.yaml").path
        try cluster.write(toFile: path, atomically: true, encoding: .utf8)
        let profile = try ClusterProfile.read(path: path, library: Shipped.library)
        #expect(profile.first.gpu.name == "mine")
        #expect(profile.first.gpu.kernels.sustainedDerate == 1.3)
        let lender = try Shipped.library.gpu("h100-80gb-sxm").kernels
        #expect(profile.first.gpu.kernels.gemmEfficiency == lender.gemmEfficiency)
        #expect(profile.first.gpu.provenance["kernels.sustained_derate"] == nil)
    }

    @Test func constantsThatReferInACircleAreRefused() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("loop-\(UUID().uuidString).yaml").path
        let name = URL(fileURLWithPath: path).lastPathComponent
        let card = """
            name: loop
            architecture: hopper
            memory: 64 GiB
            memory_bandwidth: 3 TB/s
            multiprocessors: 100
            link_bandwidth: 400 GB/s
            peak: {half: 800 TFLOP/s, single: 400 TFLOP/s}
            kernels: {like: ./\(name)}
            """
        try card.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: DocumentError.self) { try GPU.read(path: path, library: Shipped.library) }
        #expect(error?.description.contains("in a circle") == true, "\(error?.description ?? "")")
    }
}
