public import Workload

/// Puts experts on ranks, hot ones several times, so that no rank has much more to do than the mean.
///
/// The budget is a number of slots a layer, alike on every rank; an expert's copies share its visits. As in DeepSeek's EPLB
/// (github.com/deepseek-ai/EPLB) copies go one after the other to the expert with most visits a copy, slots are packed heaviest first on the
/// rank with least, and with groups that nodes can share evenly a group stays in a node (so that node-limited routing, DeepSeek-V3,
/// arXiv:2412.19437, §2.1.2, reaches few nodes). What that gives is then improved by exchanges between the busiest rank and the others and by
/// moving copies, and few slots are tried in every way. Layers do not meet, so each is solved alone.
public struct LoadProblem: Sendable {
    let routing: ExpertRouting
    let ranks, slots: Int
    /// Nodes that groups are dealt to, and groups; 1 of both where experts may go anywhere.
    let nodes, groups: Int

    /// A placement with what is known of it.
    public struct Solution: Sendable {
        /// The map.
        public let map: ExpertMap
        /// Busiest over mean load of each layer.
        public let busiest: [Double]
        /// What none is below, of each layer; the same number where the placement is the best.
        public let bounds: [Double]

        /// The mean over layers of what none is below.
        public var bound: Double { bounds.reduce(0, +) / Double(max(1, bounds.count)) }
        /// The mean over layers of the busiest over the mean.
        public var mean: Double { busiest.reduce(0, +) / Double(max(1, busiest.count)) }
    }

    /// A problem; nil unless slots divide among ranks and are enough for all experts.
    ///
    /// - Parameter groups: groups of experts that follow each other and stay in a node each; where nodes cannot share them evenly experts may go
    ///   anywhere, as EPLB has it.
    public init?(_ routing: ExpertRouting, ranks: Int, slots: Int, ranksPerNode: Int, groups: Int = 1) {
        guard ranks > 0, ranksPerNode > 0, groups > 0, slots >= routing.experts, slots % ranks == 0 else { return nil }
        let nodes = ranks % ranksPerNode == 0 ? max(1, ranks / ranksPerNode) : 1
        let isDealt = nodes > 1 && groups % nodes == 0 && routing.experts % groups == 0 && slots % nodes == 0
        (self.routing, self.ranks, self.slots) = (routing, ranks, slots)
        (self.nodes, self.groups) = isDealt ? (nodes, groups) : (1, 1)
    }

    /// Whether groups stay in a node.
    public var keepsGroups: Bool { nodes > 1 }

    /// The best placement that is found.
    public func solved() -> Solution? {
        let experts = routing.experts
        var slotsOfAll: [Int32] = []
        var bounds: [Double] = []
        for layer in 0..<routing.layers {
            let loads = Array(routing.shares[layer * experts..<(layer + 1) * experts])
            let (row, most, bound) =
                nodes > 1 ? dealt(loads) : Self.anywhere(loads, experts: Array(0..<experts), ranks: ranks, slots: slots)
            slotsOfAll += row
            bounds.append(min(most, bound) * Double(ranks))
        }
        guard let map = ExpertMap(experts: experts, ranks: ranks, slots: slots, expertOfSlot: slotsOfAll) else { return nil }
        return Solution(map: map, busiest: (0..<routing.layers).map { map.busiest(layer: $0, routing) }, bounds: bounds)
    }

    /// A layer whose groups stay in a node each: groups to nodes, then each node by itself.
    private func dealt(_ loads: [Double]) -> (slots: [Int32], most: Double, bound: Double) {
        let size = loads.count / groups
        let weights = (0..<groups).map { loads[$0 * size..<($0 + 1) * size].reduce(0, +) }
        let first = SlotPacking(weights, bins: nodes)
        var second = first
        second.improve()
        var best: (slots: [Int32], most: Double, bound: Double)?
        for packing in [first, second] {
            var (slots, most) = ([Int32](), 0.0)
            for node in 0..<nodes {
                let members = packing.bins[node].flatMap { group in group * size..<(group + 1) * size }
                let own = Self.anywhere(loads, experts: members, ranks: ranks / nodes, slots: self.slots / nodes)
                slots += own.slots
                most = max(most, own.most)
            }
            if most < best?.most ?? .infinity { best = (slots, most, Self.bound(loads, Array(loads.indices), ranks, self.slots)) }
        }
        return best ?? ([], 0, 0)
    }

    /// How near the bound is near enough: nobody measures a rank's load to a ten-thousandth.
    private static let near = 1e-4

    /// A layer, or a node's part of it, whose experts may go to any of its ranks.
    static func anywhere(_ loads: [Double], experts: [Int], ranks: Int, slots: Int) -> (slots: [Int32], most: Double, bound: Double) {
        let bound = bound(loads, experts, ranks, slots)
        var copies = copied(loads, experts, slots)
        var best = packed(loads, experts, copies, ranks)
        if best.most > bound * (1 + 1e-12) {
            best.improve(until: bound * (1 + near))
            // A copy less of one expert and one more of another, as long as that helps.
            var tries = 0
            while best.most > bound * (1 + near), slots > experts.count, tries < 8 {
                tries += 1
                guard let (moved, packing) = moved(loads, experts, copies, ranks, below: best.most) else { break }
                (copies, best) = (moved, packing)
            }
        }
        var isExact = best.most <= bound * (1 + 1e-12)
        if best.most > bound * (1 + 1e-12), let enumeration = SlotEnumeration(loads, experts, ranks: ranks, slots: slots) {
            if let better = enumeration.solved(below: best.most) { return (better.slots, better.most, better.most) }
            isExact = true
        }
        return (best.bins.flatMap { bin in bin.map { Int32(experts[best.owner[$0]]) } }, best.most, isExact ? best.most : bound)
    }

    /// What no placement has less than on its busiest rank: the mean, and the heaviest slot after copies went where they help most.
    private static func bound(_ loads: [Double], _ experts: [Int], _ ranks: Int, _ slots: Int) -> Double {
        let copies = copied(loads, experts, slots)
        let heaviest = zip(experts, copies).reduce(0.0) { max($0, loads[$1.0] / Double($1.1)) }
        return max(experts.reduce(0.0) { $0 + loads[$1] } / Double(ranks), heaviest)
    }

    /// Copies of each expert: one, then one more at a time for whoever has most visits a copy. No other copies have a lighter heaviest slot.
    static func copied(_ loads: [Double], _ experts: [Int], _ slots: Int) -> [Int] {
        var copies = [Int](repeating: 1, count: experts.count)
        for _ in experts.count..<max(slots, experts.count) {
            var (most, place) = (-1.0, 0)
            for (index, expert) in experts.enumerated() where loads[expert] / Double(copies[index]) > most {
                (most, place) = (loads[expert] / Double(copies[index]), index)
            }
            copies[place] += 1
        }
        return copies
    }

    private static func packed(_ loads: [Double], _ experts: [Int], _ copies: [Int], _ ranks: Int) -> SlotPacking {
        var (weights, owner) = ([Double](), [Int]())
        for (index, expert) in experts.enumerated() {
            for _ in 0..<copies[index] {
                weights.append(loads[expert] / Double(copies[index]))
                owner.append(index)
            }
        }
        var packing = SlotPacking(weights, bins: ranks)
        packing.owner = owner
        return packing
    }

    /// The first change of one copy that packs better than `most`.
    private static func moved(_ loads: [Double], _ experts: [Int], _ copies: [Int], _ ranks: Int, below most: Double) -> (
        [Int], SlotPacking
    )? {
        // Those that lose least by a copy less, and those with the heaviest slots.
        let givers = copies.indices.filter { copies[$0] > 1 }
            .sorted { loads[experts[$0]] / Double(copies[$0] - 1) < loads[experts[$1]] / Double(copies[$1] - 1) }.prefix(6)
        let takers = copies.indices.sorted { loads[experts[$0]] / Double(copies[$0]) > loads[experts[$1]] / Double(copies[$1]) }.prefix(6)
        for giver in givers {
            for taker in takers where taker != giver {
                var changed = copies
                changed[giver] -= 1
                changed[taker] += 1
                guard loads[experts[giver]] / Double(changed[giver]) < most else { continue }
                var packing = packed(loads, experts, changed, ranks)
                packing.improve()
                if packing.most < most * (1 - 1e-9) { return (changed, packing) }
            }
        }
        return nil
    }
}
