public import Hardware

/// The sizes of a cluster that objectives over sizes try.
///
/// Powers of two and three times powers of two of nodes, below them the parts of a node that GPUs come in, and the cluster as it is:
/// what people rent and schedule, at most a factor 1.5 apart.
public enum ClusterSizes {
    /// The cluster at each size, smallest first; a mixed cluster has only its own.
    public static func candidates(of cluster: ClusterProfile) -> [ClusterProfile] {
        guard cluster.groups.count == 1 else { return [cluster] }
        let perNode = cluster.first.gpusPerNode
        let parts = StrategySpace.divisors(perNode).filter { $0 < perNode && $0.isTwoPower }
        var nodes: [Int] = []
        var power = 1
        while power < cluster.nodes {
            nodes.append(power)
            if power * 3 / 2 < cluster.nodes, power > 1 { nodes.append(power * 3 / 2) }
            power *= 2
        }
        let sizes = (parts + nodes.map { $0 * perNode }).filter { $0 < cluster.gpus }
        return sizes.compactMap { try? cluster.scaled(gpus: $0) } + [cluster]
    }
}

extension Int {
    fileprivate var isTwoPower: Bool { self > 0 && self & (self - 1) == 0 }
}
