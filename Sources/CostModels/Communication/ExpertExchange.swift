import Foundation
import Hardware
import Parallelism

/// Expert-parallel dispatch or combine of one mixture layer for one micro-batch.
///
/// A plain all-to-all carries one copy a token and expert; DeepEP and HybridEP carry one copy a token and distinct rank inside a domain
/// and one a token and distinct domain outside (expected numbers under uniform routing: n·(1 − (1 − 1/n)^k)). The rank is waited for that carries most
/// (`ExchangeRows`).
struct ExpertExchange: Sendable {
    let rates: ClusterRates
    let constants: SharedConstants
    /// What the model's routing makes ranks carry, for each number of visits a token; empty for uniform routing.
    var routed: [RoutedRows] = []

    /// Time in s of one direction (dispatch or combine), before hiding.
    ///
    /// - Parameters:
    ///   - tokens: tokens of a rank before dispatch, sharded over t and c.
    ///   - rowBytes: bytes of a token's activation.
    ///   - imbalance: busiest over mean load of expert ranks, of which one is so busy, where no routing says more.
    ///   - group: the layers' group in the routing; nil for the mean over all layers.
    ///   - nodeLimit: nodes that a token's experts may be on, at most; nil for any.
    func seconds(
        tokens: Double, rowBytes: Double, expertsPerToken: Double, expert: Int, expertTensor: Int, dispatcher: ExecutionChoices.Dispatcher,
        imbalance: Double, group: Int? = nil, nodeLimit: Int? = nil
    ) -> Double {
        var time = 0.0
        if expert > 1 {
            let domains = ExchangeDomains(ranks: expert, size: rates.domainSize / expertTensor)
            let carried = rows(domains, expertsPerToken, imbalance: imbalance, group: group, nodeLimit: nodeLimit)
            let links =
                switch dispatcher {
                case .allToAll: carried.visits.most
                case .hierarchical: CarriedRows.Links(inside: carried.places, outside: carried.visits.most.outside)
                case .deepEP, .hybridEP: carried.copies.most
                case .allGather: ExchangeRows.gathers(domains).most
                }
            let nodes = (expert * expertTensor + rates.gpusPerNode - 1) / rates.gpusPerNode
            let network = rates.networkRate(
                .allToAll, nodes: nodes, bytes: tokens * expertsPerToken * rowBytes, share: constants.exchangeNetworkShare,
                constants: constants)
            // DeepEP and HybridEP write to their peers' memory as gathers do; NCCL's all-to-all has channels of its own.
            let domain = rates.domainRate(dispatcher == .allToAll ? .allToAll : .allGather, ranks: domains.size)
            let within = tokens * rowBytes * links.inside / domain
            let overNetwork = domains.count > 1 ? tokens * rowBytes * links.outside / network : 0
            if dispatcher == .hierarchical {
                // The start of a flat exchange holds its messages to every rank, most of which two hops need not send.
                let saved = TokenExchangeModel.messageTime * Double(max(0, expert - domains.size - (domains.count - 1)))
                time = within + overNetwork + max(0, constants.exchangeLatency - saved)
            } else {
                time = max(within, overNetwork) + constants.exchangeLatency
            }
        }
        if expertTensor > 1 {
            let x = Double(expertTensor)
            time += tokens * expertsPerToken * x * rowBytes * (x - 1) / x / rates.domainRate(.allGather, ranks: expertTensor)
        }
        return time
    }

    /// What ranks carry, as tokens are routed or as one busy rank makes it.
    private func rows(_ domains: ExchangeDomains, _ k: Double, imbalance: Double, group: Int?, nodeLimit: Int?) -> ExchangeRows {
        func seen(_ share: Double) -> Double { DistinctGroups.seen(share, perToken: k) }
        let stated = routed.lazy.compactMap { $0.rows(group: group, domains, perToken: k) }.first
        let rows = stated ?? .hot(imbalance, domains, perToken: k, seen: seen)
        guard let nodeLimit, nodeLimit < domains.count else { return rows }
        let (n, e) = (Double(domains.count), Double(domains.ranks))
        let ranks = Double(nodeLimit * domains.size)
        return rows.limited(
            domains, copiesOutside: DistinctGroups.limited(to: nodeLimit, of: domains.count, perToken: Int(k)) / (n * seen(1 / n)),
            copiesInside: min(1, ranks * seen(1 / ranks) / (e * seen(1 / e))))
    }
}
