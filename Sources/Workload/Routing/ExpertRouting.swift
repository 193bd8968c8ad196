import Foundation

/// Which experts tokens visit: the share of every expert in the visits of each mixture layer, what is done with uneven visits, and where experts are.
///
/// An expert-parallel rank holds experts that follow each other (e of E/e each), in their order or in that of a map. Every layer waits for its own
/// busiest rank, so that layers with the same visits take the same time and form a group (`RoutingGroups`), and a stage of a pipeline takes what its own
/// layers take.
public struct ExpertRouting: Hashable, Sendable {
    /// Where the shares come from, as it was asked for: `balanced`, `zipf:1.1`, a path.
    public let source: String
    /// Mixture layers.
    public let layers: Int
    /// Experts of a layer, E.
    public let experts: Int
    /// The share of expert e in the visits of layer l, at l·E + e; those of a layer add up to 1.
    public let shares: [Double]
    /// What is done with uneven visits.
    public let treatment: RoutingTreatment
    /// Where experts are, as it was asked for: `load`, `affinity`, a path; nil in their order.
    public let placement: String?
    /// Whether experts are placed anew for every number of ranks, and so have no one order.
    public let isPlacedAnew: Bool
    /// Rows that expert e of layer l computes, over all visits of the layer.
    private let loads: [Double]
    /// Layers whose visits are the same, and the busiest ranks of each.
    private let groups: RoutingGroups
    /// The orders of experts that are placed anew for every number of ranks; none of others.
    private let orders: ExpertOrders

    /// Routing from counts of visits, a row of `experts` a layer; every row has a count above 0, none below, all finite.
    public init(source: String, experts: Int, counts: [Double]) {
        precondition(experts > 0 && !counts.isEmpty && counts.count % experts == 0)
        var shares = counts
        for layer in 0..<counts.count / experts {
            let row = layer * experts..<(layer + 1) * experts
            // Divided by the largest first, so that no sum of finite counts overflows.
            let most = row.reduce(0) { max($0, counts[$1]) }
            let sum = row.reduce(0) { $0 + counts[$1] / most }
            for place in row { shares[place] = counts[place] / most / sum }
        }
        self.init(source: source, experts: experts, shares: shares, treatment: .dropless, placement: nil, busiest: nil)
    }

    private init(
        source: String, experts: Int, shares: [Double], treatment: RoutingTreatment, placement: String?, busiest stated: [Int: Double]?,
        orders: ExpertOrders = ExpertOrders([:]), before: RoutingGroups? = nil
    ) {
        self.orders = orders
        (self.source, self.experts, self.shares, self.treatment, self.placement) = (source, experts, shares, treatment, placement)
        isPlacedAnew = stated != nil
        let layers = shares.count / experts
        self.layers = layers
        let loads =
            treatment == .dropless ? shares : (0..<layers).flatMap { treatment.loads(shares[$0 * experts..<($0 + 1) * experts]) }
        self.loads = loads
        groups = RoutingGroups(loads, experts: experts, orders: orders, stated: stated ?? [:], before: before)
    }

    /// The same visits with another treatment, in the order in which experts are.
    public func treated(by treatment: RoutingTreatment) -> ExpertRouting {
        ExpertRouting(source: source, experts: experts, shares: shares, treatment: treatment, placement: placement, busiest: nil)
    }

    /// The same with experts where a map without copies has them; nil where its sizes are others, or it has copies.
    public func placed(by map: ExpertMap, named name: String) -> ExpertRouting? {
        guard map.experts == experts, map.layers == layers, !map.hasCopies else { return nil }
        let moved = map.expertOfSlot.enumerated().map { shares[$0.offset / experts * experts + Int($0.element)] }
        return ExpertRouting(
            source: source, experts: experts, shares: moved, treatment: treatment, placement: name, busiest: nil, before: groups)
    }

    /// The same with the busiest over the mean load of every number of ranks, as a placement makes it with maps of these orders.
    public func placed(named name: String, busiest: [Int: Double], orders: [Int: [Int32]] = [:]) -> ExpertRouting {
        ExpertRouting(
            source: source, experts: experts, shares: shares, treatment: treatment, placement: name, busiest: busiest,
            orders: ExpertOrders(orders), before: groups)
    }

    /// Experts in the order in which so many ranks hold them, a row of E a layer, where they are placed anew; nil where they are not, or are not known.
    public func order(ranks: Int) -> [Int32]? { orders[ranks] }

    /// Rows that each expert of a layer computes, over the mean of all experts, in the order in which the shares are.
    public func expertLoads(layer: Int) -> [Double] { loads[layer * experts..<(layer + 1) * experts].map { $0 * Double(experts) } }

    /// The same visits, where what is computed of them is all that is known: the shares of rows.
    public var computed: ExpertRouting { ExpertRouting(source: source, experts: experts, counts: loads) }

    /// Share of all visits that are dropped.
    public var dropped: Double {
        (0..<layers).reduce(0) { $0 + treatment.dropped(shares[$1 * experts..<($1 + 1) * experts]) } / Double(layers)
    }

    /// Rows that are computed over all visits: less than 1 where visits are dropped, more where experts are padded.
    public var rows: Double { groups.busiest(ranks: 1, group: nil) }

    /// Groups of layers with the same visits, or with visits that are alike where more than `RoutingGroups.most` are different.
    public var layerGroups: Int { groups.count }

    /// How much the busiest rank's load in a layer differs at most from the mean over its group, with which it is priced, as a share of that; 0 where layers
    /// of a group have the same visits.
    public func groupSpread(ranks: Int) -> Double { groups.spread(ranks: ranks) }

    /// The group of a mixture layer.
    public func group(ofLayer layer: Int) -> Int { groups.ofLayer[layer] }

    /// Busiest over mean load of so many ranks in the layers of a group, or the mean over all layers; 1 at one rank. The mean is that of all visits, dropped
    /// ones too. Ranks that experts cannot be dealt to evenly count as the next fewer that they can.
    public func busiest(ranks: Int, group: Int? = nil) -> Double { groups.busiest(ranks: ranks, group: group) }

    /// Busiest over mean load of so many ranks in one layer, experts in the order in which they are.
    public func busiest(layer: Int, ranks: Int) -> Double { RoutingGroups.busiest(loads, experts, layer: layer, ranks: ranks) }

    /// The layer, counted from 0, whose busiest of so many ranks has most over the mean, and how much.
    public func worstLayer(ranks: Int) -> (layer: Int, busiest: Double) {
        var worst = (layer: 0, busiest: 0.0)
        for layer in 0..<layers {
            let busiest = busiest(layer: layer, ranks: ranks)
            if busiest > worst.busiest { worst = (layer, busiest) }
        }
        return worst
    }

    /// What each of so many ranks gets of the visits of a layer, in shares of all of them: rows that it computes, and visits that travel to it, which padding
    /// does not. nil where ranks do not divide the experts, or where experts are placed anew and their order is not known.
    public func rankShares(layer: Int, ranks: Int) -> (loads: [Double], visits: [Double])? {
        guard ranks > 0, experts % ranks == 0 else { return nil }
        let order = orders[ranks]
        // One rank, and ranks of one expert each, are loaded alike in any order.
        if isPlacedAnew, order == nil, ranks > 1, ranks < experts { return nil }
        let row = layer * experts
        let travelling = treatment.visits(shares[row..<row + experts])
        let local = experts / ranks
        var (computed, visits) = ([Double](repeating: 0, count: ranks), [Double](repeating: 0, count: ranks))
        for slot in 0..<experts {
            let expert = order.map { Int($0[row + slot]) } ?? slot
            computed[slot / local] += loads[row + expert]
            visits[slot / local] += travelling[expert]
        }
        return (computed, visits)
    }

    /// Load of each of so many ranks over their mean, averaged over layers.
    public func loads(ranks: Int) -> [Double] {
        let local = experts / ranks
        var sums = [Double](repeating: 0, count: ranks)
        for layer in 0..<layers {
            for expert in 0..<local * ranks { sums[expert / local] += loads[layer * experts + expert] }
        }
        return sums.map { $0 * Double(ranks) / Double(layers) }
    }

    /// Layers in which an expert is visited by more tokens than there are, which no k distinct experts a token can give.
    public func impossibleLayers(perToken: Int) -> [Int] {
        let most = 1 / Double(max(perToken, 1)) * (1 + 1e-6)
        return (0..<layers).filter { layer in shares[layer * experts..<(layer + 1) * experts].contains { $0 > most } }
    }
}
