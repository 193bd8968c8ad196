public import Parallelism
public import Workload

extension Dealing {
    /// The ways in which a stack runs a strategy.
    public static func launchable(_ launches: Launchable, _ s: ParallelStrategy, _ model: TransformerModel) -> [Dealing] {
        let groups = launches.formsSequenceGroups && SequenceGroupRules.problem(s, model, launches.contextRules) == nil
        return [.padded, .packed] + (groups ? [.hybrid] : [])
    }
}
