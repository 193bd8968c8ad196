/// Layers of a routing whose visits are alike, with the busiest over the mean load of every number of ranks in each such group.
///
/// Layers with the same visits are a group. Where more than `most` are different, those whose busiest ranks are most alike share one, and the mean over
/// them stands for each: a search that priced every layer apart would take as many times as long.
public struct RoutingGroups: Hashable, Sendable {
    /// Groups that layers are priced in, at most.
    public static let most = 8

    /// The group of every layer, in the order in which groups first appear.
    let ofLayer: [Int]
    /// How many groups there are.
    let count: Int
    /// Whether layers with different visits share a group.
    private let isMixed: Bool
    /// Busiest over mean load, a row of E + 1 a group and one of the means over all layers; 0 where a number of ranks does not divide the experts.
    private let busiest: [Double]
    /// How much the busiest of a layer differs from its group's at most, as a share of that, by ranks.
    private let spread: [Double]
    private let experts: Int

    /// The groups of layers of so many experts, from rows of loads and of orders; `stated` is the mean over layers of numbers of ranks whose order is not known.
    ///
    /// Where experts are somewhere else than in `before`, layers that shared a price do so again, so that a map that moves nothing changes nothing.
    init(_ loads: [Double], experts: Int, orders: ExpertOrders, stated: [Int: Double], before: RoutingGroups? = nil) {
        self.experts = experts
        let layers = loads.count / experts
        let divisors = (1...experts).filter { experts % $0 == 0 }
        let ofLayers = (0..<layers).map { layer in
            divisors.map { ranks -> Double in
                let order = orders[ranks]
                if order == nil, let known = stated[ranks] { return known }
                return Self.busiest(loads, experts, layer: layer, ranks: ranks, order: order)
            }
        }
        if let before, before.isMixed {
            (ofLayer, isMixed) = (before.ofLayer, true)
        } else {
            (ofLayer, isMixed) = Self.grouped(ofLayers, loads, experts: experts)
        }
        count = (ofLayer.max() ?? -1) + 1
        var (sizes, first) = ([Double](repeating: 0, count: count), [Int](repeating: 0, count: count))
        for (layer, group) in ofLayer.enumerated() {
            if sizes[group] == 0 { first[group] = layer }
            sizes[group] += 1
        }
        var busiest = [Double](repeating: 0, count: (count + 1) * (experts + 1))
        var spread = [Double](repeating: 0, count: experts + 1)
        for (place, ranks) in divisors.enumerated() {
            // From the first of a group on, so that the mean of equal numbers is the number.
            for (group, layer) in first.enumerated() { busiest[group * (experts + 1) + ranks] = ofLayers[layer][place] }
            for (layer, group) in ofLayer.enumerated() {
                let more = ofLayers[layer][place] - ofLayers[first[group]][place]
                busiest[group * (experts + 1) + ranks] += more / sizes[group]
                busiest[count * (experts + 1) + ranks] += ofLayers[layer][place]
            }
            busiest[count * (experts + 1) + ranks] /= Double(layers)
            for (layer, group) in ofLayer.enumerated() {
                let mean = busiest[group * (experts + 1) + ranks]
                if mean > 0 { spread[ranks] = max(spread[ranks], abs(ofLayers[layer][place] / mean - 1)) }
            }
        }
        (self.busiest, self.spread) = (busiest, spread)
    }

    /// Busiest over mean load of so many ranks in the layers of a group, or the mean over all layers.
    func busiest(ranks: Int, group: Int?) -> Double { busiest[(group ?? count) * (experts + 1) + divisor(ranks)] }

    /// How much the busiest of a layer differs from that of its group at most, as a share of it.
    func spread(ranks: Int) -> Double { spread[divisor(ranks)] }

    /// So many ranks, or the next fewer that divide the experts.
    private func divisor(_ ranks: Int) -> Int {
        var ranks = min(max(ranks, 1), experts)
        while experts % ranks != 0 { ranks -= 1 }
        return ranks
    }

    /// The same of one layer, experts in their order or in one with a row a layer.
    static func busiest(_ loads: [Double], _ experts: Int, layer: Int, ranks: Int, order: [Int32]? = nil) -> Double {
        let local = experts / ranks
        let row = layer * experts
        var most = 0.0
        for rank in 0..<ranks {
            var load = 0.0
            for slot in rank * local..<(rank + 1) * local { load += loads[row + (order.map { Int($0[row + slot]) } ?? slot)] }
            most = max(most, load)
        }
        return most * Double(ranks)
    }

    // MARK: Groups

    /// The group of each layer, numbered as they first appear, and whether different layers share one.
    private static func grouped(_ busiest: [[Double]], _ loads: [Double], experts: Int) -> (ofLayer: [Int], isMixed: Bool) {
        struct Key: Hashable {
            let busiest: [Double]
            let loads: ArraySlice<Double>
        }
        var places: [Key: Int] = [:]
        var (kinds, counts, ofLayer): ([[Double]], [Double], [Int]) = ([], [], [])
        for (layer, row) in busiest.enumerated() {
            let key = Key(busiest: row, loads: loads[layer * experts..<(layer + 1) * experts])
            let kind = places[key] ?? kinds.count
            if kind == kinds.count {
                places[key] = kind
                kinds.append(row)
                counts.append(0)
            }
            counts[kind] += 1
            ofLayer.append(kind)
        }
        guard kinds.count > most else { return (ofLayer, false) }
        // How busy a layer's busiest ranks are, every number of ranks relative to the mean of all layers.
        let means = kinds[0].indices.map { place in zip(kinds, counts).reduce(0) { $0 + $1.0[place] * $1.1 } / Double(busiest.count) }
        let scores = kinds.map { row in zip(row, means).reduce(0) { $0 + ($1.1 > 0 ? $1.0 / $1.1 : 0) } }
        let split = runs(scores, counts)
        var first: [Int: Int] = [:]
        let groups = ofLayer.map { kind in
            let group = first[split[kind]] ?? first.count
            first[split[kind]] = group
            return group
        }
        return (groups, true)
    }

    /// Numbers of so many weights each in at most `most` runs of their order with the least sum of squares from the runs' means, exactly
    /// (Fisher, "On grouping for maximum homogeneity", JASA 53, 1958).
    private static func runs(_ numbers: [Double], _ weights: [Double]) -> [Int] {
        let order = numbers.indices.sorted { numbers[$0] != numbers[$1] ? numbers[$0] < numbers[$1] : $0 < $1 }
        let n = order.count
        var (weight, sum, squares) = ([0.0], [0.0], [0.0])
        for (place, index) in order.enumerated() {
            weight.append(weight[place] + weights[index])
            sum.append(sum[place] + weights[index] * numbers[index])
            squares.append(squares[place] + weights[index] * numbers[index] * numbers[index])
        }
        func deviation(_ from: Int, _ to: Int) -> Double {
            let total = sum[to] - sum[from]
            return max(0, squares[to] - squares[from] - total * total / (weight[to] - weight[from]))
        }
        var best = (0...n).map { $0 == 0 ? 0 : deviation(0, $0) }
        var starts = [[Int]](repeating: [Int](repeating: 0, count: n + 1), count: most)
        for run in 1..<most {
            var next = best
            for end in 1...n {
                for start in 1..<end where best[start] + deviation(start, end) < next[end] {
                    next[end] = best[start] + deviation(start, end)
                    starts[run][end] = start
                }
            }
            best = next
        }
        var groups = [Int](repeating: 0, count: n)
        var (end, run) = (n, most - 1)
        while end > 0 {
            // A run that starts at 0 has none before it: fewer runs were as good.
            let start = starts[run][end]
            for place in start..<end { groups[order[place]] = run }
            (end, run) = (start, max(0, run - 1))
        }
        return groups
    }
}
