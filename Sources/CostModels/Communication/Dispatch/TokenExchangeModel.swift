import Foundation
public import Hardware
import Quantities

/// Prices an exchange of tokens on every path that there is.
///
/// `ExchangeRows` says what ranks carry: flat exchange and low-latency kernels a row a visit, hierarchical the same in two hops after each other (SE-MoE,
/// arXiv:2205.10034, §3.2), gathers every token, DeepEP and HybridEP a copy a distinct node and rank. The rank is waited for that carries most; nothing is
/// faster than links at their nominal rate.
public struct TokenExchangeModel: Sendable {
    private let rates: ClusterRates
    private let constants: SharedConstants
    private let kernels: DispatchKernels?
    private let gpu: String
    private let adapterRate: Double
    /// Rate at which a GPU's links inside a domain send, as they are built, in B/s.
    private let fabricRate: Double

    /// Time of a message over the network beyond its bytes, in s: what an exchange takes longer for every node more (low-latency dispatch and
    /// normal kernels of DeepEP on H100, `DispatchKernels`: 1.2 to 2.5 µs).
    static let messageTime = 2.5e-6
    /// Time of a message inside a node, in s: NCCL's all-to-all of 512 B takes 0.2 to 0.7 µs longer for every peer more (H100 and B200, 2 to 8
    /// GPUs, NVIDIA AIConfigurator).
    static let insideMessageTime = 5e-7
    /// Share of a GPU's line rate on which DeepEP was measured over nodes, in B/s: 400 Gb/s an H100 (DGX).
    static let measuredAdapterRate = 50e9

    /// A model of a cluster.
    public init(_ cluster: ClusterProfile, constants: SharedConstants = .fitted) {
        rates = ClusterRates(cluster)
        self.constants = constants
        gpu = cluster.first.gpu.name
        kernels = DispatchKernels(gpu: gpu)
        adapterRate =
            cluster.groups.map { $0.network.nodeBandwidth.value / Double(max(1, $0.gpusPerNode)) }.min() ?? Self.measuredAdapterRate
        fabricRate = cluster.groups.map(\.fabric.bandwidth.value).min() ?? .infinity
    }

    /// How fabrics join the ranks of an exchange.
    public func domains(_ ranks: Int) -> ExchangeDomains { ExchangeDomains(ranks: ranks, size: rates.domainSize) }

    /// The price on a path.
    public func price(_ question: TokenExchangeQuestion, on path: TokenPath) -> TokenExchangePrice {
        let domains = domains(question.ranks)
        let rows = rows(question, domains)
        let there = oneWay(question, path, domains, rows, bytes: question.dispatchBytes, isCombine: false)
        let back = oneWay(question, path, domains, rows, bytes: 2, isCombine: true)
        return TokenExchangePrice(
            path: path, dispatch: there.seconds, combine: back.seconds, insideBytes: there.inside, outsideBytes: there.outside,
            insideMessages: there.messages.inside, outsideMessages: there.messages.outside, isMeasured: there.isMeasured,
            notes: there.isMeasured ? notes(question, path, domains) : path == .deepEP || path == .lowLatency ? unmeasured : [])
    }

    private struct OneWay {
        var seconds, inside, outside: Double
        var messages: (inside: Double, outside: Double)
        var isMeasured = false
    }

    private func oneWay(
        _ q: TokenExchangeQuestion, _ path: TokenPath, _ domains: ExchangeDomains, _ rows: ExchangeRows, bytes: Double, isCombine: Bool
    ) -> OneWay {
        let row = q.hidden * bytes
        let carried =
            switch path {
            case .flat, .lowLatency, .hierarchical: rows.visits
            case .allGather: ExchangeRows.gathers(domains)
            case .deepEP, .hybridEP: rows.copies
            }
        let most = path == .hierarchical ? CarriedRows.Links(inside: rows.places, outside: carried.most.outside) : carried.most
        let shown = path == .hierarchical ? most : carried.busiest
        var way = OneWay(
            seconds: 0, inside: q.tokens * row * shown.inside, outside: q.tokens * row * shown.outside, messages: messages(q, path, domains)
        )
        let (within, beyond) = (q.tokens * row * most.inside, q.tokens * row * most.outside)
        let nodes = Double(domains.count)
        if path == .deepEP || path == .lowLatency, let law = law(path, nodes: nodes, isCombine: isCombine) {
            var point = DispatchLaw.Point(
                tokens: q.tokens, hidden: q.hidden, perToken: q.perToken, experts: q.experts, ranks: Double(domains.ranks), nodes: nodes,
                multiprocessors: q.multiprocessors, bytes: bytes)
            if path == .lowLatency { point.perToken = rows.computed }
            point.distinctRanks = rows.received
            if nodes > 1 { point.distinctNodes = most.outside * nodes / (nodes - 1) }
            let scaled = law.seconds(point) * (nodes > 1 ? max(1, Self.measuredAdapterRate / adapterRate) : 1)
            way.seconds = max(scaled, within / fabricRate, nodes > 1 ? beyond / adapterRate : 0)
            way.isMeasured = true
            return way
        }
        let collective: Collective = path == .allGather ? .allGather : .allToAll
        let inside = within / rates.domainRate(path == .flat ? .allToAll : .allGather, ranks: domains.size)
        let network = rates.networkRate(
            collective, nodes: domains.count, bytes: q.tokens * q.perToken * row, share: constants.exchangeNetworkShare,
            constants: constants)
        let outside = domains.count > 1 ? beyond / network : 0
        let start = path == .lowLatency ? 1e-5 : constants.exchangeLatency
        let messages =
            way.messages.inside * Self.insideMessageTime + (domains.count > 1 ? way.messages.outside * Self.messageTime : 0)
        // Two hops follow each other; everything else fills both kinds of links at once.
        way.seconds = (path == .hierarchical ? inside + outside : max(inside, outside)) + start + (path == .lowLatency ? 0 : messages)
        return way
    }

    /// Messages that a rank sends: of several domains one of the smallest, which has most peers over the network.
    private func messages(_ q: TokenExchangeQuestion, _ path: TokenPath, _ domains: ExchangeDomains) -> (inside: Double, outside: Double) {
        let (e, p) = (Double(domains.ranks), Double(domains.smallest))
        switch path {
        case .flat: return (p - 1, e - p)
        case .lowLatency: return (q.tokens * q.perToken * (p - 1) / e, q.tokens * q.perToken * (e - p) / e)
        default: return (p - 1, Double(domains.count - 1))
        }
    }

    /// What ranks carry, as tokens are routed or as one busy rank makes it, under the limit of nodes where there is one.
    private func rows(_ q: TokenExchangeQuestion, _ domains: ExchangeDomains) -> ExchangeRows {
        func seen(_ share: Double) -> Double { DistinctGroups.seen(share, perToken: q.perToken, of: q.experts) }
        let rows = q.routed ?? .hot(q.imbalance, domains, perToken: q.perToken, seen: seen)
        guard let limit = q.nodeLimit, limit < domains.count else { return rows }
        let (n, e) = (Double(domains.count), Double(domains.ranks))
        let nodes = DistinctGroups.limited(to: limit, of: domains.count, perToken: Int(q.perToken), experts: q.experts)
        let ranks = DispatchLaw.distinct(Double(limit * domains.size), of: q.experts * Double(limit) / n, perToken: q.perToken)
        return rows.limited(domains, copiesOutside: nodes / (n * seen(1 / n)), copiesInside: min(1, ranks / (e * seen(1 / e))))
    }

    private func law(_ path: TokenPath, nodes: Double, isCombine: Bool) -> DispatchLaw? {
        guard let kernels else { return nil }
        let family: DispatchLaw.Family =
            path == .lowLatency ? (nodes > 1 ? .lowLatencyOverNodes : .lowLatency) : nodes > 1 ? .normalOverNodes : .normal
        return (isCombine ? kernels.combine : kernels.dispatch)[family]
    }

    private var unmeasured: [String] {
        ["\(gpu): DeepEP was not measured on it\(kernels == nil ? "" : " over nodes"); links' rates stand for its kernels"]
    }

    /// Where a question lies outside what was measured.
    private func notes(_ q: TokenExchangeQuestion, _ path: TokenPath, _ domains: ExchangeDomains) -> [String] {
        var notes: [String] = []
        let n = domains.count
        if n > DispatchKernels.measuredNodes {
            notes.append("\(n) nodes are wider than anything measured (\(DispatchKernels.measuredNodes)): extrapolated")
        }
        if n == 1, let most = kernels?.measuredRanks, q.ranks > most {
            notes.append("\(q.ranks) ranks of one fabric are more than were measured (\(most)): extrapolated")
        }
        let tokens = n > 1 ? DispatchKernels.measuredTokensOverNodes : DispatchKernels.measuredTokens
        if path == .deepEP, q.tokens > Double(tokens) {
            notes.append(
                n > 1
                    ? "more than \(tokens) tokens a rank: on 8 nodes a combine took up to 2.6 times as long as this"
                    : "more than \(tokens) tokens a rank: extrapolated")
        }
        if path == .deepEP, !DispatchKernels.measuredMultiprocessors.contains(Int(q.multiprocessors)) {
            let (few, most) = (DispatchKernels.measuredMultiprocessors.lowerBound, DispatchKernels.measuredMultiprocessors.upperBound)
            notes.append("its kernels were measured on \(few) to \(most) multiprocessors: extrapolated, and no faster than the links")
        }
        if path == .deepEP, n > DispatchKernels.measuredNodeLimit, q.nodeLimit.map({ $0 > DispatchKernels.measuredNodeLimit }) ?? true {
            notes.append(
                "over \(n) nodes tokens were measured that visit at most \(DispatchKernels.measuredNodeLimit) of them: more is extrapolated"
            )
        }
        if path == .lowLatency, q.tokens > 1024 {
            notes.append("low-latency kernels were measured up to 1,024 tokens a rank: extrapolated")
        }
        if n > 1, adapterRate < Self.measuredAdapterRate { notes.append("scaled from adapters of 400 Gb/s a GPU") }
        return notes
    }
}
