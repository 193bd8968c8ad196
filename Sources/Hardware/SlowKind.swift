import Quantities

/// Nodes that are slower than the rest alike, and so many that they may be of another kind by design.
public struct SlowKind: Hashable, Sendable {
    /// Their names in the order of the matrix.
    public let nodes: [String]
    /// Median of their links to the fastest kind, in B/s.
    public let rate: Double
    /// Median of the links of the fastest kind, in B/s.
    public let fastest: Double

    /// What of a profile explains that some nodes are slower than others.
    public enum Explanation: Hashable, Sendable {
        /// They have other adapters: how many, and the rate of each in B/s.
        case adapters(Int, rate: Double)
        /// They have another GPU, and the profile gives their adapters no other rate.
        case gpu(String)
        /// The profile gives them a relative speed.
        case speed(Double)
    }

    /// What of a profile explains this kind; nil where it describes these nodes as it does the fast ones.
    ///
    /// Adapters explain it where their rates differ as much as what was measured, within 15 %, as far as rows are alike.
    public func explanation(_ cluster: ClusterProfile, names: [String]) -> Explanation? {
        let group = cluster.groups.indices.flatMap { index in Array(repeating: index, count: cluster.groups[index].nodes) }
        let own = Set(nodes)
        guard group.count == names.count else { return nil }
        let mine = names.indices.filter { own.contains(names[$0]) }.map { group[$0] }
        let others = Set(names.indices.filter { !own.contains(names[$0]) }.map { group[$0] })
        let speeds = nodes.map { name in cluster.groups.compactMap { $0.speedFactors[name] }.first ?? 1 }
        if let slowest = speeds.max(), slowest < 1 { return .speed(slowest) }
        guard let first = mine.first, !others.contains(first), mine.allSatisfy({ $0 == first }) else { return nil }
        let network = cluster.groups[first].network
        let best = others.map { cluster.groups[$0].network.nodeBandwidth.value }.max() ?? 0
        let stated = network.nodeBandwidth.value / max(best, 1)
        if stated < 0.9, rate / fastest > 0.85 * stated {
            return .adapters(network.adaptersPerNode, rate: network.adapterBandwidth.value)
        }
        let gpu = cluster.groups[first].gpu.name
        return others.allSatisfy { cluster.groups[$0].gpu.name != gpu } ? .gpu(gpu) : nil
    }
}
