import Foundation
import Testing

@testable import Hardware

@Suite struct NodeKindsTests {
    /// Clusters drawn for each claim about a share of them; more are for who asks.
    private static let rounds = ProcessInfo.processInfo.environment["MESHWRIGHT_THOROUGH"] == nil ? 100 : 1000

    /// Seeded normal numbers.
    private struct Normal {
        var state: UInt64
        mutating func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        mutating func next() -> Double { (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform()) }
        mutating func below(_ bound: Int) -> Int { Int(uniform() * Double(bound)) }
    }

    /// Nodes of a few speeds, or halls, with normal noise; each link is as fast as its slower end.
    private func matrix(
        _ count: Int, kinds: Int, noise: Double, isHalls: Bool, _ normal: inout Normal, change: (Int, Int) -> Double = { _, _ in 1 }
    ) -> BandwidthMatrix {
        let speeds = [48.0, 24, 12]
        var values = [Double](repeating: 0, count: count * count)
        for a in 0..<count {
            for b in 0..<count where a != b {
                let usual = isHalls ? (a * kinds / count == b * kinds / count ? 48.0 : 24) : min(speeds[a % kinds], speeds[b % kinds])
                values[a * count + b] = usual * (1 + noise * normal.next()) * change(a, b)
            }
        }
        return BandwidthMatrix(names: (0..<count).map { "n\($0)" }, values: values)
    }

    /// No false alarm in 99 of 100 healthy clusters of one to three kinds by design.
    @Test func healthyKindsAreQuiet() {
        var normal = Normal(state: 1)
        var alarms = 0
        for round in 0..<Self.rounds {
            let noise = 0.01 + 0.04 * normal.uniform()
            let check = LinkCheck(
                nodes: matrix(16 + 8 * (round % 4), kinds: 1 + round % 3, noise: noise, isHalls: round % 2 == 0, &normal))
            if !check.findings.isEmpty { alarms += 1 }
        }
        #expect(alarms <= Self.rounds / 100, "\(alarms)")
    }

    /// Nodes 20 to 50 % slow are all found, and no other is in 99 of 100 clusters, whatever the kinds; a node that is slow one way too.
    @Test func plantedNodesAreFound() {
        var normal = Normal(state: 2)
        var alarms = 0
        for round in 0..<Self.rounds {
            let count = 24 + 8 * (round % 3)
            let bad = Set((0..<1 + round % 2).map { _ in normal.below(count) })
            let factor = 0.5 + 0.28 * normal.uniform()
            let isOneWay = round % 5 == 0
            let check = LinkCheck(
                nodes: matrix(count, kinds: 1 + round % 3, noise: 0.01 + 0.03 * normal.uniform(), isHalls: round % 2 == 0, &normal) {
                    a, b in
                    bad.contains(a) || (!isOneWay && bad.contains(b)) ? factor : 1
                })
            let planted = Set(bad.map { "n\($0)" })
            #expect(planted.isSubset(of: check.excludedNodes), "round \(round), factor \(factor)")
            if !planted.isSuperset(of: check.excludedNodes) { alarms += 1 }
        }
        #expect(alarms <= Self.rounds / 100, "\(alarms)")
    }

    /// Cables 25 % slow both ways are found, and cost one of their ends.
    @Test func plantedCablesAreFound() {
        var normal = Normal(state: 3)
        for round in 0..<100 {
            let (a, b) = (3, 10 + round % 7)
            let check = LinkCheck(
                nodes: matrix(32, kinds: 1 + round % 3, noise: 0.01 + 0.02 * normal.uniform(), isHalls: round % 2 == 0, &normal) {
                    ($0, $1) == (a, b) || ($0, $1) == (b, a) ? 0.75 : 1
                })
            let slow = Set(
                check.findings.compactMap { if case .slowLink(let from, let to, _, _) = $0 { [from, to] } else { nil } as [String]? })
            #expect(slow == [["n\(a)", "n\(b)"], ["n\(b)", "n\(a)"]], "round \(round)")
            #expect(check.excludedNodes == ["n\(a)"])
            #expect(!check.isCongested)
        }
    }

    /// One link in ten is slow, at no node in particular: all are found and no node is blamed.
    @Test func congestionBlamesNoNode() {
        var normal = Normal(state: 4)
        var draws = Normal(state: 5)
        let check = LinkCheck(
            nodes: matrix(32, kinds: 1, noise: 0.02, isHalls: false, &normal) { _, _ in draws.uniform() < 0.1 ? 0.6 : 1 })
        #expect(check.isCongested)
        #expect(check.excludedNodes.isEmpty)
        #expect(check.findings.count > 80)
        #expect(check.nodeKinds == 1 && check.halls == 1)
    }

    /// A node that sends or receives 20 % less among links that stray by 5 % is found, its way is said, and its links are not listed again.
    @Test func oneWayNodesAreFound() {
        var normal = Normal(state: 7)
        for round in 0..<60 {
            let count = 16 + 16 * (round % 3)
            let bad = normal.below(count)
            let sends = round % 2 == 0
            let check = LinkCheck(
                nodes: matrix(count, kinds: 1 + round % 3, noise: 0.05, isHalls: round % 4 < 2, &normal) { a, b in
                    (sends ? a : b) == bad ? 0.8 : 1
                })
            let ways = check.findings.compactMap { finding -> String? in
                if case .slowNode(let name, _, _, let way) = finding { "\(name) \(way.rawValue)" } else { nil }
            }
            #expect(ways == ["n\(bad) \(sends ? "sending" : "receiving")"], "round \(round)")
            let isListed = check.findings.contains {
                if case .asymmetricLink(let from, let to, _, _) = $0 { [from, to].contains("n\(bad)") } else { false }
            }
            #expect(!isListed)
        }
    }

    /// The links from one hall to another that are 20 % slower than those back, while each strays by 5 %.
    @Test func oneWayHallsAreFound() {
        var normal = Normal(state: 8)
        for round in 0..<30 {
            let half = 8 + round % 8
            let check = LinkCheck(
                nodes: matrix(2 * half, kinds: 2, noise: 0.05, isHalls: true, &normal) { a, b in a < half && b >= half ? 0.8 : 1 })
            let halls = check.findings.compactMap { finding -> [String]? in
                if case .slowHall(let from, let to, _, _) = finding { [from, to] } else { nil }
            }
            #expect(halls == [["n0", "n\(half)"]], "round \(round)")
        }
    }

    /// A node that is slow one way in a hall of three is no fault of the hall.
    @Test func aNodeExplainsItsHall() {
        var normal = Normal(state: 10)
        let check = LinkCheck(nodes: matrix(6, kinds: 2, noise: 0.01, isHalls: true, &normal) { a, _ in a < 2 ? 0.6 : 1 })
        #expect(check.halls == 2)
        #expect(!check.findings.contains { if case .slowHall = $0 { true } else { false } })
    }

    /// A kind of slow nodes is named with its rate, and explained by the adapters that the profile gives them or by nothing.
    @Test func slowKindsAreNamed() throws {
        var normal = Normal(state: 9)
        let matrix = matrix(16, kinds: 2, noise: 0.01, isHalls: false, &normal)
        let kind = try #require(LinkCheck(nodes: matrix).slowKinds.first)
        #expect(kind.nodes == stride(from: 1, to: 16, by: 2).map { "n\($0)" })
        #expect(abs(kind.rate / kind.fastest - 0.5) < 0.02)
    }

    @Test func threeSpeedsAreThreeKinds() {
        var normal = Normal(state: 6)
        let check = LinkCheck(nodes: matrix(30, kinds: 3, noise: 0.02, isHalls: false, &normal))
        #expect(check.nodeKinds == 3)
        #expect(check.slowKinds.map(\.nodes.count) == [10, 10])
        #expect(check.findings.isEmpty)
    }

    /// A GPU at 65 % of the others inside a node; GPUs wired in pairs have no slow one.
    @Test func aSlowGPUIsFound() {
        var values = [Double](repeating: 375e9, count: 64)
        for other in 0..<8 where other != 5 { (values[5 * 8 + other], values[other * 8 + 5]) = (245e9, 245e9) }
        let names = (0..<8).map { "\($0)" }
        #expect(
            LinkCheck(gpus: BandwidthMatrix(names: names, values: values)).findings == [.slowGPU(name: "5", mean: 245e9, usual: 375e9)])
        var pairs = [Double](repeating: 20, count: 64)
        for gpu in 0..<8 { pairs[gpu * 8 + (gpu ^ 1)] = 45 }
        #expect(LinkCheck(gpus: BandwidthMatrix(names: names, values: pairs)).findings.isEmpty)
    }
}
