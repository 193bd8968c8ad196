/// Wave pipelines (Hanayo): v chunks a rank laid out in a zigzag of v/2 waves, worked off by a greedy list schedule in unit time.
///
/// Liu et al., Hanayo: Harnessing Wave-like Pipeline Parallelism for Enhanced Large Model Training Efficiency, arXiv:2308.15762, section 3.
/// The paper generates its action lists the same way, from dependencies. Two rules are tried: backwards first with at most p micro-batches
/// in flight, which is the paper's unit of p micro-batches one after the other; and forward and backward in turn with at most 2p. The one
/// that ends earlier when a backward takes two forwards is kept, the first where they tie.
func waveOrder(_ shape: ScheduleShape) -> ScheduleOrder {
    let orders = [(limit: shape.ranks, takesTurns: false), (limit: 2 * shape.ranks, takesTurns: true)].map { rule in
        var list = WaveList(shape, limit: rule.limit, takesTurns: rule.takesTurns)
        list.run()
        var builder = OrderBuilder(shape, .zigzag)
        for rank in list.operations {
            for operation in rank { builder.append(operation) }
            builder.endRank()
        }
        return builder.order(.wave)
    }
    var simulator = PipelineSimulator()
    let makespans = orders.map { order in
        let times = StageTimes(stages: order.chainLength, forward: 1, backwardInput: 1, backwardWeight: 1)
        return (try? simulator.run(order, times).makespan) ?? .infinity
    }
    return makespans[0] <= makespans[1] ? orders[0] : orders[1]
}

/// A greedy list schedule over a zigzag of stages in which forward and backward take one slot each.
private struct WaveList {
    private let microBatches: Int
    private let chunks: Int
    private let limit: Int
    private let takesTurns: Bool
    private let stageRanks: [Int32]
    /// How many micro-batches have reached each stage, and how many it has passed on, forward and backward.
    private var forwardArrived: [Int]
    private var forwardDone: [Int]
    private var backwardArrived: [Int]
    private var backwardDone: [Int]
    private var lastWasForward: [Bool]
    private(set) var operations: [[PipelineOperation]]

    init(_ shape: ScheduleShape, limit: Int, takesTurns: Bool) {
        microBatches = shape.microBatches
        chunks = shape.chunksPerRank
        self.limit = limit
        self.takesTurns = takesTurns
        stageRanks = StagePlacement.zigzag.ranks(shape.ranks, chunks: shape.chunksPerRank)
        forwardArrived = Array(repeating: 0, count: stageRanks.count)
        forwardDone = forwardArrived
        backwardArrived = forwardArrived
        backwardDone = forwardArrived
        lastWasForward = Array(repeating: false, count: shape.ranks)
        operations = Array(repeating: [], count: shape.ranks)
    }

    private struct Choice {
        var stage: Int
        var isForward: Bool
        var microBatch: Int
    }

    /// Works everything off.
    mutating func run() {
        var left = 2 * stageRanks.count * microBatches
        var chosen: [Choice] = []
        while left > 0 {
            forwardArrived[0] = min(microBatches, backwardDone[0] + limit)
            chosen.removeAll(keepingCapacity: true)
            for rank in operations.indices {
                if let choice = choose(rank) { chosen.append(choice) }
            }
            // Outputs arrive after the slot, so that the order of ranks within a slot does not matter.
            for choice in chosen { perform(choice) }
            left -= chosen.count
        }
    }

    private func choose(_ rank: Int) -> Choice? {
        var best: Choice?
        for chunk in 0..<chunks {
            let ranks = operations.count
            let stage = chunk * ranks + (chunk % 2 == 0 ? rank : ranks - 1 - rank)
            if forwardDone[stage] < forwardArrived[stage] {
                let choice = Choice(stage: stage, isForward: true, microBatch: forwardDone[stage])
                if isBetter(choice, best, rank) { best = choice }
            }
            if backwardDone[stage] < backwardArrived[stage] {
                let choice = Choice(stage: stage, isForward: false, microBatch: backwardDone[stage])
                if isBetter(choice, best, rank) { best = choice }
            }
        }
        return best
    }

    /// Whether to prefer `choice`: the direction whose turn it is, then the older micro-batch, then the one nearer to its end.
    private func isBetter(_ choice: Choice, _ other: Choice?, _ rank: Int) -> Bool {
        guard let other else { return true }
        if choice.isForward != other.isForward {
            return choice.isForward == (takesTurns && !lastWasForward[rank])
        }
        if choice.microBatch != other.microBatch { return choice.microBatch < other.microBatch }
        return choice.isForward ? choice.stage > other.stage : choice.stage < other.stage
    }

    private mutating func perform(_ choice: Choice) {
        let (stage, rank) = (choice.stage, Int(stageRanks[choice.stage]))
        lastWasForward[rank] = choice.isForward
        if choice.isForward {
            operations[rank].append(PipelineOperation(.forward, stage: stage, microBatch: choice.microBatch))
            forwardDone[stage] += 1
            if stage + 1 < stageRanks.count { forwardArrived[stage + 1] += 1 } else { backwardArrived[stage] += 1 }
        } else {
            operations[rank].append(PipelineOperation(.backward, stage: stage, microBatch: choice.microBatch))
            backwardDone[stage] += 1
            if stage > 0 { backwardArrived[stage - 1] += 1 }
        }
    }
}
