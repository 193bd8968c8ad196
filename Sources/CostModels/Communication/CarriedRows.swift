/// Rows that the ranks of an exchange send or receive for every token that a rank has, by kind of link.
public struct CarriedRows: Hashable, Sendable {
    /// Rows inside a domain and over the network.
    public struct Links: Hashable, Sendable {
        /// Rows inside a domain.
        public var inside = 0.0
        /// Rows over the network.
        public var outside = 0.0
    }

    /// The most that a rank carries on each kind of link; these may be two ranks.
    public var most = Links()
    /// What the rank carries that has most over the network, and inside its domain where several have.
    public var busiest = Links()

    /// Counts a rank.
    mutating func take(inside: Double, outside: Double) {
        most.inside = max(most.inside, inside)
        let isMore = outside > most.outside * (1 + 1e-12)
        let isAlike = !isMore && outside >= most.outside * (1 - 1e-12)
        if isMore || isAlike && inside > busiest.inside { busiest = Links(inside: inside, outside: outside) }
        most.outside = max(most.outside, outside)
    }

    /// Adds a share of what other layers carry.
    mutating func add(_ other: CarriedRows, times share: Double) {
        func add(_ one: WritableKeyPath<CarriedRows, Links>) {
            self[keyPath: one].inside += share * other[keyPath: one].inside
            self[keyPath: one].outside += share * other[keyPath: one].outside
        }
        add(\.most)
        add(\.busiest)
    }
}

/// What the ranks of an exchange carry on every path that tokens take: the law of which plans and `TokenExchangeModel` both price.
///
/// Of e ranks, a rank r of a domain j of p ranks computes a share l(r) of k visits a token and is seen by a share c(r) of tokens, its domain by a share
/// c(j). What it sends and what it receives go at once, so that the more of both counts:
///
/// - a row a visit: `k·l(r)·(p − 1)` inside and `k·l(r)·(e − p)` over the network come to it; it sends `k·(l(j) − l(r))` and `k·(1 − l(j))`;
/// - in two hops, `k·l(i)·(p − 1)` come inside to the i-th rank of a domain for the i-th ranks of all, whose load is l(i), and then over the network what
///   comes in one hop (Shen et al., SE-MoE, arXiv:2205.10034, §3.2);
/// - a copy a distinct domain, then a distinct rank: `e·c(r)·(p − 1)/p` come to it inside, and `(e − p)·c(j)/p` to each adapter of its domain, which sends the
///   sum of c over the other domains (github.com/deepseek-ai/DeepEP): no more than all tokens, however skewed the routing;
/// - every token to every rank: `e·(p − 1)/p` inside and `(e − p)/p` over the network, whatever the routing.
public struct ExchangeRows: Hashable, Sendable {
    /// A row a token and expert, straight to its rank.
    public var visits = CarriedRows()
    /// Rows of the first of two hops, inside a domain.
    public var places = 0.0
    /// A copy a token and distinct domain, then a distinct rank.
    public var copies = CarriedRows()
    /// Copies that the rank sees which most tokens visit, those of its own domain among them.
    public var received = 0.0

    /// Rows of the rank that most visits go to, its own among them: k where ranks are alike.
    public var computed = 0.0

    /// Nothing yet.
    init() {}

    /// Shares of visits by rank that are computed and that travel; `seen` is the share of tokens that visit what a share of all visits goes to.
    init(_ loads: [Double], _ travelling: [Double], _ domains: ExchangeDomains, perToken k: Double, seen: (Double) -> Double) {
        let all = loads.reduce(0, +)
        let seenDomains = (0..<domains.count).map { seen(min(1, travelling[domains.members(of: $0)].reduce(0, +))) }
        let allSeen = seenDomains.reduce(0, +)
        for domain in 0..<domains.count {
            let members = domains.members(of: domain)
            let here = loads[members].reduce(0, +)
            for rank in members {
                take(
                    load: loads[rank], here: here, all: all, seen: seen(min(1, travelling[rank])), seenHere: seenDomains[domain],
                    allSeen: allSeen, size: Double(members.count), domains, k)
            }
        }
        for size in Set([domains.size, domains.smallest]) where size > 1 {
            var columns = [Double](repeating: 0, count: size)
            for domain in 0..<domains.count {
                for (place, rank) in domains.members(of: domain).enumerated() { columns[place % size] += loads[rank] }
            }
            places = max(places, k * (columns.max() ?? 0) * Double(size - 1))
        }
    }

    /// The rows where every rank is visited alike.
    static func alike(_ domains: ExchangeDomains, perToken k: Double, seen: (Double) -> Double) -> ExchangeRows {
        var rows = ExchangeRows()
        let e = Double(domains.ranks)
        let (large, small) = (seen(Double(domains.size) / e), seen(Double(domains.smallest) / e))
        let allSeen = Double(domains.count - 1) * large + small
        let rank = seen(1 / e)
        for (size, seenHere) in [(domains.size, large), (domains.smallest, small)] {
            let p = Double(size)
            rows.take(load: 1 / e, here: p / e, all: 1, seen: rank, seenHere: seenHere, allSeen: allSeen, size: p, domains, k)
            rows.places = max(rows.places, k / p * (p - 1))
        }
        return rows
    }

    /// The rows where one rank has so many times the mean and the others share the rest alike: of a routing, this is all that is known.
    static func hot(_ busiest: Double, _ domains: ExchangeDomains, perToken k: Double, seen: (Double) -> Double) -> ExchangeRows {
        let e = Double(domains.ranks)
        guard busiest > 1, e > 1 else { return alike(domains, perToken: k, seen: seen) }
        let most = min(busiest / e, 1)
        var shares = [Double](repeating: (1 - most) / (e - 1), count: domains.ranks)
        shares[0] = most
        return ExchangeRows(shares, shares, domains, perToken: k, seen: seen)
    }

    /// Every token to every rank.
    static func gathers(_ domains: ExchangeDomains) -> CarriedRows {
        var rows = CarriedRows()
        let e = Double(domains.ranks)
        for size in [domains.size, domains.smallest] {
            let p = Double(size)
            rows.take(inside: e * (p - 1) / p, outside: (e - p) / p)
        }
        return rows
    }

    private mutating func take(
        load: Double, here: Double, all: Double, seen: Double, seenHere: Double, allSeen: Double, size p: Double,
        _ domains: ExchangeDomains,
        _ k: Double
    ) {
        let e = Double(domains.ranks)
        visits.take(inside: k * max(load * (p - 1), here - load), outside: k * max(load * (e - p), all - here))
        copies.take(inside: e * seen * (p - 1) / p, outside: max((e - p) * seenHere / p, allSeen - seenHere))
        received = max(received, e * seen)
        computed = max(computed, k * e * load)
    }

    /// Adds a share of what other layers carry.
    mutating func add(_ other: ExchangeRows, times share: Double) {
        visits.add(other.visits, times: share)
        copies.add(other.copies, times: share)
        places += share * other.places
        received += share * other.received
        computed += share * other.computed
    }

    /// The same where a token sees so many times as many distinct domains and ranks, and none more than all tokens.
    func limited(_ domains: ExchangeDomains, copiesOutside: Double, copiesInside: Double) -> ExchangeRows {
        var limited = self
        let all = Self.gathers(domains).most
        func scale(_ links: inout CarriedRows.Links) {
            links.outside = min(links.outside * copiesOutside, all.outside)
            links.inside = min(links.inside * copiesInside, all.inside)
        }
        scale(&limited.copies.most)
        scale(&limited.copies.busiest)
        limited.received = min(received * copiesInside, Double(domains.ranks))
        return limited
    }
}
