/// ZB-H2: 2(p − r) − 1 warm-up forwards, then input gradient, weight gradient 2r steps behind, and forward.
///
/// Up to 2p − 1 activations in flight buy a pipeline without bubbles between a rank's first and last operation.
/// Qi et al., Zero Bubble Pipeline Parallelism, arXiv:2401.10241, section 3.2 and figure 3.
func zbH2Order(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<p {
        let warmup = min(2 * (p - rank) - 1, m)
        builder.loop(warmup) { [.forward(rank, $0)] }
        for part in steadyParts(m, forwards: m - warmup, weightsFrom: 2 * rank) {
            builder.loop(part.range.count) { step in
                let k = part.range.lowerBound + step
                return [.backwardInput(rank, k)] + (part.hasWeight ? [.backwardWeight(rank, k - 2 * rank)] : [])
                    + (part.hasForward ? [.forward(rank, warmup + k)] : [])
            }
        }
        let left = min(2 * rank, m)
        builder.loop(left) { [.backwardWeight(rank, m - left + $0)] }
        builder.endRank()
    }
    return builder.order(.zbH2)
}
