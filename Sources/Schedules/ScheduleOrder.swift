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
    /// Every rank's operations, one rank after the other.
    public let operations: [PipelineOperation]
    /// Where each rank's operations begin in `operations`; one entry more than ranks.
    public let rankStarts: [Int]

    /// An order from parts that are known to be complete; `validated` is for those of users.
    init(
        name: String, microBatches: Int, chainCount: Int, stageRanks: [Int32], operations: [PipelineOperation], rankStarts: [Int]
    ) {
        self.name = name
        self.rankCount = rankStarts.count - 1
        self.microBatches = microBatches
        self.chainLength = stageRanks.count / chainCount
        self.chainCount = chainCount
        self.stageRanks = stageRanks
        self.operations = operations
        self.rankStarts = rankStarts
    }

    /// Global stages over all chains.
    public var stageCount: Int { stageRanks.count }
    /// Chunks whose weights a rank holds: v, or 2 where replicas run in opposite directions.
    public var chunksPerRank: Int { stageCount / rankCount }

    /// One rank's operations.
    public func operations(ofRank rank: Int) -> ArraySlice<PipelineOperation> {
        operations[rankStarts[rank]..<rankStarts[rank + 1]]
    }

    /// The most chunk activations each rank holds at once: one more from a forward's start, one less from its weight gradient's end.
    ///
    /// A rank runs its operations in a fixed order, so this does not depend on times.
    public func peakInFlight() -> [Int] {
        (0..<rankCount).map { rank in
            var held = 0
            var peak = 0
            for operation in operations(ofRank: rank) {
                switch operation.kind {
                case .forward:
                    held += 1
                    peak = max(peak, held)
                    if operation.isPair { held -= 1 }
                case .backward, .backwardWeight: held -= 1
                case .backwardInput: break
                }
            }
            return peak
        }
    }
}
