/// 1F1B: min(p − 1 − r, m) warm-up forwards, then one forward and one backward in turn, then the backwards that are left.
///
/// Narayanan et al., PipeDream-Flush in Memory-Efficient Pipeline-Parallel DNN Training, arXiv:2006.09503, section 3.2.
func oneForwardOneBackwardOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<p {
        let warmup = min(p - 1 - rank, m)
        builder.loop(warmup) { [.forward(rank, $0)] }
        builder.loop(m - warmup) { [.forward(rank, warmup + $0), .backward(rank, $0)] }
        builder.loop(warmup) { [.backward(rank, m - warmup + $0)] }
        builder.endRank()
    }
    return builder.order(.oneForwardOneBackward)
}
