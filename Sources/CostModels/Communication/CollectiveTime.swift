import Foundation
public import Hardware

/// Time of a collective over a group, from measured curves where the profile has them and from
/// `a + f·S/B + c·√S` otherwise (fitted on 154 NCCL curves, 1 KiB–512 MiB; docs/accuracy.md).
public struct CollectiveTime: Sendable {
    let rates: ClusterRates
    let curves: [CollectiveCurve]

    /// The collectives of a cluster.
    public init(rates: ClusterRates, curves: [CollectiveCurve]) {
        self.rates = rates
        self.curves = curves
    }

    /// Latency of other collectives over that of an all-reduce.
    static let otherWeight = 0.7

    /// Bandwidth a partial group of a domain reaches over a full one's: fewer channels carry it.
    static func partialShare(_ collective: Collective, ranks: Int) -> Double {
        switch (collective, ranks) {
        case (.allReduce, 2): 0.75
        case (.allReduce, 3...4): 0.85
        case (_, 2): 0.75
        case (_, 3...4): 0.93
        default: 1
        }
    }

    /// Time in s of `collective` over `ranks` adjacent GPUs, `bytes` counted as nccl-tests counts them (the whole tensor).
    public func seconds(_ collective: Collective, bytes: Double, ranks: Int) -> Double {
        guard ranks > 1, bytes > 0 else { return 0 }
        let nodes = max(1, ranks / rates.gpusPerNode)
        if let curve = curve(of: collective, ranks: ranks, nodes: nodes) { return measuredSeconds(curve, bytes: bytes, nodes: nodes) }
        return formulaSeconds(collective, bytes: bytes, ranks: ranks, nodes: nodes)
    }

    /// The measured curve of a group: the collective's own, or that of the one that is measured like it.
    private func curve(of collective: Collective, ranks: Int, nodes: Int) -> CollectiveCurve? {
        for one in collective.equivalents {
            if let curve = curves.first(where: { $0.collective == one && $0.gpus == ranks && $0.nodes == nodes && $0.groupsAtOnce == 1 }) {
                return curve
            }
        }
        return nil
    }

    /// Time by the formula alone, in s.
    private func formulaSeconds(_ collective: Collective, bytes: Double, ranks: Int, nodes: Int) -> Double {
        let isInside = ranks <= rates.domainSize
        let reduces = collective == .allReduce
        let domain = reduces ? rates.reduceRate : rates.gatherRate
        let inside = domain * (rates.crowding > 0 ? rates.uncrowded(ranks) : Self.partialShare(collective, ranks: ranks))
        let outside = rates.networkRate(collective, nodes: nodes, bytes: bytes) * Double(rates.gpusPerNode)
        let bandwidth = isInside ? inside : min(domain, outside)
        let weight = reduces ? 1 : Self.otherWeight
        return weight * rates.latency + collective.busFactor(ranks) * bytes / bandwidth + weight * rates.rootCoefficient
            * bytes.squareRoot()
    }

    /// A measured time; beyond the measured sizes the formula carries on from the nearest point.
    private func measuredSeconds(_ curve: CollectiveCurve, bytes: Double, nodes: Int) -> Double {
        let nearest = min(max(bytes, curve.bytes[0]), curve.bytes[curve.bytes.count - 1])
        guard nearest != bytes else { return curve.seconds(bytes) }
        return curve.seconds(nearest) * formulaSeconds(curve.collective, bytes: bytes, ranks: curve.gpus, nodes: nodes)
            / formulaSeconds(curve.collective, bytes: nearest, ranks: curve.gpus, nodes: nodes)
    }

    /// Whether the profile measured this collective at this size, rather than a formula or an extension of a curve giving its time.
    public func isMeasured(_ collective: Collective, bytes: Double, ranks: Int) -> Bool {
        let nodes = max(1, ranks / rates.gpusPerNode)
        guard let curve = curve(of: collective, ranks: ranks, nodes: nodes) else { return false }
        return bytes >= curve.bytes[0] && bytes <= (curve.bytes.last ?? 0)
    }

    /// Whether the profile has curves, but none that reaches this collective at this size, so that its constants give the time.
    func isExtrapolated(_ collective: Collective, bytes: Double, ranks: Int) -> Bool {
        ranks > 1 && !curves.isEmpty && !isMeasured(collective, bytes: bytes, ranks: ranks)
    }
}
