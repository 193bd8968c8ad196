/// GPipe: all forwards, then all backwards in the same order of micro-batches.
///
/// Huang et al., GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism, arXiv:1811.06965, figure 2.
func gpipeOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<shape.ranks {
        builder.loop(shape.microBatches) { [.forward(rank, $0)] }
        builder.loop(shape.microBatches) { [.backward(rank, $0)] }
        builder.endRank()
    }
    return builder.order(.gpipe)
}
