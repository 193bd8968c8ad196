import Parallelism

/// Context-parallel communication of one layer for one micro-batch.
struct ContextExchange: Sendable {
    let rates: ClusterRates
    let constants: SharedConstants

    /// Visible forward and backward times in s.
    ///
    /// - Ring (arXiv:2310.01889): keys and values go once around; the part not hidden by attention shows; backward sends keys, values and
    ///   their gradients, twice as much.
    /// - All-gather (arXiv:2407.21783 §3.3.2): the same volume, exposed.
    /// - Ulysses (arXiv:2309.14509): four all-to-alls of queries, keys, values and output.
    /// - Parameters:
    ///   - keyValueBytes: keys and values of the whole sequence on a tensor rank, 4·b·s·(g/t)·d B.
    ///   - queryBytes: queries of the whole sequence on a tensor rank, 2·b·s·(a/t)·d B.
    func seconds(kind: ContextParallelKind, keyValueBytes: Double, queryBytes: Double, context: Int, tensor: Int)
        -> (forward: Double, backward: Double)
    {
        guard context > 1 else { return (0, 0) }
        let c = Double(context)
        let isInside = tensor * context <= rates.domainSize
        let bandwidth = isInside ? rates.gatherRate : rates.networkRate(acrossNodes: max(1, tensor * context / rates.gpusPerNode))
        let around = keyValueBytes * (c - 1) / c / bandwidth
        switch kind {
        case .ring: return (around * constants.visibleRingShare, 2 * around * constants.visibleRingShare)
        case .allGather: return (around, 2 * around)
        case .ulysses:
            let exchange = (2 * queryBytes + keyValueBytes) / c * (c - 1) / c / bandwidth
            return (exchange, exchange)
        }
    }
}
