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
    /// Nodes that a switch group joins, lowest level first, with the oversubscription above it.
    let tiers: [(nodes: Int, oversubscription: Double)]
    /// Nodes of the smallest group of a mixed cluster, beyond which a group of ranks crosses a border; all nodes of others.
    let borderNodes: Int
    /// One GPU's share of the slowest border between groups, in B/s.
    let borderRate: Double

    /// The rates of a cluster; of a mixed one those of its slowest group, since collectives wait for the slowest.
    public init(_ cluster: ClusterProfile) {
        let groups = cluster.groups
        domainSize = groups.map { max($0.fabric.domainSize, 1) }.min() ?? 1
        gpusPerNode = groups.map(\.gpusPerNode).min() ?? 1
        gatherRate = groups.map { $0.fabric.bandwidth.value * $0.fabric.collectives.gatherShare }.min() ?? 1
        reduceRate = groups.map { $0.fabric.bandwidth.value * $0.fabric.collectives.reduceShare }.min() ?? 1
        latency = groups.map { $0.fabric.collectives.latency.value }.max() ?? 0
        rootCoefficient = groups.map { $0.fabric.collectives.rootCoefficient }.max() ?? 0
        tiers = cluster.tiers.map { ($0.nodes, $0.oversubscription) }
        let nominal = groups.map { $0.network.nodeBandwidth.value * $0.network.achievedFraction / Double($0.gpusPerNode) }.min() ?? 1
        let measured = cluster.meanNodeBandwidth
        let perNode = Double(groups.map(\.gpusPerNode).min() ?? 1)
        networkRate = measured.map { $0.value / perNode } ?? nominal
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
}
