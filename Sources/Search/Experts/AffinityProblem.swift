import Quantities
public import Workload

/// Puts experts on ranks so that tokens seldom change them from one mixture layer to the next.
///
/// Every rank holds E/G experts of every layer. A step between layers costs nothing on a rank, 1 to another rank of the node and `nodeCost` to
/// another node (Yao et al., ExFlow, arXiv:2401.08383, §4, whose solver counts 0, 1 and 2). Chains of experts that share most tokens are
/// grouped into nodes and ranks, then layers are assigned anew one at a time, each exactly while its neighbours stand still, until nothing
/// improves; small cases are solved exactly by dynamic programming over all placements of a layer.
public struct AffinityProblem: Sendable {
    let affinity: ExpertAffinity
    let experts, layers, ranks, ranksPerNode: Int
    /// What a step is worth that stays on its rank, and one that stays in its node, beside one that leaves it.
    let rankValue, nodeValue: Double

    /// A placement with what is known of it.
    public struct Solution: Sendable {
        /// The map.
        public let map: ExpertMap
        /// Mean cost of a step between layers.
        public let cost: Double
        /// What no placement is below.
        public let bound: Double
        /// Whether no placement costs less.
        public let isExact: Bool
        /// Mean cost of a step with experts in their order.
        public let inOrder: Double
    }

    /// A problem; nil unless the ranks divide the experts and nodes are filled evenly.
    public init?(_ affinity: ExpertAffinity, ranks: Int, ranksPerNode: Int, nodeCost: Double = 2) {
        guard ranks > 0, ranksPerNode > 0, affinity.experts % ranks == 0, ranks <= ranksPerNode || ranks % ranksPerNode == 0 else {
            return nil
        }
        self.affinity = affinity
        (experts, layers, self.ranks) = (affinity.experts, affinity.layers, ranks)
        self.ranksPerNode = min(ranks, ranksPerNode)
        (rankValue, nodeValue) = (1, max(0, nodeCost - 1))
    }

    /// Experts of a rank and of a node, and nodes.
    var perRank: Int { experts / ranks }
    var perNode: Int { perRank * ranksPerNode }
    var nodes: Int { ranks / ranksPerNode }
    /// What a step to another node costs.
    var nodeCost: Double { rankValue + nodeValue }

    /// Steps in all.
    var weight: Double { affinity.counts.reduce(0, +) }

    /// What a placement keeps of steps, by the rank of every expert of every layer.
    func value(_ rank: [Int32]) -> Double {
        let hops = ExpertHops(rankOfExpert: rank, affinity, ranksPerNode: ranksPerNode)
        return (hops.stay * (rankValue + nodeValue) + hops.inside * nodeValue) * weight
    }

    /// The best placement that is found, never worse than experts in their order.
    public func solved(seed: UInt64 = 0) -> Solution? {
        let ordered = (0..<layers * experts).map { Int32($0 % experts / perRank) }
        var descent = AffinityDescent(self)
        var best = ordered
        // More starts where they are cheap: as many as a few million pairs allow.
        let starts = min(12, 4_000_000 / max(1, experts * experts * layers))
        var most = starts > 0 ? descent.improve(&best) : value(best)
        func offer(_ start: [Int32]) {
            var candidate = start
            let value = descent.improve(&candidate)
            if value > most * (1 + 1e-12) { (best, most) = (candidate, value) }
        }
        let chains = AffinityChains(self)
        offer(chains.placement())
        var random = SeededRandom(seed: seed)
        for _ in 0..<starts { offer(chains.placement(from: &random)) }
        let bound = self.bound
        var isExact = most >= bound * (1 - 1e-12)
        if !isExact, let exact = AffinityEnumeration(self)?.solved(atLeast: most) {
            isExact = true
            if let placement = exact.placement { (best, most) = (placement, exact.value) }
        }
        // A step between layers costs the node's price less what is kept.
        let whole = max(weight, .leastNormalMagnitude)
        let cost = nodeCost - most / whole
        guard let map = map(best) else { return nil }
        return Solution(
            map: map, cost: max(0, cost), bound: isExact ? max(0, cost) : max(0, nodeCost - bound / whole), isExact: isExact,
            inOrder: nodeCost - value(ordered) / whole)
    }

    /// The map of a placement; experts of a rank stand in their order.
    private func map(_ rank: [Int32]) -> ExpertMap? {
        var slots = [Int32](repeating: 0, count: layers * experts)
        for layer in 0..<layers {
            var next = (0..<ranks).map { layer * experts + $0 * perRank }
            for expert in 0..<experts {
                let place = Int(rank[layer * experts + expert])
                slots[next[place]] = Int32(expert)
                next[place] += 1
            }
        }
        return ExpertMap(experts: experts, ranks: ranks, slots: experts, expertOfSlot: slots)
    }

    /// What no placement keeps more than: of each expert's steps those to (or from) as many experts as fit beside it, on its rank and in its
    /// node, whichever of the two directions is less.
    var bound: Double { Concurrent.map(layers - 1, bound).reduce(0, +) }

    /// What no placement keeps more than of one step between layers.
    private func bound(step: Int) -> Double {
        var buffer = [Double](repeating: 0, count: experts)
        var turned = [Double](repeating: 0, count: experts * experts)
        let base = step * experts * experts
        var (outRank, inRank, outNode, inNode) = (0.0, 0.0, 0.0, 0.0)
        turn(base, into: &turned)
        for a in 0..<experts {
            for b in 0..<experts { buffer[b] = affinity.counts[base + a * experts + b] }
            outNode += Self.largest(perNode, of: &buffer)
            outRank += Self.largest(perRank, of: &buffer, among: perNode)
            for b in 0..<experts { buffer[b] = turned[a * experts + b] }
            inNode += Self.largest(perNode, of: &buffer)
            inRank += Self.largest(perRank, of: &buffer, among: perNode)
        }
        return rankValue * min(outRank, inRank) + nodeValue * min(outNode, inNode)
    }

    /// The pairs of a step by the expert that they come to, turned in blocks that the caches hold.
    private func turn(_ base: Int, into turned: inout [Double]) {
        let block = 32
        for rows in stride(from: 0, to: experts, by: block) {
            for columns in stride(from: 0, to: experts, by: block) {
                for a in rows..<min(rows + block, experts) {
                    for b in columns..<min(columns + block, experts) {
                        turned[b * experts + a] = affinity.counts[base + a * experts + b]
                    }
                }
            }
        }
    }

    /// The sum of the largest `count` of the first `among` numbers, which are moved to the front (Hoare's selection).
    static func largest(_ count: Int, of numbers: inout [Double], among: Int? = nil) -> Double {
        var (low, high) = (0, (among ?? numbers.count) - 1)
        while low < high {
            let pivot = numbers[(low + high) / 2]
            var (i, j) = (low, high)
            while i <= j {
                while numbers[i] > pivot { i += 1 }
                while numbers[j] < pivot { j -= 1 }
                if i <= j {
                    numbers.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if count - 1 <= j { high = j } else if count - 1 >= i { low = i } else { break }
        }
        var sum = 0.0
        for place in 0..<count { sum += numbers[place] }
        return sum
    }
}
