/// ZB-H2: 2(p − r) − 1 warm-up forwards, then input gradient, weight gradient 2r steps behind, and forward.
///
/// Up to 2p − 1 activations in flight buy a pipeline without bubbles between a rank's first and last operation.
/// Qi et al., Zero Bubble Pipeline Parallelism, arXiv:2401.10241, section 3.2 and figure 3.
func zbH2Order(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    var builder = OrderBuilder(shape, .loop, operationsPerChunk: 3)
    for rank in 0..<p {
        let warmup = min(2 * (p - rank) - 1, m)
        for microBatch in 0..<warmup { builder.forward(rank, microBatch) }
        for k in 0..<m {
            builder.backwardInput(rank, k)
            if k >= 2 * rank { builder.backwardWeight(rank, k - 2 * rank) }
            if warmup + k < m { builder.forward(rank, warmup + k) }
        }
        for k in max(0, m - 2 * rank)..<m { builder.backwardWeight(rank, k) }
        builder.endRank()
    }
    return builder.order(.zbH2)
}
