/// Squeezes the idle slots out of repeated blocks: every rank walks its pattern in unit time, and does something useful where it would wait.
///
/// Where the pattern's next step is not ready, a rank takes an input gradient that is, else (if allowed) a forward whose activation fits
/// until the pattern itself would have taken it, else a weight gradient. So no rank ever holds more than its pattern's peak, and since a
/// pattern without the early steps is still a schedule, ranks cannot wait for each other forever.
struct VSqueeze {
    private let patterns: [VPattern]
    private let microBatches: Int
    private let takesForwardsEarly: Bool
    private var ranks: [Rank]
    /// The slot from which a stage's output is there, at stage · m + micro-batch; `Int.max` before.
    private var forwardReady: [Int]
    private var backwardReady: [Int]

    private struct Rank {
        var position = 0
        /// The next micro-batch of each step.
        var next = [0, 0, 0, 0]
        /// Activations held, with weight gradients that wait.
        var held = 0
        /// Activations held if no weight gradient waited.
        var needed = 0
        var pendingWeights: [PipelineOperation] = []
        var oldestWeight = 0
        var operations: [PipelineOperation] = []
    }

    init(patterns: [VPattern], microBatches: Int, takesForwardsEarly: Bool) {
        self.patterns = patterns
        self.microBatches = microBatches
        self.takesForwardsEarly = takesForwardsEarly
        ranks = Array(repeating: Rank(), count: patterns.count)
        forwardReady = Array(repeating: .max, count: 2 * patterns.count * microBatches)
        backwardReady = forwardReady
    }

    func operations(ofRank rank: Int) -> [PipelineOperation] { ranks[rank].operations }

    mutating func run() {
        var slot = 0
        var left = ranks.count * 6 * microBatches
        while left > 0 {
            for rank in ranks.indices where advance(rank, slot) { left -= 1 }
            slot += 1
        }
    }

    private func stage(_ step: VStep, _ rank: Int) -> Int {
        step == .forwardDown || step == .backwardDown ? rank : 2 * ranks.count - 1 - rank
    }

    private func isReady(_ step: VStep, _ microBatch: Int, _ rank: Int, _ slot: Int) -> Bool {
        guard microBatch < microBatches else { return false }
        let stage = stage(step, rank)
        if step.isForward {
            return stage == 0 || forwardReady[(stage - 1) * microBatches + microBatch] <= slot
        }
        let isLast = stage == 2 * ranks.count - 1
        return forwardReady[stage * microBatches + microBatch] <= slot
            && (isLast || backwardReady[(stage + 1) * microBatches + microBatch] <= slot)
    }

    /// Lets one rank use one slot; false where it idles.
    private mutating func advance(_ rank: Int, _ slot: Int) -> Bool {
        let pattern = patterns[rank]
        skipTaken(rank)
        if let (step, microBatch) = choose(rank, slot, pattern) {
            perform(step, microBatch, rank, slot)
            return true
        }
        guard ranks[rank].oldestWeight < ranks[rank].pendingWeights.count else { return false }
        ranks[rank].operations.append(ranks[rank].pendingWeights[ranks[rank].oldestWeight])
        ranks[rank].oldestWeight += 1
        ranks[rank].held -= 1
        return true
    }

    /// Moves past steps that were taken early.
    private mutating func skipTaken(_ rank: Int) {
        let steps = patterns[rank].steps
        while ranks[rank].position < steps.count {
            let (step, microBatch) = steps[ranks[rank].position]
            if microBatch >= ranks[rank].next[step.rawValue] { return }
            ranks[rank].position += 1
        }
    }

    private func choose(_ rank: Int, _ slot: Int, _ pattern: VPattern) -> (VStep, Int)? {
        let state = ranks[rank]
        guard state.position < pattern.steps.count else { return nil }
        let (step, microBatch) = pattern.steps[state.position]
        if isReady(step, microBatch, rank, slot), !step.isForward || state.held < pattern.peak { return (step, microBatch) }
        guard takesForwardsEarly else { return nil }
        for early in [VStep.backwardUp, .backwardDown] where isReady(early, state.next[early.rawValue], rank, slot) {
            return (early, state.next[early.rawValue])
        }
        guard state.held < pattern.peak else { return nil }
        for early in [VStep.forwardUp, .forwardDown] {
            let microBatch = state.next[early.rawValue]
            if isReady(early, microBatch, rank, slot), fits(early, microBatch, rank, pattern) { return (early, microBatch) }
        }
        return nil
    }

    /// Whether the pattern can go on under its peak up to the place of a forward taken now.
    private func fits(_ step: VStep, _ microBatch: Int, _ rank: Int, _ pattern: VPattern) -> Bool {
        let state = ranks[rank]
        var needed = state.needed + 1
        for place in state.position..<pattern.places[step.rawValue * microBatches + microBatch] {
            let (other, otherMicroBatch) = pattern.steps[place]
            if otherMicroBatch < state.next[other.rawValue] { continue }
            needed += other.isForward ? 1 : -1
            if needed > pattern.peak { return false }
        }
        return true
    }

    private mutating func perform(_ step: VStep, _ microBatch: Int, _ rank: Int, _ slot: Int) {
        let stage = stage(step, rank)
        ranks[rank].next[step.rawValue] += 1
        if step.isForward {
            ranks[rank].operations.append(PipelineOperation(.forward, stage: stage, microBatch: microBatch))
            ranks[rank].held += 1
            ranks[rank].needed += 1
            forwardReady[stage * microBatches + microBatch] = slot + 1
        } else {
            ranks[rank].operations.append(PipelineOperation(.backwardInput, stage: stage, microBatch: microBatch))
            ranks[rank].pendingWeights.append(PipelineOperation(.backwardWeight, stage: stage, microBatch: microBatch))
            ranks[rank].needed -= 1
            backwardReady[stage * microBatches + microBatch] = slot + 1
        }
    }
}
