import Foundation
public import Hardware
import Quantities

/// Prices an exchange of tokens on every path that there is.
///
/// For G nodes of p ranks, S = T·k·h·b bytes a rank: flat sends `S·(G − 1)/G` over the network and `S·(p − 1)/(G·p)` inside beside each other, in
/// G·p − 1 messages; hierarchical `S·(p − 1)/p` inside and then `S·(G − 1)/G` over the network in p − 1 and G − 1 messages (SE-MoE, arXiv:2205.10034,
/// §3.2). Gathers move every token everywhere. DeepEP and HybridEP send a copy a distinct node and rank.
public struct TokenExchangeModel: Sendable {
    private let rates: ClusterRates
    private let constants: SharedConstants
    private let kernels: DispatchKernels?
    private let gpu: String
    private let adapterRate: Double

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
    }

    /// Ranks of an exchange that one fabric joins.
    public func perDomain(_ ranks: Int) -> Int { min(ranks, rates.domainSize) }

    /// The price on a path.
    public func price(_ question: TokenExchangeQuestion, on path: TokenPath) -> TokenExchangePrice {
        let there = oneWay(question, path, bytes: question.dispatchBytes, isCombine: false)
        let back = oneWay(question, path, bytes: 2, isCombine: true)
        return TokenExchangePrice(
            path: path, dispatch: there.seconds, combine: back.seconds, insideBytes: there.inside, outsideBytes: there.outside,
            insideMessages: there.messages.inside, outsideMessages: there.messages.outside, isMeasured: there.isMeasured,
            notes: there.isMeasured ? notes(question, path) : path == .deepEP || path == .lowLatency ? unmeasured : [])
    }

    private struct OneWay {
        var seconds, inside, outside: Double
        var messages: (inside: Double, outside: Double)
        var isMeasured = false
    }

    private func oneWay(_ q: TokenExchangeQuestion, _ path: TokenPath, bytes: Double, isCombine: Bool) -> OneWay {
        let e = Double(max(1, q.ranks))
        let p = Double(perDomain(q.ranks))
        let n = (e / p).rounded(.up)
        let row = q.hidden * bytes
        let volume = q.tokens * q.perToken * row
        let (ranks, nodes) = distinct(q, nodes: n, perNode: p)
        var way: OneWay
        switch path {
        case .flat, .lowLatency:
            way = OneWay(
                seconds: 0, inside: volume * (p - 1) / e, outside: volume * (n - 1) / n,
                messages: path == .flat ? (p - 1, e - p) : (q.tokens * q.perToken * (p - 1) / e, q.tokens * q.perToken * (n - 1) / n))
        case .hierarchical:
            way = OneWay(seconds: 0, inside: volume * (p - 1) / p, outside: volume * (n - 1) / n, messages: (p - 1, n - 1))
        case .allGather:
            way = OneWay(
                seconds: 0, inside: q.tokens * row * n * (p - 1), outside: q.tokens * row * (n - 1), messages: (p - 1, n - 1))
        case .deepEP, .hybridEP:
            way = OneWay(
                seconds: 0, inside: q.tokens * row * ranks * (p - 1) / p, outside: q.tokens * row * nodes * (n - 1) / n,
                messages: (p - 1, n - 1))
        }
        if path == .deepEP || path == .lowLatency, let law = law(path, nodes: n, isCombine: isCombine) {
            var point = DispatchLaw.Point(
                tokens: q.tokens, hidden: q.hidden, perToken: q.perToken, experts: q.experts, ranks: e, nodes: n,
                multiprocessors: q.multiprocessors, bytes: bytes)
            (point.distinctRanks, point.distinctNodes) = (ranks, nodes)
            way.seconds = law.seconds(point) * q.imbalance * (n > 1 ? max(1, Self.measuredAdapterRate / adapterRate) : 1)
            way.isMeasured = true
            return way
        }
        let collective: Collective = path == .allGather ? .allGather : .allToAll
        let inside = way.inside / rates.domainRate(path == .flat ? .allToAll : .allGather, ranks: Int(p))
        let network = rates.networkRate(
            collective, nodes: Int(n), bytes: volume, share: constants.exchangeNetworkShare, constants: constants)
        let outside = n > 1 ? way.outside / network : 0
        let start = path == .lowLatency ? 1e-5 : constants.exchangeLatency
        let messages = way.messages.inside * Self.insideMessageTime + (n > 1 ? way.messages.outside * Self.messageTime : 0)
        // Two hops follow each other; everything else fills both kinds of links at once.
        let moved = path == .hierarchical ? inside + outside : max(inside, outside)
        way.seconds = moved * q.imbalance + start + (path == .lowLatency ? 0 : messages)
        return way
    }

    /// Distinct ranks and nodes that a token visits, under the limit of nodes where there is one.
    private func distinct(_ q: TokenExchangeQuestion, nodes n: Double, perNode p: Double) -> (ranks: Double, nodes: Double) {
        let limit = Double(q.nodeLimit ?? Int.max)
        if limit < n {
            // Uniform over the nodes that the limit leaves.
            let experts = q.experts * limit / n
            let nodes = DispatchLaw.distinct(limit, of: experts, perToken: q.perToken)
            return (min(DispatchLaw.distinct(limit * p, of: experts, perToken: q.perToken), q.distinctRanks ?? .infinity), nodes)
        }
        return (
            q.distinctRanks ?? DispatchLaw.distinct(n * p, of: q.experts, perToken: q.perToken),
            q.distinctNodes ?? DispatchLaw.distinct(n, of: q.experts, perToken: q.perToken)
        )
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
    private func notes(_ q: TokenExchangeQuestion, _ path: TokenPath) -> [String] {
        var notes: [String] = []
        let n = (q.ranks + perDomain(q.ranks) - 1) / perDomain(q.ranks)
        if n > DispatchKernels.measuredNodes {
            notes.append("\(n) nodes are wider than anything measured (\(DispatchKernels.measuredNodes)): extrapolated")
        }
        if n == 1, let most = kernels?.measuredRanks, q.ranks > most {
            notes.append("\(q.ranks) ranks of one fabric are more than were measured (\(most)): extrapolated")
        }
        let tokens = n > 1 ? DispatchKernels.measuredTokensOverNodes : DispatchKernels.measuredTokens
        if path == .deepEP, q.tokens > Double(tokens) {
            notes.append("more than \(tokens) tokens a rank: on 8 nodes a combine took up to 2.6 times as long as this")
        }
        if path == .lowLatency, q.tokens > 1024 {
            notes.append("low-latency kernels were measured up to 1,024 tokens a rank: extrapolated")
        }
        if n > 1, adapterRate < Self.measuredAdapterRate { notes.append("scaled from adapters of 400 Gb/s a GPU") }
        return notes
    }
}
