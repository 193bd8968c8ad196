extension ScheduleOrder {
    /// A schedule that lays its stages out as this order does, for whoever needs the placement's prices; nil where none does.
    public var schedulePlacedAlike: PipelineSchedule? {
        guard chainCount == 1, chainLength % rankCount == 0 else { return nil }
        let chunks = chainLength / rankCount
        if stageRanks == StagePlacement.loop.ranks(rankCount, chunks: chunks) { return chunks == 1 ? .oneForwardOneBackward : .loopedBFS }
        if chunks % 2 == 0, stageRanks == StagePlacement.zigzag.ranks(rankCount, chunks: chunks) { return .wave }
        return nil
    }
}
