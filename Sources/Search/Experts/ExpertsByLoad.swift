public import Workload

/// Experts placed by load, without copies, for every number of ranks that they can be dealt to.
///
/// A plan does not know its ranks before it is found, so every candidate is priced on the experts placed for its own number of ranks, rather
/// than the first few placed and ranked anew afterwards.
public enum ExpertsByLoad {
    /// The routing with the busiest rank's load that placement leaves.
    public static func placed(_ routing: ExpertRouting) -> ExpertRouting {
        let computed = routing.computed
        var busiest: [Int: Double] = [1: routing.rows]
        for ranks in 2...max(2, routing.experts) where routing.experts % ranks == 0 {
            guard ranks < routing.experts,
                let found = LoadProblem(computed, ranks: ranks, slots: routing.experts, ranksPerNode: ranks)?.solved()
            else { continue }
            busiest[ranks] = found.mean * routing.rows
        }
        return routing.placed(named: "load", busiest: busiest)
    }
}
