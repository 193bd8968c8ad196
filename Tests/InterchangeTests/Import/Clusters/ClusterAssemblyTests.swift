import Documents
import Foundation
import Hardware
import Interchange
import Quantities
import Testing

/// Several files become one profile; what is missing or contradictory is named, what is assumed is said.
@Suite struct ClusterAssemblyTests {
    private static let library = ProfileLibrary(
        root: (0..<5).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path)

    private func request() throws -> ClusterAssembly.Request {
        var request = ClusterAssembly.Request(name: "mine", gpu: try Self.library.gpu("h100-80gb-sxm"))
        request.like = try Self.library.cluster("dgx-h100")
        return request
    }

    private func read(_ kind: ImportKind, _ text: String, _ file: String = "a.log") throws -> ClusterEvidence {
        try kind.parse(text: text, file: file)
    }

    @Test func matrixTopologyAndCurvesBecomeOneProfile() throws {
        let topology = "SwitchName=l0 Nodes=n3,n1\nSwitchName=l1 Nodes=n2.cluster.local,n9\nSwitchName=top Switches=l[0-1]\n"
        let evidence = [
            try read(.mpiGraph, ClusterLogs.mpiGraph, "/home/alice/graph.txt"), try read(.slurm, topology, "topology.conf"),
            try read(.smi, ClusterLogs.smi), try read(.ncclTests, ClusterLogs.json, "x.json"),
        ]
        let assembly = try ClusterAssembly(evidence, request())
        let cluster = assembly.profile
        #expect(cluster.nodeNames == ["n3", "n1", "n2"])
        #expect(cluster.nodes == 3 && cluster.first.gpusPerNode == 4)
        #expect(cluster.nodeBandwidth?[1, 2] == BytesPerSecond(12000 * 1_048_576))
        #expect(cluster.tiers.map(\.nodes) == [2, 3])
        #expect(cluster.curves.map(\.gpus) == [2])
        #expect(cluster.provenance["node_bandwidth.source"]?.source == "mpigraph, graph.txt")
        #expect(cluster.provenance["network.adapter_bandwidth"]?.isUnverified == true)
        for said in ["'n9', were not measured", "'n2' and 'n2.cluster.local'", "taken to be non-blocking", "as in dgx-h100"] {
            #expect(assembly.notes.contains { $0.contains(said) }, "\(said) in \(assembly.notes)")
        }
        let text = cluster.text()
        #expect(!text.contains("topsecret") && !text.contains("alice"))
        let again = try ClusterProfile.parse(text: text, file: "x.yaml", library: Self.library)
        #expect(again == cluster)
    }

    @Test func missingPairsAreListedUnlessSymmetrised() throws {
        let graph = ClusterLogs.mpiGraph.replacing("12000.000\t11000", with: "nan\t11000").replacing(
            "10000.000\t0.000", with: "10000.000\t0")
        let evidence = [try read(.mpiGraph, graph)]
        let error = #expect(throws: ClusterImportError.self) { try ClusterAssembly(evidence, request()) }
        #expect(error?.description.contains("1 pairs of nodes were not measured: n1 to n2; measure them, or add --symmetrise") == true)
        var asked = try request()
        asked.symmetrises = true
        let silent = #expect(throws: ClusterImportError.self) { try ClusterAssembly(evidence, asked) }
        #expect(silent?.description.contains("measured on one of a node's 8 adapters or on all; add --scope adapter") == true)
        asked.scope = .node
        let cluster = try ClusterAssembly(evidence, asked).profile
        #expect(cluster.nodeBandwidth?[0, 1] == cluster.nodeBandwidth?[1, 0])
        let both = [try read(.mpiGraph, graph.replacing("10000.000\t0", with: "0\t0"))]
        let left = #expect(throws: ClusterImportError.self) { try ClusterAssembly(both, asked) }
        #expect(left?.description.contains("2 pairs of nodes were not measured: n1 to n2, n2 to n1; measure them") == true)
    }

    @Test func filesThatContradictEachOtherAreRefused() throws {
        let graph = try read(.mpiGraph, ClusterLogs.mpiGraph)
        let other = try read(.mpiGraph, ClusterLogs.mpiGraph.replacing("00.000", with: ".000"), "b.log")
        let error = #expect(throws: ClusterImportError.self) { try ClusterAssembly([graph, other], request()) }
        #expect(error?.description.contains("0.01 times those of the other file (a.log:13)") == true, "\(error?.description ?? "")")
        let strangers = try read(.pipette, ClusterLogs.pipette, "c.json")
        let names = #expect(throws: ClusterImportError.self) { try ClusterAssembly([graph, strangers], request()) }
        #expect(names?.description.contains("the nodes here, such as 'a', are none of a.log:13, such as 'n1'") == true)
        let smi = try read(.smi, ClusterLogs.smi)
        let xml = try read(.ncclXML, ClusterLogs.ncclXML)
        let gpus = #expect(throws: ClusterImportError.self) { try ClusterAssembly([smi, xml], request()) }
        #expect(gpus?.description.contains("a node has 2 GPUs here and 4 elsewhere") == true)
        var slow = try request()
        slow.adapterBandwidth = .gigabytesPerSecond(10)
        let test = try read(.perftest, ClusterLogs.perftest)
        let rate = #expect(throws: ClusterImportError.self) { try ClusterAssembly([test], slow) }
        #expect(rate?.description.contains("reached 48.2 GB/s on an adapter of 10.0 GB/s") == true)
    }

    @Test func withoutALikenessTheFirstMissingFactIsNamed() throws {
        var asked = try request()
        asked.like = nil
        let error = #expect(throws: ClusterImportError.self) { try ClusterAssembly([read(.osu, ClusterLogs.osu)], asked) }
        #expect(error?.description.hasPrefix("no input says how many GPUs a node has; add --gpus-per-node") == true)
    }

    @Test func perftestGivesTheShareOfTheAdaptersRate() throws {
        let cluster = try ClusterAssembly([read(.perftest, ClusterLogs.perftest)], request()).profile
        #expect(abs(cluster.first.network.achievedFraction - 46000 * 1_048_576 / 50e9) < 1e-4)
        #expect(cluster.nodes == 32)
    }

    @Test func sizesPerRankBecomeWholeSizes() throws {
        var asked = try request()
        #expect(throws: ClusterImportError.self) { try ClusterAssembly([read(.osu, ClusterLogs.osu)], asked) }
        asked.ranks = 16
        let curve = try #require(try ClusterAssembly([read(.osu, ClusterLogs.osu)], asked).profile.curves.first)
        #expect(curve.bytes == [1024 * 16, 2048 * 16] && curve.nodes == 2 && curve.gpus == 16)
    }

    @Test func zonesBecomeGroupsWithLinkClasses() throws {
        var asked = ClusterAssembly.Request(name: "zones", gpu: try Self.library.gpu("a100-40gb-sxm"))
        asked.like = try Self.library.cluster("dgx-a100")
        asked.gpusPerNode = 4
        let sailor = try read(.sailor, ClusterLogs.sailor, "fits.csv")
        #expect(throws: ClusterImportError.self) { try ClusterAssembly([sailor], asked) }
        asked.zones = [("east", 2), ("west", 3)]
        let cluster = try ClusterAssembly([sailor], asked).profile
        #expect(cluster.groups.map(\.nodes) == [2, 3])
        #expect(cluster.links.map { [$0.first, $0.second] } == [[0, 0], [0, 1], [1, 1]])
        #expect(cluster.links[1].bandwidth(for: 1e12) == .gigabytesPerSecond(1.2))
        #expect(try ClusterProfile.parse(text: cluster.text(), file: "z.yaml", library: Self.library) == cluster)
        asked.zones = [("east", 2), ("north", 3)]
        let error = #expect(throws: ClusterImportError.self) { try ClusterAssembly([sailor], asked) }
        #expect(error?.description.contains("zones with fits are east, west, for 4 A100-40 a node") == true)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: measured), "the measured data lie beside the checkout"))
    func theRealFitsOfSailorGiveLinks() throws {
        var asked = ClusterAssembly.Request(name: "zones", gpu: try Self.library.gpu("a100-40gb-sxm"))
        asked.like = try Self.library.cluster("dgx-a100")
        asked.gpusPerNode = 4
        asked.zones = [("us-central1-a", 4), ("us-west1-b", 4)]
        let cluster = try ClusterAssembly([ImportKind.sailor.read(path: Self.measured)], asked).profile
        #expect(cluster.links.count == 3)
        #expect(cluster.links[1].bandwidth(for: 1e9).inGigabytesPerSecond < 1.2)
    }

    private static let measured = (0..<6).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        .appendingPathComponent("shared/data/bandwidth/sailor_bandwidth_fits.csv").path
}
