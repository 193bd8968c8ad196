public import Workload

/// What exchanges of a routing carry, for every group of layers, number of ranks and size of domains, computed once: each is a sum over all
/// experts, and a search asks for the same few again and again.
struct RoutedRows: Sendable {
    private let perToken: Double
    private let groups: Int
    /// The place of a number of ranks, of a size of domains; nil where there is none.
    private let ofRanks, ofSize: [Int?]
    private let widths: Int
    /// By group, then one of the means over all layers, by ranks, by sizes; nil where the routing has no answer.
    private let rows: [ExchangeRows?]

    /// The table of a routing for tokens of so many visits, on fabrics of so many GPUs that expert tensor ranks divide.
    init(_ routing: ExpertRouting, perToken k: Double, domainSize: Int) {
        perToken = k
        groups = routing.layerGroups
        let numbers = (1...routing.experts).filter { routing.experts % $0 == 0 }
        let lengths = Set((1...max(1, domainSize)).map { max(1, domainSize / $0) }).sorted()
        var (ofRanks, ofSize) = ([Int?](repeating: nil, count: routing.experts + 1), [Int?](repeating: nil, count: max(1, domainSize) + 1))
        for (place, ranks) in numbers.enumerated() { ofRanks[ranks] = place }
        for (place, size) in lengths.enumerated() { ofSize[size] = place }
        (self.ofRanks, self.ofSize, widths) = (ofRanks, ofSize, lengths.count)
        let block = numbers.count * lengths.count
        var rows = [ExchangeRows?](repeating: nil, count: (routing.layerGroups + 1) * block)
        var sizes = [Double](repeating: 0, count: routing.layerGroups)
        for layer in 0..<routing.layers { sizes[routing.group(ofLayer: layer)] += 1 }
        for layer in 0..<routing.layers {
            let group = routing.group(ofLayer: layer)
            for (number, ranks) in numbers.enumerated() {
                guard let shares = routing.rankShares(layer: layer, ranks: ranks) else { continue }
                for (length, size) in lengths.enumerated() {
                    let carried = ExchangeRows(
                        shares.loads, shares.visits, ExchangeDomains(ranks: ranks, size: size), perToken: k,
                        seen: { DistinctGroups.seen($0, perToken: k) })
                    for (row, share) in [(group, 1 / sizes[group]), (routing.layerGroups, 1 / Double(routing.layers))] {
                        let place = row * block + number * lengths.count + length
                        var mean = rows[place] ?? ExchangeRows()
                        mean.add(carried, times: share)
                        rows[place] = mean
                    }
                }
            }
        }
        self.rows = rows
    }

    /// What an exchange of the layers of a group carries, or the mean over all layers; nil where the routing has no answer, or for tokens of other visits.
    func rows(group: Int?, _ domains: ExchangeDomains, perToken: Double) -> ExchangeRows? {
        guard perToken == self.perToken, ofRanks.indices.contains(domains.ranks), ofSize.indices.contains(domains.size),
            let ranks = ofRanks[domains.ranks]
        else { return nil }
        // A domain that holds all ranks is as good as one of just their number.
        let size = domains.count == 1 ? ofSize.last ?? nil : ofSize[domains.size]
        guard let size else { return nil }
        return rows[((group ?? groups) * (rows.count / (groups + 1) / widths) + ranks) * widths + size]
    }
}

extension ExchangeRows {
    /// What ranks carry in a layer's exchange, the mean over a routing's layers, where a token visits an expert once; nil where ranks do not divide the experts.
    public static func routed(by routing: ExpertRouting, _ domains: ExchangeDomains, perToken k: Double) -> ExchangeRows? {
        var mean = ExchangeRows()
        let experts = Double(routing.experts)
        for layer in 0..<routing.layers {
            guard let shares = routing.rankShares(layer: layer, ranks: domains.ranks) else { return nil }
            mean.add(
                ExchangeRows(
                    shares.loads, shares.visits, domains, perToken: k, seen: { DistinctGroups.seen($0, perToken: k, of: experts) }),
                times: 1 / Double(routing.layers))
        }
        return mean
    }
}
