/// Chimera: two replicas in opposite directions whose 1F1B orders fit into each other's gaps.
///
/// Li and Hoefler, Chimera: Efficiently Training Large-Scale Neural Networks with Bidirectional Pipelines, arXiv:2107.06925, section 3.1;
/// more than p micro-batches by direct concatenation (section 3.5). With forward and backward one slot each, micro-batch j of a
/// direction passes stage s forward in slot 2j + s and backward in slot 2j + 2p − 1 − s; p even makes the two directions' slots
/// disjoint on every rank, also modulo the 2p slots after which the next p micro-batches follow. Micro-batches 0 ..< m/2 go down.
func chimeraOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    var builder = OrderBuilder(shape, .bidirectional, operationsPerChunk: 4)
    var slots: [PipelineOperation?] = []
    for rank in 0..<p {
        let units = (m + p - 1) / p
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(nil, count: 2 * p * units + 3 * p))
        for direction in 0..<2 {
            let stage = direction == 0 ? rank : p - 1 - rank
            for member in 0..<m / 2 {
                let (unit, place) = member.quotientAndRemainder(dividingBy: p / 2)
                let start = 2 * p * unit + 2 * place
                let (global, microBatch) = (direction * p + stage, direction * m / 2 + member)
                slots[start + stage] = PipelineOperation(.forward, stage: global, microBatch: microBatch)
                slots[start + 2 * p - 1 - stage] = PipelineOperation(.backward, stage: global, microBatch: microBatch)
            }
        }
        for case let operation? in slots { builder.append(operation) }
        builder.endRank()
    }
    return builder.order(.chimera)
}
