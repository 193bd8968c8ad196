/// 1F1B over slices of each sequence: a rank forwards a micro-batch's k slices first to last and takes their gradients last to first.
///
/// Attention is causal, so a slice needs the keys and values of the slices before it and its gradient needs theirs of the slices after it;
/// both are on the same rank, which the order of its list takes care of. Warm-up is min(p − 1 − r + k − 1, m·k) slices, after which
/// forward and backward take turns. Sun et al., Seq1F1B, arXiv:2406.03488, section 3.2; k = 1 is 1F1B.
/// Slice j of micro-batch i is micro-batch i·k + j of the order.
func seq1F1BOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, k) = (shape.ranks, shape.slices)
    let units = shape.microBatches * k
    var builder = OrderBuilder(shape, .loop)
    for rank in 0..<p {
        func backward(_ index: Int) -> PipelineOperation {
            let (microBatch, step) = index.quotientAndRemainder(dividingBy: k)
            return .backward(rank, microBatch * k + k - 1 - step)
        }
        let warmup = min(p - 1 - rank + k - 1, units)
        let rest = units - warmup
        builder.loop(warmup) { [.forward(rank, $0)] }
        builder.loop(rest / k) { round in (round * k..<(round + 1) * k).flatMap { [.forward(rank, warmup + $0), backward($0)] } }
        for index in rest - rest % k..<rest {
            builder.append(.forward(rank, warmup + index))
            builder.append(backward(index))
        }
        for index in rest..<units { builder.append(backward(index)) }
        builder.endRank()
    }
    return builder.order(.seq1F1B)
}
