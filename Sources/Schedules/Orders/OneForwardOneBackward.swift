/// 1F1B: min(p − 1 − r, m) warm-up forwards, then one forward and one backward in turn, then the backwards that are left.
///
/// Narayanan et al., PipeDream-Flush in Memory-Efficient Pipeline-Parallel DNN Training, arXiv:2006.09503, section 3.2.
func oneForwardOneBackwardOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<p {
        let warmup = min(p - 1 - rank, m)
        for microBatch in 0..<warmup { builder.forward(rank, microBatch) }
        for backward in 0..<m - warmup {
            builder.forward(rank, warmup + backward)
            builder.backward(rank, backward)
        }
        for microBatch in m - warmup..<m { builder.backward(rank, microBatch) }
        builder.endRank()
    }
    return builder.order(.oneForwardOneBackward)
}
