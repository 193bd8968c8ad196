import Foundation

/// Which experts tokens visit: the share of every expert in the visits of each mixture layer, what is done with uneven visits, and where experts are.
///
/// An expert-parallel rank holds experts that follow each other (e of E/e each), in their order or in that of a map. Every layer waits for its own
/// busiest rank, so what a step takes is a mean over layers of the busiest rank's load over the mean; at a pipeline's layers alike the same
/// mean stands for all stages.
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
    /// Busiest over mean load of ranks, the mean over layers, by the number of ranks; 0 where that does not divide the experts.
    private let busiestByRanks: [Double]

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
        source: String, experts: Int, shares: [Double], treatment: RoutingTreatment, placement: String?, busiest stated: [Int: Double]?
    ) {
        (self.source, self.experts, self.shares, self.treatment, self.placement) = (source, experts, shares, treatment, placement)
        isPlacedAnew = stated != nil
        let layers = shares.count / experts
        self.layers = layers
        let loads =
            treatment == .dropless ? shares : (0..<layers).flatMap { treatment.loads(shares[$0 * experts..<($0 + 1) * experts]) }
        self.loads = loads
        var busiest = [Double](repeating: 0, count: experts + 1)
        for ranks in 1...experts where experts % ranks == 0 {
            busiest[ranks] =
                stated?[ranks] ?? (0..<layers).reduce(0) { $0 + Self.busiest(loads, experts, layer: $1, ranks: ranks) } / Double(layers)
        }
        busiestByRanks = busiest
    }

    /// The same visits with another treatment, in the order in which experts are.
    public func treated(by treatment: RoutingTreatment) -> ExpertRouting {
        ExpertRouting(source: source, experts: experts, shares: shares, treatment: treatment, placement: placement, busiest: nil)
    }

    /// The same with experts where a map without copies has them; nil where its sizes are others, or it has copies.
    public func placed(by map: ExpertMap, named name: String) -> ExpertRouting? {
        guard map.experts == experts, map.layers == layers, !map.hasCopies else { return nil }
        let moved = map.expertOfSlot.enumerated().map { shares[$0.offset / experts * experts + Int($0.element)] }
        return ExpertRouting(source: source, experts: experts, shares: moved, treatment: treatment, placement: name, busiest: nil)
    }

    /// The same with the busiest over the mean load of every number of ranks, as a placement makes it.
    public func placed(named name: String, busiest: [Int: Double]) -> ExpertRouting {
        ExpertRouting(source: source, experts: experts, shares: shares, treatment: treatment, placement: name, busiest: busiest)
    }

    /// The same visits, where what is computed of them is all that is known: the shares of rows.
    public var computed: ExpertRouting { ExpertRouting(source: source, experts: experts, counts: loads) }

    /// Share of all visits that are dropped.
    public var dropped: Double {
        (0..<layers).reduce(0) { $0 + treatment.dropped(shares[$1 * experts..<($1 + 1) * experts]) } / Double(layers)
    }

    /// Rows that are computed over all visits: less than 1 where visits are dropped, more where experts are padded.
    public var rows: Double { busiestByRanks[1] }

    /// Busiest over mean load of so many ranks, the mean over layers; 1 at one rank. The mean is that of all visits, dropped ones too. Ranks that
    /// experts cannot be dealt to evenly count as the next fewer that they can.
    public func busiest(ranks: Int) -> Double {
        var ranks = min(max(ranks, 1), experts)
        while busiestByRanks[ranks] == 0 { ranks -= 1 }
        return busiestByRanks[ranks]
    }

    /// Busiest over mean load of so many ranks in one layer, experts in the order in which they are.
    public func busiest(layer: Int, ranks: Int) -> Double { Self.busiest(loads, experts, layer: layer, ranks: ranks) }

    /// The layer, counted from 0, whose busiest of so many ranks has most over the mean, and how much.
    public func worstLayer(ranks: Int) -> (layer: Int, busiest: Double) {
        var worst = (layer: 0, busiest: 0.0)
        for layer in 0..<layers {
            let busiest = busiest(layer: layer, ranks: ranks)
            if busiest > worst.busiest { worst = (layer, busiest) }
        }
        return worst
    }

    /// Distinct of so many equal groups of experts that a token of so many visits sees, the mean over layers: the sum of 1 − (1 − share)^k. nil where the
    /// experts do not divide, or where experts are placed anew.
    public func visited(groups: Int, perToken: Double) -> Double? {
        guard groups > 0, experts % groups == 0, !isPlacedAnew else { return nil }
        let local = experts / groups
        var sum = 0.0
        for layer in 0..<layers {
            for group in 0..<groups {
                var share = 0.0
                for expert in 0..<local { share += shares[layer * experts + group * local + expert] }
                sum += 1 - pow(max(0, 1 - share), perToken)
            }
        }
        return sum / Double(layers)
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

    private static func busiest(_ loads: [Double], _ experts: Int, layer: Int, ranks: Int) -> Double {
        let local = experts / ranks
        var most = 0.0
        for rank in 0..<ranks {
            var load = 0.0
            for expert in 0..<local { load += loads[layer * experts + rank * local + expert] }
            most = max(most, load)
        }
        return most * Double(ranks)
    }
}
