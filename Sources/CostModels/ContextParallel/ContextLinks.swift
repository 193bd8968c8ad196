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

    /// Bytes a second that packing reads and writes at; 0 where packing is not counted.
    let memoryBandwidth: Double

    /// The links of a cluster; full-duplex ones unless told.
    init(rates: ClusterRates, latency: Double, duplexShare: Double = 1, memoryBandwidth: Double = 0) {
        self.rates = rates
        self.memoryBandwidth = memoryBandwidth
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

    /// A trade of heads for tokens over `ranks`: queries, keys, values and outputs, of which a receiver's heads lie together in each token only, so that
    /// they are packed before they leave, outputs as they arrive. Kernels follow each other, so that none waits for its launch.
    func trade(_ work: ContextWork, over ranks: Int, stride: Int) -> ContextStep.Transfer {
        var transfer = allToAll((work.queryBytes + work.outputBytes + work.keyValueBytes) / work.ranks, ranks: ranks, stride: stride)
        guard ranks > 1, work.tokens > 0, memoryBandwidth > 0 else { return transfer }
        for (bytes, tensors) in [(work.queryBytes, 2.0), (work.keyValueBytes / 2, 2.0)] {
            transfer.seconds +=
                tensors
                * PackingCost.packing(
                    bytes: bytes / work.ranks, run: bytes / work.tokens / Double(ranks), bandwidth: memoryBandwidth, launch: 0)
        }
        return transfer
    }

    /// An all-to-all of which a rank has `bytes`.
    func allToAll(_ bytes: Double, ranks: Int, stride: Int) -> ContextStep.Transfer {
        guard ranks > 1 else { return .none }
        let n = Double(ranks)
        return .init(
            bytes: bytes * (n - 1) / n, seconds: bytes * (n - 1) / n / rate(.allToAll, bytes: bytes, ranks: ranks, stride: stride))
    }
}
