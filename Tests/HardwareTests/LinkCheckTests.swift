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
        #expect(check.findings.contains { if case .slowNode(let name, _, _) = $0 { name == "n3" } else { false } })
        #expect(check.excludedNodes == ["n3"])
    }

    @Test func oneWayLinksAreAsymmetric() {
        let check = LinkCheck(nodes: matrix([(2, 5, 60)]))
        #expect(check.findings.contains(.asymmetricLink(from: "n2", to: "n5", bandwidth: 60, back: 100)))
        #expect(!check.findings.contains { if case .asymmetricLink(let from, _, _, _) = $0 { from == "n5" } else { false } })
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
