/// A schedule as a value: what each rank does, in which order, and where the stages live.
///
/// Stages form one chain, or two that run in opposite directions (`chainCount` = 2: DualPipe, Chimera); the second chain's stages are
/// numbered on from the first's. A chain of c passes the micro-batches d·m/c ..< (d+1)·m/c. Stage s of a chain feeds s + 1 of the same chain.
///
/// Every value holds each operation once, on its stage's rank, forward before backward before weight gradient. Whether ranks can wait for
/// each other forever is the simulator's to say.
public struct ScheduleOrder: Hashable, Sendable {
    /// The name to show, such as `zb-h1`.
    public let name: String
    /// Pipeline ranks, p.
    public let rankCount: Int
    /// Micro-batches of a step; with slices, micro-batches · slices.
    public let microBatches: Int
    /// Stages of the model, which a micro-batch passes one after the other.
    public let chainLength: Int
    /// One, or two where replicas run in opposite directions.
    public let chainCount: Int
    /// The rank of every global stage; `chainLength` · `chainCount` entries.
    public let stageRanks: [Int32]
    /// Whether every stage passes micro-batches on in the order in which its neighbour takes them, as all named schedules do.
    let passesInTurn: Bool
    /// What ranks do, in few words.
    let program: OrderProgram

    /// An order from parts that are known to be complete; `ScheduleOrder.init(name:ranks:)` is for those of users.
    init(
        name: String, microBatches: Int, chainCount: Int, stageRanks: [Int32], program: OrderProgram, passesInTurn: Bool
    ) {
        self.name = name
        self.rankCount = program.rankStarts.count - 1
        self.microBatches = microBatches
        self.chainLength = stageRanks.count / chainCount
        self.chainCount = chainCount
        self.stageRanks = stageRanks
        self.program = program
        self.passesInTurn = passesInTurn
    }

    /// Global stages over all chains.
    public var stageCount: Int { stageRanks.count }
    /// Chunks whose weights a rank holds: v, or 2 where replicas run in opposite directions.
    public var chunksPerRank: Int { stageCount / rankCount }
    /// Operations of all ranks together.
    public var operationCount: Int { program.rankStarts[rankCount] }
    /// Where each rank's operations begin in `operations`; one entry more than ranks.
    public var rankStarts: [Int] { program.rankStarts }

    /// Every rank's operations, one rank after the other, made anew by each call: 8 bytes each.
    public var operations: [PipelineOperation] {
        var operations: [PipelineOperation] = []
        operations.reserveCapacity(operationCount)
        for rank in 0..<rankCount { program.append(rank, to: &operations) }
        return operations
    }

    /// One rank's operations, made anew by each call.
    public func operations(ofRank rank: Int) -> [PipelineOperation] { program.operations(ofRank: rank) }

    /// Whether any forward overlaps a backward.
    public var hasPairs: Bool { program.runs.contains { program.round($0).contains(where: \.isPair) } }

    /// The most chunk activations each rank holds at once: one more from a forward's start, one less from its weight gradient's end.
    ///
    /// A rank runs its operations in a fixed order, so this does not depend on times.
    public func peakInFlight() -> [Int] {
        let peaks = peaks { operation in
            switch operation.kind {
            case .forward: (1, operation.isPair ? 1 : 0)
            case .backward, .backwardWeight: (0, 1)
            case .backwardInput: (0, 0)
            }
        }
        return peaks.map { Int($0) }
    }

    /// The most that each rank holds at once, where an operation takes something at its start and gives something back at its end.
    ///
    /// What is held changes by the same in every round of a loop, so that its first or last round holds the most.
    func peaks(_ change: (PipelineOperation) -> (taken: Double, given: Double)) -> [Double] {
        (0..<rankCount).map { rank in
            var held = 0.0
            var peak = 0.0
            for run in program.runs(ofRank: rank) {
                let changes = program.round(run).map(change)
                let before = held
                func pass() {
                    for change in changes {
                        held += change.taken
                        peak = max(peak, held)
                        held -= change.given
                    }
                }
                pass()
                guard run.rounds > 1 else { continue }
                held += (held - before) * Double(run.rounds - 2)
                pass()
            }
            return peak
        }
    }
}
