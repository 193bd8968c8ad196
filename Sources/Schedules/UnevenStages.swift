/// Formulas for stages that differ, where there are any; latency is not in them.
public enum UnevenStages {
    /// GPipe's makespan, exact: Σ(F + B) + (m − 1)(max F + max B), s.
    public static func gpipe(_ times: StageTimes, microBatches: Int) -> Double {
        var (sum, forward, backward) = (0.0, 0.0, 0.0)
        for stage in times.forward.indices {
            sum += times.forward[stage] + times.backward[stage]
            forward = max(forward, times.forward[stage])
            backward = max(backward, times.backward[stage])
        }
        return sum + Double(microBatches - 1) * (forward + backward)
    }

    /// What is often quoted as 1F1B's makespan: Σ(F + B) + (m − 1)·max(F + B), s. An estimate, neither exact nor a bound.
    ///
    /// It is the makespan in about a third of random cases and up to a quarter too large in most others; in one of 700 it is too small, by
    /// up to 6 %, where one stage's long forward and its neighbour's long backward keep missing each other. `gpipe` is never too small.
    public static func oneForwardOneBackwardEstimate(_ times: StageTimes, microBatches: Int) -> Double {
        var (sum, slowest) = (0.0, 0.0)
        for stage in times.forward.indices {
            sum += times.forward[stage] + times.backward[stage]
            slowest = max(slowest, times.forward[stage] + times.backward[stage])
        }
        return sum + Double(microBatches - 1) * slowest
    }
}
