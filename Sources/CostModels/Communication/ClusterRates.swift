import Foundation
public import Hardware
import Quantities

/// Link rates of a cluster as one GPU sees them, flattened for the collectives' formulas.
public struct ClusterRates: Sendable {
    /// GPUs that one fabric joins.
    public let domainSize: Int
    /// GPUs of a node.
    public let gpusPerNode: Int
    /// Rate of gathers and all-to-alls inside a domain, in B/s per GPU.
    public let gatherRate: Double
    /// Bus bandwidth of all-reduce inside a domain, in B/s.
    public let reduceRate: Double
    /// One GPU's share of its node's adapters, in B/s, as large collectives reach it.
    public let networkRate: Double
    /// Fixed time of a collective, in s.
    public let latency: Double
    /// Time per √byte of a collective, in s/√B.
    public let rootCoefficient: Double
    /// Power by which a part of a domain is faster than the whole; see `CollectiveConstants.crowding`.
    let crowding: Double
    /// Nodes that a switch group joins, lowest level first, with the oversubscription above it.
    let tiers: [(nodes: Int, oversubscription: Double)]
    /// Nodes of the smallest group of a mixed cluster, beyond which a group of ranks crosses a border; all nodes of others.
    let borderNodes: Int
    /// One GPU's share of the slowest border between groups, in B/s.
    let borderRate: Double
    /// What measured curves say.
    let curves: CurveRates
    /// Whether links between nodes were measured.
    private let hasMeasuredLinks: Bool

    /// The rates of a cluster; of a mixed one those of its slowest group, since collectives wait for the slowest.
    public init(_ cluster: ClusterProfile) {
        let groups = cluster.groups
        domainSize = groups.map { max($0.fabric.domainSize, 1) }.min() ?? 1
        gpusPerNode = groups.map(\.gpusPerNode).min() ?? 1
        gatherRate = groups.map { $0.fabric.bandwidth.value * $0.fabric.collectives.gatherShare }.min() ?? 1
        reduceRate = groups.map { $0.fabric.bandwidth.value * $0.fabric.collectives.reduceShare }.min() ?? 1
        latency = groups.map { $0.fabric.collectives.latency.value }.max() ?? 0
        rootCoefficient = groups.map { $0.fabric.collectives.rootCoefficient }.max() ?? 0
        crowding = groups.map { $0.fabric.collectives.crowding }.min() ?? 0
        tiers = cluster.tiers.map { ($0.nodes, $0.oversubscription) }
        let nominal = groups.map { $0.network.nodeBandwidth.value * $0.network.achievedFraction / Double($0.gpusPerNode) }.min() ?? 1
        let measured = cluster.meanNodeBandwidth
        let perNode = Double(groups.map(\.gpusPerNode).min() ?? 1)
        networkRate = measured.map { $0.value / perNode } ?? nominal
        hasMeasuredLinks = measured != nil
        curves = CurveRates(cluster, gpusPerNode: gpusPerNode, domainSize: domainSize)
        borderNodes = groups.map(\.nodes).min() ?? 1
        borderRate = measured == nil ? cluster.slowestBorder.map { $0.value / perNode } ?? .infinity : .infinity
    }

    /// A GPU's network rate inside a group that spans `nodes` nodes: each level it crosses divides by its oversubscription, and a group
    /// larger than a part of a mixed cluster crosses a border.
    @inline(__always)
    public func networkRate(acrossNodes nodes: Int) -> Double {
        var rate = nodes > borderNodes ? min(networkRate, borderRate) : networkRate
        for tier in tiers where nodes > tier.nodes { rate /= tier.oversubscription }
        return rate
    }

    /// Bus bandwidth in B/s of a collective over `ranks` GPUs of one domain, for large messages: measured where the profile has its curve.
    func domainRate(_ collective: Collective, ranks: Int) -> Double {
        for one in collective.equivalents {
            if let rate = curves.insideRate(one, ranks: ranks) { return rate }
        }
        return (collective == .allReduce ? reduceRate : gatherRate) * uncrowded(ranks)
    }

    /// What a group of a domain reaches over the whole domain, where its GPUs share a path.
    func uncrowded(_ ranks: Int) -> Double {
        crowding > 0 ? pow(Double(max(domainSize, ranks)) / Double(max(ranks, 1)), crowding) : 1
    }

    /// One GPU's share of the network in B/s for a collective over `nodes` nodes, as bare collectives reach it.
    func networkRate(_ collective: Collective, nodes: Int, bytes: Double? = nil) -> Double {
        measuredNetworkRate(collective, nodes: nodes, bytes: bytes) ?? networkRate(acrossNodes: nodes)
    }

    /// The same as a program reaches it whose collectives take `share` of the line rate of a well-tuned network.
    ///
    /// Bare collectives reach `tunedCollectiveShare` of it there, so that of what was measured the program reaches `share` over that, and
    /// never more than all.
    func networkRate(_ collective: Collective, nodes: Int, bytes: Double? = nil, share: Double, constants: SharedConstants) -> Double {
        if let measured = measuredNetworkRate(collective, nodes: nodes, bytes: bytes) {
            return measured * min(1, share / constants.tunedCollectiveShare)
        }
        return networkRate(acrossNodes: nodes) * share
    }

    /// The rate that curves give a collective over nodes: its own curve, or where neither it nor the links were measured that of another
    /// collective over the same adapters, which may be helped by switches that reduce and so counts for no more than the line rate.
    private func measuredNetworkRate(_ collective: Collective, nodes: Int, bytes: Double?) -> Double? {
        for one in collective.equivalents {
            if let rate = curves.networkRate(one, nodes: nodes, bytes: bytes) { return rate }
        }
        guard !hasMeasuredLinks else { return nil }
        for other in [Collective.allGather, .reduceScatter, .allReduce, .allToAll, .sendReceive] {
            if let rate = curves.networkRate(other, nodes: nodes, bytes: nil) { return min(rate, networkRate(acrossNodes: nodes)) }
        }
        return nil
    }

    /// The nodes of the largest measured group of a collective, where the profile has curves over nodes but none that reaches `nodes`.
    func measuredNodes(short nodes: Int, of collective: Collective) -> Int? {
        guard nodes > 1, curves.spansNodes else { return nil }
        let most = collective.equivalents.compactMap { curves.mostNodes($0) }.max() ?? 0
        return nodes > most ? most : nil
    }
}

extension Collective {
    /// The collective and the one that is measured like it: reduce-scatter and all-gather move the same bytes over the same rings in opposite
    /// directions.
    var equivalents: [Collective] {
        switch self {
        case .allGather: [.allGather, .reduceScatter]
        case .reduceScatter: [.reduceScatter, .allGather]
        case .allReduce, .allToAll, .sendReceive: [self]
        }
    }
}
