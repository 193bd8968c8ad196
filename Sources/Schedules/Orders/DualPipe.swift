/// DualPipe: two replicas of the model in opposite directions; each rank overlaps the forward of one with the backward of the other.
///
/// DeepSeek-AI, DeepSeek-V3 Technical Report, arXiv:2412.19437, section 3.2.1 and figure 5. Micro-batches 0 ..< m/2 go down from rank 0,
/// the others up from rank p − 1; the second replica's stages are p ..< 2p.
func dualPipeOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    var builder = OrderBuilder(shape, .bidirectional)
    for rank in 0..<p {
        let down = (stage: rank, first: 0)
        let up = (stage: 2 * p - 1 - rank, first: m / 2)
        let isUpperHalf = rank >= p / 2
        let distance = min(rank, p - 1 - rank)
        var phases = DualPipePhases(
            half: p / 2, distance: distance, pairs: m / 2 - p + distance + 1, first: isUpperHalf ? up : down,
            second: isUpperHalf ? down : up)
        phases.append(to: &builder)
        builder.endRank()
    }
    return builder.order(.dualPipe)
}
