/// Collects operations rank by rank; what every file in `Orders` writes to.
struct OrderBuilder {
    private(set) var operations: [PipelineOperation] = []
    private var rankStarts = [0]
    let shape: ScheduleShape
    let stageRanks: [Int32]
    let chainCount: Int

    init(_ shape: ScheduleShape, _ placement: StagePlacement, operationsPerChunk: Int = 2) {
        self.shape = shape
        stageRanks = placement.ranks(shape.ranks, chunks: shape.chunksPerRank)
        chainCount = placement == .bidirectional ? 2 : 1
        operations.reserveCapacity(shape.stageCount * shape.microBatches * shape.slices * operationsPerChunk)
        rankStarts.reserveCapacity(shape.ranks + 1)
    }

    mutating func forward(_ stage: Int, _ microBatch: Int) {
        operations.append(PipelineOperation(.forward, stage: stage, microBatch: microBatch))
    }

    mutating func backward(_ stage: Int, _ microBatch: Int) {
        operations.append(PipelineOperation(.backward, stage: stage, microBatch: microBatch))
    }

    mutating func backwardInput(_ stage: Int, _ microBatch: Int) {
        operations.append(PipelineOperation(.backwardInput, stage: stage, microBatch: microBatch))
    }

    mutating func backwardWeight(_ stage: Int, _ microBatch: Int) {
        operations.append(PipelineOperation(.backwardWeight, stage: stage, microBatch: microBatch))
    }

    mutating func pair(forward stage: Int, _ microBatch: Int, backward backwardStage: Int, _ backwardMicroBatch: Int) {
        operations.append(PipelineOperation(forward: stage, microBatch, overlapping: backwardStage, backwardMicroBatch))
    }

    mutating func append(_ operation: PipelineOperation) {
        operations.append(operation)
    }

    mutating func endRank() {
        rankStarts.append(operations.count)
    }

    func order(_ schedule: PipelineSchedule) -> ScheduleOrder {
        ScheduleOrder(
            name: schedule.rawValue, microBatches: shape.microBatches * shape.slices, chainCount: chainCount, stageRanks: stageRanks,
            operations: operations, rankStarts: rankStarts)
    }
}
