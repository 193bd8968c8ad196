/// DualPipeV: DualPipe folded in the middle, so that one replica suffices: two chunks a rank in a V.
///
/// DeepSeek-AI's DualPipe repository and Qi and Wan's cut-in-half proposal; the phases are those of `DualPipePhases` with H = p.
func dualPipeVOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    var builder = OrderBuilder(shape, .zigzag)
    for rank in 0..<p {
        var phases = DualPipePhases(
            half: p, distance: rank, pairs: m - 2 * p + rank + 1, first: (stage: rank, first: 0),
            second: (stage: 2 * p - 1 - rank, first: 0))
        phases.append(to: &builder)
        builder.endRank()
    }
    return builder.order(.dualPipeV)
}
