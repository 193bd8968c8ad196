/// Which rank holds which experts, layer by layer: a place for every slot of every rank, in which an expert may stand more than once.
public struct ExpertMap: Hashable, Sendable {
    /// Experts of a layer, E.
    public let experts: Int
    /// Expert-parallel ranks, G.
    public let ranks: Int
    /// Mixture layers.
    public let layers: Int
    /// Slots of a layer over all ranks, S.
    public let slots: Int
    /// The expert in each slot, a row of S a layer; rank r has the slots r·S/G to (r + 1)·S/G − 1.
    public let expertOfSlot: [Int32]

    /// A map from the expert of each slot; nil unless slots divide among ranks and every expert has one in every layer.
    public init?(experts: Int, ranks: Int, slots: Int, expertOfSlot: [Int32]) {
        guard experts > 0, ranks > 0, slots >= experts, slots % ranks == 0, !expertOfSlot.isEmpty, expertOfSlot.count % slots == 0 else {
            return nil
        }
        layers = expertOfSlot.count / slots
        var seen = [Int32](repeating: -1, count: experts)
        for layer in 0..<layers {
            var found = 0
            for slot in 0..<slots {
                let expert = Int(expertOfSlot[layer * slots + slot])
                guard expert >= 0, expert < experts else { return nil }
                if seen[expert] != Int32(layer) {
                    seen[expert] = Int32(layer)
                    found += 1
                }
            }
            guard found == experts else { return nil }
        }
        (self.experts, self.ranks, self.slots, self.expertOfSlot) = (experts, ranks, slots, expertOfSlot)
    }

    /// Experts in their order, as they stand where nobody moved them; `ranks` divides `experts`.
    public static func inOrder(experts: Int, ranks: Int, layers: Int) -> ExpertMap? {
        let row = (0..<experts).map(Int32.init)
        return ExpertMap(experts: experts, ranks: ranks, slots: experts, expertOfSlot: Array(repeatElement(row, count: layers).joined()))
    }

    /// Slots of a rank.
    public var slotsPerRank: Int { slots / ranks }

    /// Whether an expert has copies.
    public var hasCopies: Bool { slots > experts }

    /// Copies of every expert of a layer.
    public func copies(layer: Int) -> [Int] {
        var copies = [Int](repeating: 0, count: experts)
        for slot in 0..<slots { copies[Int(expertOfSlot[layer * slots + slot])] += 1 }
        return copies
    }

    /// Busiest over mean load of its ranks in one layer; copies of an expert share its visits evenly.
    public func busiest(layer: Int, _ routing: ExpertRouting) -> Double {
        busiest(layer: layer, routing, ranks: ranks)
    }

    /// The same of another number of ranks that the slots divide among.
    public func busiest(layer: Int, _ routing: ExpertRouting, ranks: Int) -> Double {
        let copies = copies(layer: layer)
        let local = slots / ranks
        var most = 0.0
        for rank in 0..<ranks {
            var load = 0.0
            for slot in rank * local..<(rank + 1) * local {
                let expert = Int(expertOfSlot[layer * slots + slot])
                load += routing.shares[layer * experts + expert] / Double(copies[expert])
            }
            most = max(most, load)
        }
        return most * Double(ranks)
    }

    /// Busiest over mean load, the mean over layers.
    public func busiest(_ routing: ExpertRouting) -> Double {
        (0..<layers).reduce(0) { $0 + busiest(layer: $1, routing) } / Double(layers)
    }

    /// The rank of every expert of every layer, by its first slot.
    public var rankOfExpert: [Int32] {
        var rank = [Int32](repeating: 0, count: layers * experts)
        for layer in 0..<layers {
            for slot in (0..<slots).reversed() {
                rank[layer * experts + Int(expertOfSlot[layer * slots + slot])] = Int32(slot / slotsPerRank)
            }
        }
        return rank
    }
}

/// Where tokens go from one mixture layer to the next, as shares of all steps between them.
public struct ExpertHops: Hashable, Sendable {
    /// Steps that stay on a rank, that change it inside a node, and that leave the node; they add up to 1.
    public var stay, inside, outside: Double

    /// The steps of pairs on a map without copies; `ranksPerNode` ranks share a node.
    public init(_ map: ExpertMap, _ affinity: ExpertAffinity, ranksPerNode: Int) {
        self.init(rankOfExpert: map.rankOfExpert, affinity, ranksPerNode: ranksPerNode)
    }

    /// The steps of pairs with a rank for every expert of every layer.
    public init(rankOfExpert rank: [Int32], _ affinity: ExpertAffinity, ranksPerNode: Int) {
        let experts = affinity.experts
        let node = rank.map { $0 / Int32(max(ranksPerNode, 1)) }
        var (stay, inside, all) = (0.0, 0.0, 0.0)
        for step in 0..<affinity.layers - 1 {
            for a in 0..<experts {
                let (from, row) = (step * experts + a, (step * experts + a) * experts)
                for b in 0..<experts {
                    let (count, to) = (affinity.counts[row + b], (step + 1) * experts + b)
                    all += count
                    if rank[from] == rank[to] { stay += count } else if node[from] == node[to] { inside += count }
                }
            }
        }
        let whole = max(all, .leastNormalMagnitude)
        (self.stay, self.inside, outside) = (stay / whole, inside / whole, max(0, (all - stay - inside) / whole))
    }
}
