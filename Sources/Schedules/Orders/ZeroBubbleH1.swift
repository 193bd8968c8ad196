/// ZB-H1 and its interleaved form: (v − 1)N + p − 1 − r warm-up forwards, then forward, input gradient and, r steps behind, weight gradient.
///
/// Weight gradients fill the gaps that 1F1B leaves at the end while the peak stays that of 1F1B's first rank. v = 1 is ZB-H1.
/// Qi et al., Zero Bubble Pipeline Parallelism, arXiv:2401.10241, section 3.1; interleaved as in PyTorch's InterleavedZeroBubble.
func zeroBubbleOrder(_ schedule: PipelineSchedule, _ shape: ScheduleShape) throws(ScheduleError) -> ScheduleOrder {
    let (p, v) = (shape.ranks, shape.chunksPerRank)
    let group = v == 1 ? shape.microBatches : try shape.resolvedGroupSize(for: schedule)
    let table = ChunkTable(microBatches: shape.microBatches, chunks: v, groupSize: group)
    var builder = OrderBuilder(shape, .loop, operationsPerChunk: 3)
    for rank in 0..<p {
        func forward(_ k: Int) {
            let (chunk, microBatch) = table.forward(k)
            builder.forward(chunk * p + rank, microBatch)
        }
        func backwardInput(_ k: Int) {
            let (chunk, microBatch) = table.backward(k)
            builder.backwardInput(chunk * p + rank, microBatch)
        }
        func backwardWeight(_ k: Int) {
            let (chunk, microBatch) = table.backward(k)
            builder.backwardWeight(chunk * p + rank, microBatch)
        }
        let warmup = min((v - 1) * group + p - 1 - rank, table.count)
        for k in 0..<warmup { forward(k) }
        for k in 0..<table.count {
            if warmup + k < table.count { forward(warmup + k) }
            backwardInput(k)
            if k >= rank { backwardWeight(k - rank) }
        }
        for k in max(0, table.count - rank)..<table.count { backwardWeight(k) }
        builder.endRank()
    }
    return builder.order(schedule)
}
