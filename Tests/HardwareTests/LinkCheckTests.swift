import Quantities
import Testing

@testable import Hardware

@Suite struct LinkCheckTests {
    /// Six nodes with links of 100, but for the changes.
    private func matrix(_ changes: [(Int, Int, Double)]) -> BandwidthMatrix {
        var values = [Double](repeating: 100, count: 36)
        for node in 0..<6 { values[node * 6 + node] = 7 }
        for (from, to, value) in changes { values[from * 6 + to] = value }
        return BandwidthMatrix(names: (0..<6).map { "n\($0)" }, values: values)
    }

    @Test func equalLinksAreFine() {
        #expect(LinkCheck(nodes: matrix([])).findings.isEmpty)
    }

    @Test func aPlantedBadLinkIsFound() {
        let check = LinkCheck(nodes: matrix([(1, 4, 40), (4, 1, 40)]))
        // Mean (28 · 100 + 2 · 40) / 30 = 96.
        #expect(abs(check.mean - 96) < 1e-9)
        #expect(
            check.findings == [
                .slowLink(from: "n1", to: "n4", bandwidth: 40, mean: check.mean),
                .slowLink(from: "n4", to: "n1", bandwidth: 40, mean: check.mean),
            ])
        #expect(check.excludedNodes == ["n1"])
    }

    @Test func bothConditionsMustHold() {
        // Under a tenth below the mean, though many deviations.
        #expect(LinkCheck(nodes: matrix([(0, 1, 92), (1, 0, 92)])).findings.isEmpty)
    }

    @Test func aSlowNodeExplainsItsLinks() {
        let changes = (0..<6).filter { $0 != 3 }.flatMap { [(3, $0, 50.0), ($0, 3, 50.0)] }
        let check = LinkCheck(nodes: matrix(changes))
        #expect(check.findings.contains { if case .slowNode(let name, _, _, .both) = $0 { name == "n3" } else { false } })
        #expect(check.excludedNodes == ["n3"])
    }

    @Test func oneWayLinksAreAsymmetric() {
        let check = LinkCheck(nodes: matrix([(2, 5, 60)]))
        #expect(check.findings.contains(.asymmetricLink(from: "n2", to: "n5", bandwidth: 60, back: 100)))
        #expect(!check.findings.contains { if case .asymmetricLink(let from, _, _, _) = $0 { from == "n5" } else { false } })
    }

    /// Links of two halls, 100 inside and 50 between, that stray by up to ±`spread` of themselves, seeded; halls alternate by node.
    private func halls(_ count: Int, spread: Double, seed: UInt64 = 1, changes: [(Int, Int, Double)] = []) -> BandwidthMatrix {
        var state = seed
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        var values = (0..<count * count).map { index in
            let usual = (index / count) % 2 == (index % count) % 2 ? 100.0 : 50
            // The sum of three uniform numbers is nearly normal.
            return usual * (1 + spread * (2 * (uniform() + uniform() + uniform()) / 3 - 1))
        }
        for (from, to, value) in changes { values[from * count + to] = value }
        return BandwidthMatrix(names: (0..<count).map { "n\($0)" }, values: values)
    }

    @Test func linksBetweenHallsAreAKindOfTheirOwn() throws {
        let check = LinkCheck(nodes: halls(12, spread: 0))
        #expect(check.findings.isEmpty)
        #expect(check.halls == 2)
        #expect(check.kinds == [.init(mean: 100, deviation: 0), .init(mean: 50, deviation: 0)])
        // 60 is fast between halls, but a bad link inside one; 30 is bad between them.
        let planted = LinkCheck(nodes: halls(12, spread: 0, changes: [(0, 2, 60), (2, 0, 60), (1, 4, 30), (4, 1, 30)]))
        let slow: [[String]] = planted.findings.compactMap { if case .slowLink(let from, let to, _, _) = $0 { [from, to] } else { nil } }
        #expect(slow == [["n1", "n4"], ["n4", "n1"], ["n0", "n2"], ["n2", "n0"]])
        #expect(Set(planted.excludedNodes) == ["n0", "n1"])
    }

    @Test func aSlowNodeOfAHallIsFoundAmongItsLike() {
        let slow = (0..<16).filter { $0 != 5 }.flatMap { other in
            let usual = other % 2 == 1 ? 100.0 : 50
            return [(5, other, 0.6 * usual), (other, 5, 0.6 * usual)]
        }
        let check = LinkCheck(nodes: halls(16, spread: 0, changes: slow))
        #expect(check.halls == 2)
        #expect(check.excludedNodes == ["n5"])
    }

    @Test func healthySpreadCostsNoNodes() {
        var excluded = 0
        for seed in 1...20 {
            for count in [16, 32, 64] { excluded += LinkCheck(nodes: halls(count, spread: 0.25, seed: UInt64(seed))).excludedNodes.count }
        }
        #expect(excluded == 0)
        // With the same spread, a link at half of its like's is found.
        let check = LinkCheck(nodes: halls(32, spread: 0.25, changes: [(3, 7, 50), (7, 3, 50)]))
        #expect(check.excludedNodes == ["n3"])
    }

    @Test func missingPairsAreListed() {
        let check = LinkCheck(nodes: matrix([(0, 1, .nan), (2, 3, 0)]))
        #expect(check.findings.prefix(2) == [.missing(from: "n0", to: "n1"), .missing(from: "n2", to: "n3")])
        #expect(abs(check.mean - 100) < 1e-9)
    }

    @Test func aPathOverPCIExpressAmongFastLinksIsReported() {
        #expect(
            LinkCheck(gpus: matrix([(0, 1, 20), (1, 0, 20)])).findings == [
                .slowPath(from: "n0", to: "n1", bandwidth: 20, usual: 100), .slowPath(from: "n1", to: "n0", bandwidth: 20, usual: 100),
            ])
        // GPUs wired in pairs: the slow path is the usual one.
        var values = [Double](repeating: 29, count: 16)
        for (a, b) in [(0, 1), (1, 0), (2, 3), (3, 2)] { values[a * 4 + b] = 68 }
        #expect(LinkCheck(gpus: BandwidthMatrix(names: ["0", "1", "2", "3"], values: values)).findings.isEmpty)
    }
}

@Suite struct LinkClassTests {
    private let link = LinkClass(
        first: 0, second: 2, bytes: [1e6, 1e8], bandwidths: [.gigabytesPerSecond(0.1), .gigabytesPerSecond(1)])

    @Test func interpolatesBetweenSizesAndHoldsOutside() {
        #expect(link.bandwidth(for: 1) == .gigabytesPerSecond(0.1))
        #expect(abs(link.bandwidth(for: 1e7).value - 1e8 * 10.0.squareRoot()) < 1)
        #expect(link.bandwidth(for: 1e12) == .gigabytesPerSecond(1))
    }

    @Test func joinsInBothDirections() {
        #expect(link.joins(0, 2) && link.joins(2, 0))
        #expect(!link.joins(0, 1) && !link.joins(0, 0))
    }
}
