import Documents
import Hardware
import Quantities
import Testing

@Suite struct ClusterReliabilityTests {
    private static let base = """
        name: c
        gpu: h100-80gb-sxm
        nodes: 4
        gpus_per_node: 8
        fabric: {kind: nvswitch, bandwidth: 450 GB/s, collectives: {gather_share: 0.7, reduce_share: 0.8, latency: 20 us, root_coefficient: 0}}
        network: {kind: infiniband, adapters_per_node: 8, adapter_bandwidth: 50 GB/s, achieved_fraction: 0.9}

        """

    private func parse(_ text: String) throws -> ClusterProfile {
        try ClusterProfile.parse(text: Self.base + text, file: "c.yaml", library: Shipped.library)
    }

    @Test func `figures are read, written and read again with their sources`() throws {
        let text = """
            reliability:
              gpu_mtbf: {value: 9 y, source: "our logs"}
              link_mtbf: 57.5 y
              node_mtbf: 2404 d
              software_mtbf: 200 h
              detection: 90 s
              isolation: 5 min
              restart: 0 s
              repair: 1.5 d
              spare_nodes: 2
              checkpoint_overhead: 4 s
              checkpoint_store: {node_write: 2 GB/s, node_read: {value: 3 GB/s, source: fio}, write: 100 GB/s}

            """
        let profile = try parse(text)
        let figures = try #require(profile.reliability)
        #expect(figures.gpuMTBF == Seconds(9 * 31_557_600))
        #expect((figures.detection, figures.isolation, figures.restart) == (Seconds(90), Seconds(300), .zero))
        #expect((figures.repair, figures.spareNodes) == (Seconds(129_600), 2))
        #expect(figures.store?.write == BytesPerSecond(100e9))
        #expect(figures.store?.read == nil)
        #expect(figures.completed.assumed.isEmpty)
        let again = try ClusterProfile.parse(text: profile.text(), file: "again.yaml", library: Shipped.library)
        #expect(again.reliability == figures)
        #expect(again.provenance["reliability.gpu_mtbf"]?.source == "our logs")
        #expect(again.provenance["reliability.checkpoint_store.node_read"]?.source == "fio")
    }

    @Test(arguments: [
        ("reliability: {gpu_mtbf: 0 h}", "fails every 0 s"), ("reliability: {spare_nodes: 5}", "5 spare nodes stand by for 4 nodes"),
        ("reliability: {gpu_mtbf: 9}", "has no unit"), ("reliability: {gpu_mbtf: 9 y}", "gpu_mtbf"),
        ("reliability: {detection: -1 s}", "a duration such as 5 min or 3 d"),
        ("reliability: {checkpoint_store: {node_write: 1 GB/s}}", "node_read"),
    ])
    func `what cannot be is refused with what would be right`(text: String, words: String) throws {
        let error = try #require(throws: DocumentError.self) { try parse(text) }
        #expect("\(error)".contains(words), "\(error)")
        #expect(error.location.line == 7)
    }

    @Test func `what is missing comes from Llama 3`() {
        let (figures, assumed) = ClusterReliability().completed
        #expect(assumed.count == ClusterReliability.usualKeys && figures.spareNodes == nil)
        // 419 interruptions of 16,384 GPUs, as many adapters and 2,048 nodes in 54 days.
        func failures(_ mtbf: Seconds?, _ parts: Double) -> Double { parts * 54 * 86_400 / (mtbf?.value ?? .infinity) }
        let all = failures(figures.gpuMTBF, 16_384) + failures(figures.linkMTBF, 16_384) + failures(figures.nodeMTBF, 2048)
        #expect(abs(all + failures(figures.softwareMTBF, 2048) - 419) < 1e-9)
    }
}
