/// Collects operations rank by rank; what every file in `Orders` writes to.
struct OrderBuilder {
    private var program = OrderProgram()
    let shape: ScheduleShape
    let stageRanks: [Int32]
    let chainCount: Int

    init(_ shape: ScheduleShape, _ placement: StagePlacement) {
        self.shape = shape
        stageRanks = placement.ranks(shape.ranks, chunks: shape.chunksPerRank)
        chainCount = placement == .bidirectional ? 2 : 1
    }

    /// Makes room for operations that form no loop.
    mutating func reserve(_ count: Int) { program.reserve(count) }

    /// Appends one operation.
    mutating func append(_ operation: PipelineOperation) { program.append(operation) }

    /// Appends rounds of operations whose kinds and stages are the same and whose micro-batches move on evenly; see `OrderProgram.loop`.
    mutating func loop(_ rounds: Int, _ round: (Int) -> [PipelineOperation]) { program.loop(rounds, round) }

    /// Appends `count` rounds that walk a table from several places at once: a loop for each stretch that changes no chunk or group.
    mutating func walk(_ table: ChunkTable, _ count: Int, from places: [Int], _ round: (Int) -> [PipelineOperation]) {
        var done = 0
        while done < count {
            let stretch = places.reduce(count - done) { min($0, table.stretch(from: $1 + done)) }
            loop(stretch) { round(done + $0) }
            done += stretch
        }
    }

    mutating func endRank() { program.endRank() }

    func order(_ schedule: PipelineSchedule) -> ScheduleOrder {
        ScheduleOrder(
            name: schedule.rawValue, microBatches: shape.microBatches * shape.slices, chainCount: chainCount, stageRanks: stageRanks,
            program: program, passesInTurn: true)
    }
}

extension PipelineOperation {
    /// A forward of a stage.
    static func forward(_ stage: Int, _ microBatch: Int) -> Self { Self(.forward, stage: stage, microBatch: microBatch) }
    /// A whole backward of a stage.
    static func backward(_ stage: Int, _ microBatch: Int) -> Self { Self(.backward, stage: stage, microBatch: microBatch) }
    /// An input gradient of a stage.
    static func backwardInput(_ stage: Int, _ microBatch: Int) -> Self { Self(.backwardInput, stage: stage, microBatch: microBatch) }
    /// A weight gradient of a stage.
    static func backwardWeight(_ stage: Int, _ microBatch: Int) -> Self { Self(.backwardWeight, stage: stage, microBatch: microBatch) }
}
