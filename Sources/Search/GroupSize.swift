import Parallelism
import Schedules

extension Legality {
    /// Micro-batches of a group: p where legal, otherwise the smallest legal number; nil where the schedule has no groups.
    func smallestGroup(for s: ParallelStrategy, allowed: Allowed) -> Int? {
        guard s.virtualStages > 1, s.schedule == .interleaved || s.schedule == .combined1F1B || s.schedule == .interleavedZeroBubble else {
            return nil
        }
        let m = s.microBatches
        let rule = stack?.launches.groupRule ?? .megatron
        if case .pytorch = rule { return m / max(1, m / s.pipeline) }
        let chooses = stack?.launches.choosesGroupSize ?? true
        for n in s.pipeline...max(s.pipeline, m) {
            if allowed.isPinned, !allowed.contains(n) { continue }
            if m % n == 0 || m % n >= s.pipeline { return n }
            if !chooses { return nil }
        }
        return nil
    }
}
