/// Interleaved 1F1B with one more warm-up forward, whose steady state runs each forward overlapped with a backward of another micro-batch.
///
/// The two hide each other's expert all-to-alls, as Megatron-Core's `overlap_moe_expert_parallel_comm` does.
func combinedOrder(_ shape: ScheduleShape) throws(ScheduleError) -> ScheduleOrder {
    let (p, v) = (shape.ranks, shape.chunksPerRank)
    let group = v == 1 ? shape.microBatches : try shape.megatron.resolvedGroupSize(for: .combined1F1B)
    let table = ChunkTable(microBatches: shape.microBatches, chunks: v, groupSize: group)
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<p {
        let warmup = min(2 * (p - rank - 1) + (v - 1) * group + 1, table.count)
        for k in 0..<warmup {
            let (chunk, microBatch) = table.forward(k)
            builder.forward(chunk * p + rank, microBatch)
        }
        for k in warmup..<table.count {
            let forward = table.forward(k)
            let backward = table.backward(k - warmup)
            builder.pair(
                forward: forward.chunk * p + rank, forward.microBatch, backward: backward.chunk * p + rank, backward.microBatch)
        }
        for k in table.count - warmup..<table.count {
            let (chunk, microBatch) = table.backward(k)
            builder.backward(chunk * p + rank, microBatch)
        }
        builder.endRank()
    }
    return builder.order(.combined1F1B)
}

extension ScheduleShape {
    /// The same shape under Megatron-LM's group rule, the only one that has this schedule.
    var megatron: ScheduleShape {
        var shape = self
        shape.groupRule = .megatron
        return shape
    }
}
