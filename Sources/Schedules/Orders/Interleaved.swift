/// Interleaved 1F1B: 2(p − r − 1) + (v − 1)N warm-up forwards in the order of `ChunkTable`, then forward and backward in turn.
///
/// Narayanan et al., Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM, arXiv:2104.04473, section 2.2.2.
func interleavedOrder(_ shape: ScheduleShape) throws(ScheduleError) -> ScheduleOrder {
    let (p, v) = (shape.ranks, shape.chunksPerRank)
    let group = try shape.resolvedGroupSize(for: .interleaved)
    let table = ChunkTable(microBatches: shape.microBatches, chunks: v, groupSize: group)
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<p {
        func forward(_ k: Int) -> PipelineOperation {
            let (chunk, microBatch) = table.forward(k)
            return .forward(chunk * p + rank, microBatch)
        }
        func backward(_ k: Int) -> PipelineOperation {
            let (chunk, microBatch) = table.backward(k)
            return .backward(chunk * p + rank, microBatch)
        }
        let warmup = min(2 * (p - rank - 1) + (v - 1) * group, table.count)
        let rest = table.count - warmup
        builder.walk(table, warmup, from: [0]) { [forward($0)] }
        builder.walk(table, rest, from: [warmup, 0]) { [forward(warmup + $0), backward($0)] }
        builder.walk(table, warmup, from: [rest]) { [backward(rest + $0)] }
        builder.endRank()
    }
    return builder.order(.interleaved)
}
