public import Hardware
public import Parallelism
import Quantities

/// What nodes with bad links cost a job, and what it gains without them.
public struct BadNodeCost: Hashable, Sendable {
    /// Seconds a step takes longer than if the links at those nodes were as good as the rest, placement doing its best in both cases.
    public var secondsPerStep: Double
    /// Step time with the links as they are.
    public var withBadLinks: PlacementResult
    /// Step time with the links at those nodes as good as the median of the others.
    public var withoutBadLinks: PlacementResult
}

extension Placement {
    /// What the links of some nodes cost per step: the same job placed on the measured matrix and on one where they are ordinary.
    ///
    /// - Parameter badNodes: names of nodes, as `LinkCheck.excludedNodes` gives them.
    /// - Returns: nil where the profile has no node matrix or none of the names.
    public static func cost(
        ofBadNodes badNodes: [String], strategy: ParallelStrategy, cluster: ClusterProfile, traffic: PlacementTraffic, seed: UInt64 = 1,
        moves: Int? = nil
    ) throws(PlacementError) -> BadNodeCost? {
        guard let matrix = cluster.nodeBandwidth, matrix.count == cluster.nodes else { return nil }
        let bad = Set(matrix.names.indices.filter { badNodes.contains(matrix.names[$0]) })
        let good = matrix.names.indices.flatMap { from in
            matrix.names.indices.filter { $0 != from && !bad.contains($0) && !bad.contains(from) }.map { matrix[from, $0].value }
        }
        guard !bad.isEmpty, !good.isEmpty else { return nil }
        let median = good.sorted()[good.count / 2]
        var healthy = cluster
        var values = matrix.values
        for node in bad {
            for other in matrix.names.indices where other != node {
                values[node * matrix.count + other] = max(values[node * matrix.count + other], median)
                values[other * matrix.count + node] = max(values[other * matrix.count + node], median)
            }
        }
        healthy.nodeBandwidth = BandwidthMatrix(names: matrix.names, values: values)
        let actual = try place(strategy: strategy, cluster: cluster, traffic: traffic, seed: seed, moves: moves)
        let ideal = try place(strategy: strategy, cluster: healthy, traffic: traffic, seed: seed, moves: moves)
        return BadNodeCost(
            secondsPerStep: max(0, actual.objective - ideal.objective), withBadLinks: actual, withoutBadLinks: ideal)
    }
}
