import Foundation
import Hardware
import Parallelism

/// Expert-parallel dispatch or combine of one mixture layer for one micro-batch.
///
/// A plain all-to-all carries one copy a token and expert; DeepEP and HybridEP carry one copy a token and distinct rank inside a domain
/// and one a token and distinct domain outside (expected numbers under uniform routing: n·(1 − (1 − 1/n)^k)).
struct ExpertExchange: Sendable {
    let rates: ClusterRates
    let constants: SharedConstants
    /// What tokens of the model's mixtures visit by its routing; empty for uniform routing.
    var visits: [VisitedGroups] = []

    /// Time in s of one direction (dispatch or combine), before hiding.
    ///
    /// - Parameters:
    ///   - tokens: tokens of a rank before dispatch, sharded over t and c.
    ///   - rowBytes: bytes of a token's activation.
    ///   - imbalance: busiest over mean load of expert ranks.
    ///   - nodeLimit: nodes that a token's experts may be on, at most; nil for any.
    func seconds(
        tokens: Double, rowBytes: Double, expertsPerToken: Double, expert: Int, expertTensor: Int, dispatcher: ExecutionChoices.Dispatcher,
        imbalance: Double, nodeLimit: Int? = nil
    ) -> Double {
        var time = 0.0
        let e = Double(expert)
        if expert > 1 {
            let domains = max(1, (expert * expertTensor) / rates.domainSize)
            let n = Double(domains)
            let perDomain = e / n
            let inside: Double
            let outside: Double
            switch dispatcher {
            case .hierarchical:
                inside = tokens * expertsPerToken * rowBytes * (perDomain - 1) / perDomain
                outside = tokens * expertsPerToken * rowBytes * (n - 1) / n
            case .allToAll:
                inside = tokens * expertsPerToken * rowBytes * (perDomain - 1) / e
                outside = tokens * expertsPerToken * rowBytes * (n - 1) / n
            case .deepEP, .hybridEP:
                let limit = nodeLimit.map { min(n, Double($0)) } ?? n
                let ranks = visited(limit * perDomain, of: expert, expertsPerToken, isLimited: limit < n)
                let nodes = visited(limit, of: domains, expertsPerToken, isLimited: limit < n)
                inside = tokens * rowBytes * ranks * (perDomain - 1) / perDomain
                outside = tokens * rowBytes * nodes * (n - 1) / n
            case .allGather:
                inside = tokens * rowBytes * (perDomain - 1)
                outside = tokens * rowBytes * (n - 1)
            }
            let network = rates.networkRate(
                .allToAll, nodes: max(1, expert * expertTensor / rates.gpusPerNode), bytes: tokens * expertsPerToken * rowBytes,
                share: constants.exchangeNetworkShare, constants: constants)
            // DeepEP and HybridEP write to their peers' memory as gathers do; NCCL's all-to-all has channels of its own.
            let domain = rates.domainRate(dispatcher == .allToAll ? .allToAll : .allGather, ranks: expert / domains)
            let overNetwork = domains > 1 ? outside / network : 0
            if dispatcher == .hierarchical {
                // The start of a flat exchange holds its messages to every rank, most of which two hops need not send.
                let saved = TokenExchangeModel.messageTime * max(0, e - perDomain - (n - 1))
                time = (inside / domain + overNetwork) * imbalance + max(0, constants.exchangeLatency - saved)
            } else {
                time = max(inside / domain, overNetwork) * imbalance + constants.exchangeLatency
            }
        }
        if expertTensor > 1 {
            let x = Double(expertTensor)
            time += tokens * expertsPerToken * x * rowBytes * (x - 1) / x / rates.domainRate(.allGather, ranks: expertTensor)
        }
        return time
    }

    /// Distinct of so many groups that a token visits: n·(1 − (1 − 1/n)^k) where they are visited alike or few nodes are allowed, else as they are
    /// routed.
    private func visited(_ groups: Double, of all: Int, _ perToken: Double, isLimited: Bool) -> Double {
        if !isLimited {
            for table in visits { if let mean = table.mean(groups: all, perToken: perToken) { return mean } }
        }
        return groups * (1 - pow(1 - 1 / groups, perToken))
    }
}
