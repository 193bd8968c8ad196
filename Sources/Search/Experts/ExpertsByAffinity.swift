public import Workload

/// Experts placed by the steps of tokens between layers, for every number of ranks that they can be dealt to.
///
/// What that is worth in training is the load that it leaves: a token comes back to its own rank after every mixture, wherever its next expert is.
public enum ExpertsByAffinity {
    /// The routing with the busiest rank's load that placement by affinity leaves, steps inside a node as dear as any other.
    public static func placed(_ routing: ExpertRouting, _ affinity: ExpertAffinity) -> ExpertRouting {
        var busiest: [Int: Double] = [1: routing.rows]
        // An expert a rank loads ranks alike wherever it is, until they have places.
        let inOrder = (0..<routing.layers * routing.experts).map { Int32($0 % routing.experts) }
        var orders = [routing.experts: inOrder]
        for ranks in 2...max(2, routing.experts) where routing.experts % ranks == 0 && ranks < routing.experts {
            guard let found = AffinityProblem(affinity, ranks: ranks, ranksPerNode: ranks)?.solved(),
                let placed = routing.placed(by: found.map, named: "affinity")
            else { continue }
            busiest[ranks] = placed.busiest(ranks: ranks)
            orders[ranks] = found.map.expertOfSlot
        }
        return routing.placed(named: "affinity", busiest: busiest, orders: orders)
    }
}
