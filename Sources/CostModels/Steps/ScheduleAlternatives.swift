public import Parallelism
public import Schedules

extension ParallelStrategy {
    /// The same sizes under another schedule, which may need another number of chunks a rank; layers that were dealt by hand to other
    /// chunks are dealt evenly then.
    public func under(_ schedule: PipelineSchedule) -> ParallelStrategy {
        var other = self
        other.schedule = schedule
        let isOpen = schedule.takesAnyChunks && virtualStages > 1
        other.virtualStages = isOpen ? virtualStages : schedule.usualChunksPerRank
        if pipeline == 1, schedule == .combined1F1B { other.virtualStages = 1 }
        if other.virtualStages != virtualStages, case .explicit = layout { other.layout = .even }
        if recompute == .full, recomputeLayers > 0 {
            // As large a share of a virtual stage as before.
            other.recomputeLayers = max(1, (recomputeLayers * virtualStages + other.virtualStages - 1) / other.virtualStages)
        }
        return other
    }
}
