import Quantities
import Testing
import Workload

@testable import Search

/// Placement by load, against DeepSeek's algorithm written again from its description and against every placement of few slots.
@Suite struct LoadProblemTests {
    /// The example of EPLB's README: two layers of 12 experts.
    private static let example = ExpertRouting(
        source: "EPLB", experts: 12,
        counts: [
            90, 132, 40, 61, 104, 165, 39, 4, 73, 56, 183, 86, 20, 107, 104, 64, 19, 197, 187, 157, 172, 86, 16, 27,
        ])

    @Test func `the algorithm of the comparison gives the example of its README`() {
        let map = EPLB.map(Self.example, replicas: 16, groups: 4, nodes: 2, ranks: 8)
        #expect(
            map == [
                5, 6, 5, 7, 8, 4, 3, 4, 10, 9, 10, 2, 0, 1, 11, 1, 7, 10, 6, 8, 6, 11, 8, 9, 2, 4, 5, 1, 5, 0, 3, 1,
            ])
    }

    @Test func `the example is balanced no worse`() throws {
        let dealt = try #require(LoadProblem(Self.example, ranks: 8, slots: 16, ranksPerNode: 4, groups: 4)?.solved())
        #expect(dealt.busiest[0] <= 1.2084 && dealt.busiest[1] <= 1.2424)
        let free = try #require(LoadProblem(Self.example, ranks: 8, slots: 16, ranksPerNode: 8)?.solved())
        #expect(free.busiest[0] <= 1.0735 && free.busiest[1] <= 1.1905)
        // Without copies on 4 ranks: in order 1.278 and 1.785, packed 1.073 and 1.010.
        let plain = try #require(LoadProblem(Self.example, ranks: 4, slots: 12, ranksPerNode: 4)?.solved())
        #expect(plain.busiest[0] <= 1.0735 && plain.busiest[1] <= 1.0105)
        #expect(
            abs(Self.example.busiest(layer: 0, ranks: 4) - 1.278) < 1e-3 && abs(Self.example.busiest(layer: 1, ranks: 4) - 1.785) < 1e-3)
    }

    @Test func `of 200 drawn loads none is balanced worse than by DeepSeek's algorithm`() throws {
        var random = SeededRandom(seed: 11)
        var better = 0
        for _ in 0..<200 {
            let (nodes, perNode, groups) = [(1, 4, 1), (2, 4, 4), (2, 2, 8), (4, 2, 4)][random.below(4)]
            let experts = [16, 32][random.below(2)]
            let ranks = nodes * perNode
            let slots = experts + ranks * random.below(3)
            let counts = (0..<experts).map { _ in 1 + 1000 * random.unit() * random.unit() * random.unit() }
            let routing = ExpertRouting(source: "drawn", experts: experts, counts: counts)
            let theirs = try #require(
                ExpertMap(
                    experts: experts, ranks: ranks, slots: slots,
                    expertOfSlot: EPLB.map(routing, replicas: slots, groups: groups, nodes: nodes, ranks: ranks)))
            let ours = try #require(
                LoadProblem(routing, ranks: ranks, slots: slots, ranksPerNode: perNode, groups: groups)?.solved())
            let busiest = theirs.busiest(layer: 0, routing)
            #expect(ours.busiest[0] <= busiest * (1 + 1e-9))
            #expect(ours.bounds[0] <= ours.busiest[0] * (1 + 1e-9))
            if ours.busiest[0] < busiest * (1 - 1e-6) { better += 1 }
        }
        #expect(better > 100)
    }

    @Test(arguments: 0..<40) func `few slots are filled as well as in every way tried`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (experts, ranks, slots) = [(4, 2, 6), (3, 3, 6), (5, 2, 6), (4, 4, 8), (6, 3, 6)][Int(seed) % 5]
        let routing = ExpertRouting(
            source: "drawn", experts: experts, counts: (0..<experts).map { _ in 0.01 + random.unit() * random.unit() })
        let found = try #require(LoadProblem(routing, ranks: ranks, slots: slots, ranksPerNode: 8)?.solved())
        var least = Double.infinity
        var row = [Int32](repeating: 0, count: slots)
        func fill(_ slot: Int) {
            guard slot < slots else {
                if let map = ExpertMap(experts: experts, ranks: ranks, slots: slots, expertOfSlot: row) {
                    least = min(least, map.busiest(layer: 0, routing))
                }
                return
            }
            // Slots of a rank in order: others say the same.
            let first = slot % (slots / ranks) == 0 ? 0 : row[slot - 1]
            for expert in first..<Int32(experts) {
                row[slot] = expert
                fill(slot + 1)
            }
        }
        fill(0)
        #expect(abs(found.busiest[0] - least) < 1e-9)
        #expect(abs(found.bounds[0] - least) < 1e-9)
    }

    @Test func `experts placed for every number of ranks are loaded no worse than in their order`() {
        let placed = ExpertsByLoad.placed(Self.example)
        for ranks in [1, 2, 3, 4, 6, 12] { #expect(placed.busiest(ranks: ranks) <= Self.example.busiest(ranks: ranks) + 1e-12) }
        #expect(placed.busiest(ranks: 4) < 1.05 && Self.example.busiest(ranks: 4) > 1.5)
        let dropping = Self.example.treated(by: .drop(capacity: 1.25))
        #expect(ExpertsByLoad.placed(dropping).busiest(ranks: 1) == dropping.rows)
    }

    @Test func `slots that are too few or uneven are no problem`() {
        for (ranks, slots) in [(8, 11), (8, 8), (0, 16), (8, 20)] {
            #expect(LoadProblem(Self.example, ranks: ranks, slots: slots, ranksPerNode: 4) == nil)
        }
        // More ranks than a node's are left as one where they do not fill nodes.
        #expect(LoadProblem(Self.example, ranks: 6, slots: 12, ranksPerNode: 4, groups: 4)?.keepsGroups == false)
    }
}

/// DeepSeek's EPLB (github.com/deepseek-ai/EPLB), written again from the description in its README and the names of its steps: groups packed to
/// nodes, experts of a node replicated, replicas packed to GPUs; equal weights in the order of their index.
private enum EPLB {
    static func map(_ routing: ExpertRouting, replicas: Int, groups: Int, nodes: Int, ranks: Int) -> [Int32] {
        (0..<routing.layers).flatMap { layer in
            let weights = Array(routing.shares[layer * routing.experts..<(layer + 1) * routing.experts])
            // Groups that nodes cannot share evenly: one node that holds all.
            return groups % nodes == 0
                ? row(weights, replicas: replicas, groups: groups, nodes: nodes, ranks: ranks)
                : row(weights, replicas: replicas, groups: 1, nodes: 1, ranks: ranks)
        }
    }

    private static func row(_ weights: [Double], replicas: Int, groups: Int, nodes: Int, ranks: Int) -> [Int32] {
        let size = weights.count / groups
        let sums = (0..<groups).map { weights[$0 * size..<($0 + 1) * size].reduce(0, +) }
        var map: [Int32] = []
        for members in packs(sums, nodes) {
            let experts = members.flatMap { $0 * size..<($0 + 1) * size }
            // Physical experts: the logical ones in their order, then the replicas in the order in which they are made.
            var counts = [Int](repeating: 1, count: experts.count)
            var owner = Array(experts.indices)
            while owner.count < replicas / nodes {
                let load = experts.indices.map { weights[experts[$0]] / Double(counts[$0]) }
                let hottest = load.firstIndex(of: load.max() ?? 0) ?? 0
                counts[hottest] += 1
                owner.append(hottest)
            }
            let loads = owner.map { weights[experts[$0]] / Double(counts[$0]) }
            map += packs(loads, ranks / nodes).flatMap { $0.map { Int32(experts[owner[$0]]) } }
        }
        return map
    }

    /// Balanced packing: heaviest first to the lightest pack that is not full.
    private static func packs(_ weights: [Double], _ count: Int) -> [[Int]] {
        var packs = [[Int]](repeating: [], count: count)
        var loads = [Double](repeating: 0, count: count)
        for item in weights.indices.sorted(by: { (weights[$1], $0) < (weights[$0], $1) }) {
            let open = packs.indices.filter { packs[$0].count < weights.count / count }
            guard let lightest = open.min(by: { (loads[$0], $0) < (loads[$1], $1) }) else { continue }
            packs[lightest].append(item)
            loads[lightest] += weights[item]
        }
        return packs
    }
}
