/// Looped breadth-first: chunks ascending, each over all micro-batches; then chunks descending with the micro-batches reversed.
///
/// Lamy-Poirier, Breadth-First Pipeline Parallelism, arXiv:2211.05953, section 4.
func loopedBFSOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<shape.ranks {
        let stages = stride(from: rank, to: shape.stageCount, by: shape.ranks)
        for stage in stages {
            builder.loop(shape.microBatches) { [.forward(stage, $0)] }
        }
        for stage in stages.reversed() {
            builder.loop(shape.microBatches) { [.backward(stage, shape.microBatches - 1 - $0)] }
        }
        builder.endRank()
    }
    return builder.order(.loopedBFS)
}
