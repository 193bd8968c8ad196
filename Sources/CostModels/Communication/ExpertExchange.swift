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

    /// Time in s of one direction (dispatch or combine), before hiding.
    ///
    /// - Parameters:
    ///   - tokens: tokens of a rank before dispatch, sharded over t and c.
    ///   - rowBytes: bytes of a token's activation.
    ///   - imbalance: busiest over mean load of expert ranks.
    func seconds(
        tokens: Double, rowBytes: Double, expertsPerToken: Double, expert: Int, expertTensor: Int, dispatcher: ExecutionChoices.Dispatcher,
        imbalance: Double
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
            case .allToAll:
                inside = tokens * expertsPerToken * rowBytes * (perDomain - 1) / e
                outside = tokens * expertsPerToken * rowBytes * (n - 1) / n
            case .deepEP, .hybridEP:
                inside = tokens * rowBytes * e * (1 - pow(1 - 1 / e, expertsPerToken)) * (perDomain - 1) / perDomain
                outside = tokens * rowBytes * n * (1 - pow(1 - 1 / n, expertsPerToken)) * (n - 1) / n
            case .allGather:
                inside = tokens * rowBytes * (perDomain - 1)
                outside = tokens * rowBytes * (n - 1)
            }
            let network = rates.networkRate(
                .allToAll, nodes: max(1, expert * expertTensor / rates.gpusPerNode), bytes: tokens * expertsPerToken * rowBytes,
                share: constants.exchangeNetworkShare, constants: constants)
            // DeepEP and HybridEP write to their peers' memory as gathers do; NCCL's all-to-all has channels of its own.
            let domain = rates.domainRate(dispatcher == .allToAll ? .allToAll : .allGather, ranks: expert / domains)
            time = max(inside / domain, domains > 1 ? outside / network : 0) * imbalance + constants.exchangeLatency
        }
        if expertTensor > 1 {
            let x = Double(expertTensor)
            time += tokens * expertsPerToken * x * rowBytes * (x - 1) / x / rates.domainRate(.allGather, ranks: expertTensor)
        }
        return time
    }
}
