import Documents
import Hardware
import Quantities
import TestInputs
import Testing

@Suite struct MeasurementScopeTests {
    private func network(_ adapters: Int) -> Network {
        Network(kind: .infiniband, adaptersPerNode: adapters, adapterBandwidth: .gigabitsPerSecond(400), achievedFraction: 1)
    }

    @Test(arguments: ["node", "adapter", "2 adapters", "gpu", "4 gpus"])
    func textsAreReadAsTheyAreWritten(text: String) throws {
        #expect(try #require(MeasurementScope(text)).text == text)
    }

    @Test(arguments: ["", "nodes", "0 gpus", "-1 adapters", "2 nodes", "gpu gpu gpu", "1.5 gpus", "99999 adapters"])
    func othersAreNone(text: String) { #expect(MeasurementScope(text) == nil) }

    /// Scope, adapters and GPUs of a node, and what the whole node moves over what was measured.
    @Test(arguments: [
        ("node", 8, 8, 1.0), ("adapter", 8, 8, 8), ("2 adapters", 8, 8, 4), ("16 adapters", 8, 8, 1), ("adapter", 1, 8, 1),
        ("gpu", 8, 8, 8), ("8 gpus", 8, 8, 1), ("2 gpus", 8, 8, 4),
        // Two GPUs share an adapter: one alone has it for itself.
        ("gpu", 4, 8, 4), ("2 gpus", 4, 8, 4), ("4 gpus", 4, 8, 2),
        // Four adapters a GPU, as on nodes with 32 EFA adapters.
        ("gpu", 32, 8, 8),
        // A node of eight with one adapter, over TCP say: one GPU fills it.
        ("gpu", 1, 8, 1),
    ])
    func wholeNodesMoveMoreByTheirOtherAdapters(text: String, adapters: Int, gpus: Int, factor: Double) throws {
        let scope = try #require(MeasurementScope(text))
        #expect(scope.wholeNodeFactor(network(adapters), gpusPerNode: gpus) == factor)
    }

    private static func text(_ scope: String, adapters: Int) -> String {
        """
        name: mine
        gpu: test-gpu.yaml
        nodes: 2
        gpus_per_node: 8
        fabric: {kind: nvswitch, bandwidth: 450 GB/s, collectives: {gather_share: 0.7, reduce_share: 1, latency: 15 us, root_coefficient: 1e-8}}
        network: {kind: infiniband, adapters_per_node: \(adapters), adapter_bandwidth: 400 Gbit/s, achieved_fraction: 1}
        node_bandwidth:
          \(scope)unit: GB/s
          rows: [[0, 48], [46, 0]]
        """
    }

    private func cluster(_ scope: String, adapters: Int) throws(DocumentError) -> ClusterProfile {
        let text = Self.text(scope, adapters: adapters).replacing("test-gpu.yaml", with: "h100-80gb-sxm")
        return try ClusterProfile.parse(text: text, file: "mine.yaml", library: Shipped.library)
    }

    @Test func profilesHoldWhatWholeNodesMove() throws {
        #expect(try cluster("scope: node\n  ", adapters: 8).nodeBandwidth?.values == [0, 48e9, 46e9, 0])
        #expect(try cluster("scope: adapter\n  ", adapters: 8).nodeBandwidth?.values == [0, 384e9, 368e9, 0])
        #expect(try cluster("scope: 4 gpus\n  ", adapters: 8).nodeBandwidth?.values == [0, 96e9, 92e9, 0])
        // With one adapter all scopes are the same, and none has to be stated.
        #expect(try cluster("", adapters: 1).nodeBandwidth?.values == [0, 48e9, 46e9, 0])
    }

    @Test func whereItMattersTheScopeHasToBeStated() throws {
        let error = try #require(throws: DocumentError.self) { try cluster("", adapters: 8) }
        #expect(error.description.hasPrefix("mine.yaml:8:3: "))
        #expect(error.description.contains("one of a node's 8 adapters or on the whole node; add 'scope:'"))
        let wrong = try #require(throws: DocumentError.self) { try cluster("scope: rack\n  ", adapters: 8) }
        #expect(wrong.description.hasPrefix("mine.yaml:8:10: 'rack' is no scope"))
        for (scope, excess) in [("16 adapters", "16 adapters of a node that has 8"), ("9 gpus", "9 GPUs of a node that has 8")] {
            let error = try #require(throws: DocumentError.self) { try cluster("scope: \(scope)\n  ", adapters: 8) }
            #expect(error.description.hasPrefix("mine.yaml:8:10: the matrix cannot have been measured over \(excess)"))
        }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let cluster = try cluster("scope: gpu\n  ", adapters: 8)
        let again = try ClusterProfile.parse(text: cluster.text(), file: "again.yaml", library: Shipped.library)
        #expect(again.nodeBandwidth == cluster.nodeBandwidth)
    }

    @Test func pairsOfUnlikeNodesMoveWhatTheOneThatGainsLessDoes() {
        var group = Fixtures.cluster(nodes: 1).groups[0]
        let many = group
        group.network = network(2)
        let matrix = BandwidthMatrix(names: ["a", "b"], values: [0, 10, 20, 0])
        #expect(matrix.ofWholeNodes(.adapters(1), [many, group]).values == [0, 20, 40, 0])
    }
}
