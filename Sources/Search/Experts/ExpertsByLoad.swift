public import Workload

/// Experts placed by load, without copies, for every number of ranks that they can be dealt to.
///
/// A candidate is priced on the experts placed for its own number of ranks, as if their links were alike, which is what the best placement on ranks with
/// places comes to where they are. Where they are not, the first plans get experts once more when their ranks have places (`ExpertsOnRanks`).
public enum ExpertsByLoad {
    /// The routing with the busiest rank's load that placement leaves.
    public static func placed(_ routing: ExpertRouting) -> ExpertRouting {
        let computed = routing.computed
        var busiest: [Int: Double] = [1: routing.rows]
        // An expert a rank loads ranks alike wherever it is, until they have places.
        let inOrder = (0..<routing.layers * routing.experts).map { Int32($0 % routing.experts) }
        var orders = [routing.experts: inOrder]
        for ranks in 2...max(2, routing.experts) where routing.experts % ranks == 0 {
            guard ranks < routing.experts,
                let found = LoadProblem(computed, ranks: ranks, slots: routing.experts, ranksPerNode: ranks)?.solved()
            else { continue }
            busiest[ranks] = found.mean * routing.rows
            orders[ranks] = found.map.expertOfSlot
        }
        return routing.placed(named: "load", busiest: busiest, orders: orders)
    }
}
