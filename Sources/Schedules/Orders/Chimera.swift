/// Chimera: two replicas in opposite directions whose 1F1B orders fit into each other's gaps.
///
/// Li and Hoefler, Chimera: Efficiently Training Large-Scale Neural Networks with Bidirectional Pipelines, arXiv:2107.06925, section 3.1;
/// more than p micro-batches by direct concatenation (section 3.5). With forward and backward one slot each, micro-batch j of a
/// direction passes stage s forward in slot 2j + s and backward in slot 2j + 2p − 1 − s; p even makes the two directions' slots
/// disjoint on every rank, also modulo the 2p slots after which the next p micro-batches follow. Micro-batches 0 ..< m/2 go down.
func chimeraOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    var builder = OrderBuilder(shape, .bidirectional)
    let whole = m / p
    for rank in 0..<p {
        let list = ChimeraSlots(ranks: p, microBatches: m, rank: rank)
        let slots = { (period: Int) in (2 * p * period..<2 * p * (period + 1)).compactMap(list.operation) }
        for operation in slots(0) { builder.append(operation) }
        // From the second on, whole units follow each other in the same slots.
        builder.loop(whole - 1) { slots(1 + $0) }
        for slot in 2 * p * max(whole, 1)..<list.count { if let operation = list.operation(slot) { builder.append(operation) } }
        builder.endRank()
    }
    return builder.order(.chimera)
}

/// What one rank does in each slot.
private struct ChimeraSlots {
    let ranks: Int
    let microBatches: Int
    let rank: Int

    /// Slots after which nothing follows.
    var count: Int { 2 * ranks * ((microBatches + ranks - 1) / ranks) + 3 * ranks }

    /// The operation of a slot: a forward or a backward of either direction; nil where the rank waits.
    func operation(_ slot: Int) -> PipelineOperation? {
        for direction in 0..<2 {
            let stage = direction == 0 ? rank : ranks - 1 - rank
            let global = direction * ranks + stage
            if let member = member(slot - stage) { return .forward(global, direction * microBatches / 2 + member) }
            if let member = member(slot - (2 * ranks - 1 - stage)) { return .backward(global, direction * microBatches / 2 + member) }
        }
        return nil
    }

    /// The micro-batch of a direction that enters the pipeline in a slot.
    private func member(_ slot: Int) -> Int? {
        guard slot >= 0, slot % 2 == 0 else { return nil }
        let (unit, place) = (slot / 2).quotientAndRemainder(dividingBy: ranks)
        let member = unit * ranks / 2 + place
        return place < ranks / 2 && member < microBatches / 2 ? member : nil
    }
}
