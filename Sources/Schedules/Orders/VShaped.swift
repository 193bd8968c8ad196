/// V-Half and V-Min: a block of six slots that repeats for every micro-batch, placed so that activations live short.
///
/// Qi et al., Pipeline Parallelism with Controllable Memory, arXiv:2405.15362, sections 3 and 4. Each rank has two chunks in a V; the block
/// says in which slot a micro-batch passes each of them forward and backward. Weight gradients fill the two slots left in six, which
/// fixes the most activations a rank may hold; the lists are then squeezed in time under that limit (`VSqueeze`).
func vShapedOrder(_ schedule: PipelineSchedule, _ block: VBlock, _ shape: ScheduleShape) -> ScheduleOrder {
    let (p, m) = (shape.ranks, shape.microBatches)
    let patterns = (0..<p).map { VPattern(offsets: block.offsets(rank: $0, ranks: p), microBatches: m) }
    // V-Min keeps so few activations that a forward taken early delays the ones that matter.
    var squeeze = VSqueeze(patterns: patterns, microBatches: m, takesForwardsEarly: block == .half)
    squeeze.run()
    var builder = OrderBuilder(shape, .zigzag)
    for rank in 0..<p {
        for operation in squeeze.operations(ofRank: rank) { builder.append(operation) }
        builder.endRank()
    }
    return builder.order(schedule)
}

/// The slots in which a micro-batch passes a rank's two chunks.
enum VBlock {
    case half
    case minimum

    /// Slots of forward of the first and second chunk, then input gradient of the second and first.
    func offsets(rank i: Int, ranks p: Int) -> [Int] {
        switch self {
        case .minimum:
            let shift = p % 3 == 0 ? 2 : 0
            return [i, 2 * p - i - 1, 2 * p + shift + i, 4 * p + shift - i - 1]
        case .half:
            let shift = p % 2 == 0 ? 3 : 0
            return [2 * i, 3 * p - i - 2, 3 * p + shift + 2 * i - 1, 6 * p + shift - i - 2]
        }
    }
}

/// What one of a rank's operations does, in the order of a block.
enum VStep: Int {
    case forwardDown, forwardUp, backwardUp, backwardDown

    var isForward: Bool { self == .forwardDown || self == .forwardUp }
}

/// One rank's repeated block: its steps in the order of their slots, and the activations it holds.
struct VPattern {
    static let period = 6

    /// Steps in order of slots, each with its micro-batch.
    let steps: [(step: VStep, microBatch: Int)]
    /// Where each step stands in `steps`, at step · m + micro-batch.
    let places: [Int]
    /// The most activations held when weight gradients fill the free slots.
    let peak: Int

    init(offsets: [Int], microBatches m: Int) {
        var slots = [(step: VStep, microBatch: Int)?](repeating: nil, count: (offsets.max() ?? 0) + Self.period * m)
        for (index, offset) in offsets.enumerated() {
            guard let step = VStep(rawValue: index) else { continue }
            for microBatch in 0..<m {
                let slot = offset + Self.period * microBatch
                precondition(slots[slot] == nil, "the block's offsets collide")
                slots[slot] = (step, microBatch)
            }
        }
        var (held, peak, waiting) = (0, 0, 0)
        for slot in slots {
            switch slot?.step {
            case .forwardDown, .forwardUp:
                held += 1
                peak = max(peak, held)
            case .backwardUp, .backwardDown: waiting += 1
            case nil where waiting > 0:
                waiting -= 1
                held -= 1
            case nil: break
            }
        }
        self.peak = peak
        steps = slots.compactMap { $0 }
        var places = [Int](repeating: 0, count: 4 * m)
        for (place, entry) in steps.enumerated() { places[entry.step.rawValue * m + entry.microBatch] = place }
        self.places = places
    }
}
