import Quantities
import Testing

@testable import Hardware

@Suite struct ClusterDiffTests {
    private static let names = (0..<8).map { "n\($0)" }

    private func cluster(_ change: (inout ClusterProfile) -> Void = { _ in }) throws -> ClusterProfile {
        var cluster = try Shipped.library.cluster("dgx-h100").scaled(nodes: 8)
        cluster.nodeNames = Self.names
        cluster.curves = []
        change(&cluster)
        return cluster
    }

    /// Links of 100 GB/s that stray by up to ±1 %, seeded, times a factor.
    private func matrix(seed: UInt64, _ factor: (Int, Int) -> Double = { _, _ in 1 }) -> BandwidthMatrix {
        var random = SeededRandom(seed: seed)
        let values = (0..<64).map { 1e11 * factor($0 / 8, $0 % 8) * (0.99 + 0.02 * Double(random.next() % 1000) / 1000) }
        return BandwidthMatrix(names: Self.names, values: values)
    }

    @Test func equalProfilesDifferInNothing() throws {
        let diff = ClusterDiff(before: try cluster(), after: try cluster())
        #expect(diff.changes.isEmpty && diff.notCompared.isEmpty && !diff.isWorse)
    }

    @Test func everyAreaIsCompared() throws {
        // One change each, which must be found and be all that is found.
        let changes: [(ClusterChange.Area, ClusterChange.Verdict, (inout ClusterProfile) -> Void)] = [
            (.nodes, .worse, { $0.groups[0].speedFactors = ["n2": 0.9] }),
            (.gpu, .worse, { $0.groups[0].gpu.memory = .gibibytes(40) }),
            (.gpu, .better, { $0.groups[0].gpu.peak.half = FLOPsPerSecond(2e15) }),
            (.fabric, .worse, { $0.groups[0].fabric.bandwidth = .gigabytesPerSecond(200) }),
            (.fabric, .worse, { $0.groups[0].fabric.reducesInNetwork = false }),
            (.fabric, .worse, { $0.groups[0].fabric.collectives.latency = .microseconds(50) }),
            (.network, .worse, { $0.groups[0].network.adaptersPerNode = 4 }),
            (.network, .changed, { $0.groups[0].network.kind = .ethernet }),
            (.tiers, .worse, { $0.tiers[0].oversubscription = 4 }),
            (.host, .worse, { $0.groups[0].host.memory = .gibibytes(1) }),
            (.reliability, .changed, { $0.reliability = ClusterReliability.usual }),
            (.price, .changed, { $0.gpuHourPrice = 3 }),
            (.words, .changed, { $0.describes = "another" }),
            (.words, .changed, { $0.provenance = [:] }),
        ]
        for (area, verdict, change) in changes {
            let diff = ClusterDiff(before: try cluster(), after: try cluster(change))
            #expect(
                !diff.changes.isEmpty && diff.changes.allSatisfy { $0.area == area && $0.verdict == verdict }, "\(area) \(diff.changes)")
        }
    }

    @Test func aVerdictTurnsRoundWithTheProfiles() throws {
        let (old, new) = (try cluster(), try cluster { $0.groups[0].network.adaptersPerNode = 4 })
        #expect(ClusterDiff(before: old, after: new).isWorse)
        #expect(ClusterDiff(before: new, after: old).changes.map(\.verdict) == [.better])
    }

    @Test func chanceIsNoChange() throws {
        for seed in 0..<40 {
            let diff = ClusterDiff(
                before: try cluster { $0.nodeBandwidth = matrix(seed: UInt64(seed)) },
                after: try cluster { $0.nodeBandwidth = matrix(seed: UInt64(seed + 1000)) })
            #expect(!diff.isWorse, "seed \(seed): \(diff.changes)")
        }
    }

    @Test func aSlowerNodeIsNamedOnce() throws {
        let diff = ClusterDiff(
            before: try cluster { $0.nodeBandwidth = matrix(seed: 1) },
            after: try cluster { $0.nodeBandwidth = matrix(seed: 2) { $0 == 5 || $1 == 5 ? 0.5 : 1 } })
        let worse = diff.changes.filter { $0.verdict == .worse }
        #expect(worse.map(\.subject) == ["links of n5"])
        #expect(abs((worse.first?.ratio ?? 0) - 0.5) < 0.02)
    }

    @Test func nodesInAnotherOrderAreTheSameNodes() throws {
        let old = try cluster { $0.nodeBandwidth = matrix(seed: 1) { $0 == 5 || $1 == 5 ? 0.5 : 1 } }
        let order = [5, 0, 1, 2, 3, 4, 6, 7]
        let new = try cluster { profile in
            let whole = matrix(seed: 1) { $0 == 5 || $1 == 5 ? 0.5 : 1 }
            profile.nodeNames = order.map { Self.names[$0] }
            profile.nodeBandwidth = BandwidthMatrix(
                names: profile.nodeNames, values: order.flatMap { from in order.map { whole[from, $0].value } })
        }
        let diff = ClusterDiff(before: old, after: new)
        #expect(!diff.isWorse)
        #expect(diff.changes.map(\.subject) == ["order"])
    }

    @Test func stepsEndAtTheSecondProfile() throws {
        let (old, new) = (try cluster(), try Shipped.library.cluster("hgx-h100-roce").scaled(nodes: 8))
        let steps = ClusterDiff.steps(from: old, to: new)
        #expect(steps.last?.profile == new)
        #expect(steps.map(\.area).contains(.network) && !steps.map(\.area).contains(.gpu))
        #expect(ClusterDiff.steps(from: old, to: old).isEmpty)
    }

    @Test func stepsOfUnlikeProfilesAreOne() throws {
        let steps = ClusterDiff.steps(from: try cluster(), to: try Shipped.library.cluster("gb200-nvl72"))
        #expect(steps.map(\.area) == [.nodes])
    }
}
