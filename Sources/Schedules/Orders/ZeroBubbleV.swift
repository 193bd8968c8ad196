/// ZB-V: two chunks a rank in a V, so that the rank which starts a micro-batch also ends it, with the memory of 1F1B.
///
/// Qi et al., Zero Bubble Pipeline Parallelism, arXiv:2401.10241, section 6; the phases are those of PyTorch's ZBVZeroBubble. The
/// phases are laid out for max(2p − 1, m) micro-batches; those that do not exist are left out.
func zbVOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    let n = max(2 * p - 1, m)
    var builder = OrderBuilder(shape, .zigzag)
    for rank in 0..<p {
        var down = Leg(stage: rank)
        var up = Leg(stage: 2 * p - 1 - rank)
        func add(_ kind: PipelineOperation.Kind, _ leg: inout Leg) {
            let microBatch = leg.next(kind)
            if microBatch < m { builder.append(PipelineOperation(kind, stage: leg.stage, microBatch: microBatch)) }
        }
        func backward(_ leg: inout Leg) {
            add(.backwardInput, &leg)
            add(.backwardWeight, &leg)
        }
        for _ in 0..<2 * (p - rank) - 1 { add(.forward, &down) }
        for _ in 0..<rank {
            add(.forward, &up)
            add(.forward, &down)
        }
        for _ in rank..<p {
            add(.forward, &up)
            backward(&up)
        }
        let rounds = n - down.forwards
        let (first, second) = (down, up)
        func steady(_ round: Int) -> [PipelineOperation] {
            [
                .forward(first.stage, first.forwards + round), .backwardInput(first.stage, first.backwardInputs + round),
                .backwardWeight(first.stage, first.backwardWeights + round), .forward(second.stage, second.forwards + round),
                .backwardInput(second.stage, second.backwardInputs + round),
                .backwardWeight(second.stage, second.backwardWeights + round),
            ]
        }
        if m == n {
            builder.loop(rounds, steady)
        } else {
            for round in 0..<rounds { for operation in steady(round) where operation.microBatch < m { builder.append(operation) } }
        }
        down.advance(rounds)
        up.advance(rounds)
        while up.forwards < down.forwards {
            backward(&down)
            add(.forward, &up)
            backward(&up)
        }
        for _ in 0..<rank {
            add(.backwardInput, &down)
            add(.backwardInput, &up)
        }
        for _ in rank..<p { backward(&down) }
        while up.backwardWeights < n { add(.backwardWeight, &up) }
        while down.backwardWeights < n { add(.backwardWeight, &down) }
        builder.endRank()
    }
    return builder.order(.zbV)
}

/// How far one of a rank's two chunks has come.
private struct Leg {
    let stage: Int
    var forwards = 0
    var backwardInputs = 0
    var backwardWeights = 0

    init(stage: Int) { self.stage = stage }

    /// Counts a round of each operation.
    mutating func advance(_ rounds: Int) {
        forwards += rounds
        backwardInputs += rounds
        backwardWeights += rounds
    }

    /// The next micro-batch for an operation.
    mutating func next(_ kind: PipelineOperation.Kind) -> Int {
        switch kind {
        case .forward:
            forwards += 1
            return forwards - 1
        case .backwardInput, .backward:
            backwardInputs += 1
            return backwardInputs - 1
        case .backwardWeight:
            backwardWeights += 1
            return backwardWeights - 1
        }
    }
}
