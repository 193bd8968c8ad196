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
        let rest = table.count - warmup
        builder.walk(table, warmup, from: [0]) { k in
            let (chunk, microBatch) = table.forward(k)
            return [.forward(chunk * p + rank, microBatch)]
        }
        builder.walk(table, rest, from: [warmup, 0]) { k in
            let forward = table.forward(warmup + k)
            let backward = table.backward(k)
            return [
                PipelineOperation(
                    forward: forward.chunk * p + rank, forward.microBatch, overlapping: backward.chunk * p + rank, backward.microBatch)
            ]
        }
        builder.walk(table, warmup, from: [rest]) { k in
            let (chunk, microBatch) = table.backward(rest + k)
            return [.backward(chunk * p + rank, microBatch)]
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
