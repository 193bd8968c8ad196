import Hardware
import Parallelism

/// What ranks of a context-parallel group send at.
public struct ContextLinks: Sendable {
    /// Link rates of the cluster.
    let rates: ClusterRates
    /// Fixed time of a point-to-point transfer, in s.
    let latency: Double
    /// Share of a link's rate that each direction reaches while both are busy.
    let duplexShare: Double

    /// The links of a cluster; full-duplex ones unless told.
    init(rates: ClusterRates, latency: Double, duplexShare: Double = 1) {
        self.rates = rates
        self.latency = latency
        self.duplexShare = duplexShare
    }

    /// What a rank sends at in a group of `ranks` that lie `stride` apart, in B/s; `bytes` as nccl-tests counts the message.
    func rate(_ collective: Collective, bytes: Double, ranks: Int, stride: Int) -> Double {
        let span = ranks * stride
        guard span > rates.domainSize else { return rates.domainRate(collective, ranks: span) }
        return rates.networkRate(collective, nodes: max(1, span / rates.gpusPerNode), bytes: bytes)
    }

    /// A point-to-point transfer to the next of `ranks` that lie `stride` apart.
    func send(_ bytes: Double, ranks: Int, stride: Int, bothWays: Bool = false) -> ContextStep.Transfer {
        guard bytes > 0 else { return .none }
        let rate = rate(.sendReceive, bytes: bytes, ranks: ranks, stride: stride) * (bothWays ? duplexShare : 1)
        return .init(bytes: bytes, seconds: bytes / rate + latency)
    }

    /// An all-to-all of which a rank has `bytes`.
    func allToAll(_ bytes: Double, ranks: Int, stride: Int) -> ContextStep.Transfer {
        guard ranks > 1 else { return .none }
        let n = Double(ranks)
        return .init(
            bytes: bytes * (n - 1) / n, seconds: bytes * (n - 1) / n / rate(.allToAll, bytes: bytes, ranks: ranks, stride: stride))
    }
}
