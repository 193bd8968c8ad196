import Foundation

/// Rates of the collectives that keep data-parallel replicas alike.
struct DataParallelExchange: Sendable {
    let rates: ClusterRates
    /// Share of the achieved network bandwidth that the stack's collectives reach.
    let efficiency: Double

    /// Bandwidth in B/s of a group of `ranks` whose neighbours are `stride` GPUs apart: the members inside a domain share its adapters.
    @inline(__always)
    func bandwidth(ranks: Int, stride: Int) -> Double {
        let together = max(1, min(ranks, rates.domainSize / max(1, stride)))
        guard ranks > together else { return rates.gatherRate * efficiency }
        let nodes = ranks * stride / rates.gpusPerNode
        return min(rates.gatherRate, Double(together) * rates.networkRate(acrossNodes: nodes)) * efficiency
    }

    /// Time in s of a reduce-scatter or all-gather of `bytes` over the group: (n−1)/n · S / B.
    @inline(__always)
    func seconds(bytes: Double, ranks: Int, stride: Int) -> Double {
        guard ranks > 1 else { return 0 }
        let n = Double(ranks)
        return (n - 1) / n * bytes / bandwidth(ranks: ranks, stride: stride)
    }
}
