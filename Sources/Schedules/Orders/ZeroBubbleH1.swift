/// ZB-H1 and its interleaved form: (v − 1)N + p − 1 − r warm-up forwards, then forward, input gradient and, r steps behind, weight gradient.
///
/// Weight gradients fill the gaps that 1F1B leaves at the end while the peak stays that of 1F1B's first rank. v = 1 is ZB-H1.
/// Qi et al., Zero Bubble Pipeline Parallelism, arXiv:2401.10241, section 3.1; interleaved as in PyTorch's InterleavedZeroBubble.
func zeroBubbleOrder(_ schedule: PipelineSchedule, _ shape: ScheduleShape) throws(ScheduleError) -> ScheduleOrder {
    let (p, v) = (shape.ranks, shape.chunksPerRank)
    let group = v == 1 ? shape.microBatches : try shape.resolvedGroupSize(for: schedule)
    let table = ChunkTable(microBatches: shape.microBatches, chunks: v, groupSize: group)
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<p {
        func forward(_ k: Int) -> PipelineOperation {
            let (chunk, microBatch) = table.forward(k)
            return .forward(chunk * p + rank, microBatch)
        }
        func backwardInput(_ k: Int) -> PipelineOperation {
            let (chunk, microBatch) = table.backward(k)
            return .backwardInput(chunk * p + rank, microBatch)
        }
        func backwardWeight(_ k: Int) -> PipelineOperation {
            let (chunk, microBatch) = table.backward(k)
            return .backwardWeight(chunk * p + rank, microBatch)
        }
        let warmup = min((v - 1) * group + p - 1 - rank, table.count)
        let forwards = table.count - warmup
        builder.walk(table, warmup, from: [0]) { [forward($0)] }
        for part in steadyParts(table.count, forwards: forwards, weightsFrom: rank) {
            let first = part.range.lowerBound
            let places = [part.hasForward ? warmup + first : nil, first, part.hasWeight ? first - rank : nil].compactMap { $0 }
            builder.walk(table, part.range.count, from: places) { step in
                let k = first + step
                return (part.hasForward ? [forward(warmup + k)] : []) + [backwardInput(k)]
                    + (part.hasWeight ? [backwardWeight(k - rank)] : [])
            }
        }
        let left = min(rank, table.count)
        builder.walk(table, left, from: [table.count - left]) { [backwardWeight(table.count - left + $0)] }
        builder.endRank()
    }
    return builder.order(schedule)
}

/// The stretches of a zero-bubble schedule's steady state, in each of which every step does the same.
///
/// Steps 0 ..< `forwards` begin with a forward, and from step `weightsFrom` on each ends with a weight gradient.
func steadyParts(_ steps: Int, forwards: Int, weightsFrom: Int) -> [(range: Range<Int>, hasForward: Bool, hasWeight: Bool)] {
    let edges = [0, forwards, weightsFrom, steps].map { min(max($0, 0), steps) }.sorted()
    return zip(edges, edges.dropFirst()).filter { $0 < $1 }.map { ($0..<$1, $0 < forwards, $0 >= weightsFrom) }
}
