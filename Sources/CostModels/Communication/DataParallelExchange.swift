import Foundation
import Hardware

/// Rates of the collectives that keep data-parallel replicas alike.
struct DataParallelExchange: Sendable {
    let rates: ClusterRates
    /// Share of the achieved network bandwidth that the stack's collectives reach.
    let efficiency: Double
    let constants: SharedConstants

    /// Bandwidth in B/s of a collective over `ranks` whose neighbours are `stride` GPUs apart: the members inside a domain share its adapters.
    @inline(__always)
    func bandwidth(_ collective: Collective, ranks: Int, stride: Int) -> Double {
        let together = max(1, min(ranks, rates.domainSize / max(1, stride)))
        guard ranks > together else { return rates.domainRate(collective, ranks: ranks) * efficiency }
        let nodes = ranks * stride / rates.gpusPerNode
        let network = rates.networkRate(collective, nodes: nodes, share: efficiency, constants: constants)
        let domain = together > 1 ? rates.domainRate(collective, ranks: together) : rates.gatherRate
        return min(domain * efficiency, Double(together) * network)
    }

    /// Whether a group leaves a fabric domain, and the bytes per second of a rank of it that its network traffic is counted at: its share of
    /// what the members of a domain send through the adapters together.
    func reach(ranks: Int, stride: Int) -> (leavesDomain: Bool, rate: Double) {
        let together = max(1, min(ranks, rates.domainSize / max(1, stride)))
        let nodes = ranks * stride / rates.gpusPerNode
        return (ranks > together, Double(together) * rates.networkRate(acrossNodes: nodes))
    }

    /// What a reduce-scatter or all-gather over a group moves and how fast: (n−1)/n · S / B, and n−1 times the latency of a rank.
    struct Rate: Sendable {
        /// (n − 1)/n, 0 for a rank alone.
        var share = 0.0
        /// Bandwidth, in B/s.
        var bandwidth = 1.0

        /// Fixed time of each collective, in s.
        var latency = 0.0

        /// Time of `bytes` without what is fixed, in s.
        @inline(__always)
        func seconds(_ bytes: Double) -> Double { share * bytes / bandwidth }
    }

    /// The rate of a collective over `ranks` whose neighbours are `stride` GPUs apart.
    func rate(_ collective: Collective, ranks: Int, stride: Int) -> Rate {
        guard ranks > 1 else { return Rate() }
        let n = Double(ranks)
        return Rate(
            share: (n - 1) / n, bandwidth: bandwidth(collective, ranks: ranks, stride: stride), latency: (n - 1) * constants.ringLatency)
    }
}
