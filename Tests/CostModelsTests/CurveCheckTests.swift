import Hardware
import Quantities
import TestInputs
import Testing

@testable import CostModels

/// Curves of a cluster whose nodes of 8 GPUs have 8 adapters of 50 GB/s, and what they show.
@Suite struct CurveCheckTests {
    /// A collective over whole nodes whose bus bandwidth, hence that of a node, is `rate`.
    private func curve(_ collective: Collective, nodes: Int, rate: Double, gpus: Int? = nil) -> CollectiveCurve {
        let gpus = gpus ?? nodes * 8
        let sizes = [1e6, 1e8, 8e9]
        return CollectiveCurve(
            collective: collective, nodes: nodes, gpus: gpus, bytes: sizes,
            seconds: sizes.map { 30e-6 + $0 * collective.busFactor(gpus) / rate })
    }

    private func findings(_ curves: [CollectiveCurve], _ change: (inout ClusterProfile) -> Void = { _ in }) -> [CurveCheck.Finding] {
        var cluster = Fixtures.cluster(nodes: 64)
        cluster.curves = curves
        change(&cluster)
        return CurveCheck(cluster).findings
    }

    private func cause(_ rate: Double, _ change: (inout ClusterProfile) -> Void = { _ in }) -> CurveCheck.NetworkCause? {
        guard case .slowNetwork(_, _, _, let cause)? = findings([curve(.allGather, nodes: 4, rate: rate)], change).first else { return nil }
        return cause
    }

    @Test func networksAreNamedByWhatTheyReach() {
        #expect(cause(390e9) == nil && cause(290e9) == nil)
        #expect(cause(4e9) == .sockets && cause(11e9) == .sockets)
        #expect(cause(38e9) == .oneAdapter && cause(50e9) == .oneAdapter)
        #expect(cause(190e9) == .half)
        #expect(cause(120e9) == .unknown && cause(20e9) == .unknown)
        // A network that is TCP by kind did not fall back to it.
        #expect(cause(11e9) { $0.groups[0].network.kind = .ethernet } == .unknown)
        // What the profile says of its switches is no fault.
        #expect(cause(190e9) { $0.tiers = [Tier(name: "leaf", nodes: 2, oversubscription: 2)] } == nil)
    }

    @Test func fabricsAreNamedByWhatTheyReach() {
        let bus = 450e9 * 0.747
        #expect(findings([curve(.allGather, nodes: 1, rate: bus)]).isEmpty)
        guard case .slowFabric(_, _, _, let slow)? = findings([curve(.allGather, nodes: 1, rate: 20e9)]).first else {
            Issue.record("20 GB/s over NVLink is a finding")
            return
        }
        #expect(slow == .hostPaths)
        guard case .slowFabric(_, _, _, let part)? = findings([curve(.allReduce, nodes: 1, rate: 200e9)]).first else {
            Issue.record("200 GB/s over NVLink switches is a finding")
            return
        }
        #expect(part == .unknown)
    }

    @Test func moreNodesMayBeALittleSlowerOnly() {
        let healthy = [curve(.allGather, nodes: 4, rate: 380e9), curve(.allGather, nodes: 32, rate: 300e9)]
        #expect(findings(healthy).isEmpty)
        let falling = [curve(.allGather, nodes: 4, rate: 390e9), curve(.allGather, nodes: 32, rate: 285e9)]
        guard case .falls(let group, _, let fewer, _)? = findings(falling).first else {
            Issue.record("a rate that falls by a quarter is a finding")
            return
        }
        #expect(group.nodes == 32 && fewer == 4)
        // Two nodes are faster than any ring.
        #expect(findings([curve(.allReduce, nodes: 2, rate: 470e9), curve(.allReduce, nodes: 4, rate: 300e9)]).isEmpty)
    }

    @Test func stepsAreTimesThatGrowMuchFasterThanTheMessage() {
        var stepped = curve(.allGather, nodes: 4, rate: 380e9)
        stepped.bytes = [4e6, 8e6, 8e9]
        stepped.seconds = [1e-4, 7e-4, 8e9 / 380e9]
        guard case .step(_, let from, let to, let growth)? = findings([stepped]).first else {
            Issue.record("seven times the time for twice the bytes is a step")
            return
        }
        #expect(from == 4e6 && to == 8e6 && abs(growth - 3.5) < 1e-12)
    }
}
