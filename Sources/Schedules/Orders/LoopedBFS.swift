/// Looped breadth-first: chunks ascending, each over all micro-batches; then chunks descending with the micro-batches reversed.
///
/// Lamy-Poirier, Breadth-First Pipeline Parallelism, arXiv:2211.05953, section 4.
func loopedBFSOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<shape.ranks {
        let stages = stride(from: rank, to: shape.stageCount, by: shape.ranks)
        for stage in stages {
            for microBatch in 0..<shape.microBatches { builder.forward(stage, microBatch) }
        }
        for stage in stages.reversed() {
            for microBatch in (0..<shape.microBatches).reversed() { builder.backward(stage, microBatch) }
        }
        builder.endRank()
    }
    return builder.order(.loopedBFS)
}
