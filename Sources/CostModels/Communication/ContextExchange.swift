import Hardware
import Parallelism

/// Context-parallel communication of one layer for one micro-batch.
struct ContextExchange: Sendable {
    let rates: ClusterRates
    let constants: SharedConstants

    /// Visible forward and backward times in s.
    ///
    /// - Ring (arXiv:2310.01889): keys and values go once around, a share a step while the attention of another share runs, so that a step
    ///   takes the longer of the two and a part of the shorter; backward sends keys, values and their gradients, twice as much.
    /// - All-gather (arXiv:2407.21783 §3.3.2): the same volume, exposed.
    /// - Ulysses (arXiv:2309.14509): four all-to-alls of queries, keys, values and output.
    /// - Parameters:
    ///   - keyValueBytes: keys and values of the whole sequence on a tensor rank, 4·b·s·(g/t)·d B.
    ///   - queryBytes: queries of the whole sequence on a tensor rank, 2·b·s·(a/t)·d B.
    ///   - compute: attention of the rank, forward and backward, in s.
    func seconds(
        kind: ContextParallelKind, keyValueBytes: Double, queryBytes: Double, context: Int, tensor: Int,
        beside compute: (forward: Double, backward: Double) = (0, 0)
    ) -> (forward: Double, backward: Double) {
        guard context > 1 else { return (0, 0) }
        let c = Double(context)
        switch kind {
        case .ring:
            let send = keyValueBytes / c / rate(.sendReceive, bytes: keyValueBytes / c, context, tensor) + constants.transferLatency
            func shown(_ transfer: Double, _ attention: Double) -> Double {
                (c - 1) * (max(transfer, attention / c) - attention / c + constants.visibleRingShare * min(transfer, attention / c))
            }
            return (shown(send, compute.forward), shown(2 * send, compute.backward))
        case .allGather:
            let around = keyValueBytes * (c - 1) / c / rate(.allGather, bytes: keyValueBytes, context, tensor)
            return (around, 2 * around)
        case .ulysses:
            let sent = (2 * queryBytes + keyValueBytes) / c
            let exchange = sent * (c - 1) / c / rate(.allToAll, bytes: sent, context, tensor)
            return (exchange, exchange)
        }
    }

    /// Time in s in which context ranks exchange tokens for heads all to all, of which a rank has `bytes`.
    func exchangeSeconds(bytes: Double, context: Int, tensor: Int) -> Double {
        guard context > 1 else { return 0 }
        let c = Double(context)
        return bytes * (c - 1) / c / rate(.allToAll, bytes: bytes, context, tensor)
    }

    /// What a rank sends at, in B/s; `bytes` as nccl-tests counts the message.
    private func rate(_ collective: Collective, bytes: Double, _ context: Int, _ tensor: Int) -> Double {
        let span = tensor * context
        guard span > rates.domainSize else { return rates.domainRate(collective, ranks: span) }
        return rates.networkRate(collective, nodes: max(1, span / rates.gpusPerNode), bytes: bytes)
    }
}
