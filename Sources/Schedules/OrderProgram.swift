/// Every rank's operations in few words: lists, and loops whose rounds differ in their micro-batches alone.
///
/// The order of a deep pipeline over many micro-batches holds tens of millions of operations, nearly all of them in the steady state. A
/// program keeps one round of it and what each further one adds, so that an order costs what its ranks do differently, and the simulator
/// reads it from the cache.
struct OrderProgram: Hashable, Sendable {
    /// Operations in a row: a list, which is one round, or a loop.
    struct Run: Hashable, Sendable {
        /// Where its operations begin in `words`; those of a loop are followed by what a round adds to each.
        var start: Int32
        /// Operations of a round.
        var length: Int32
        /// Rounds.
        var rounds: Int32

        /// All its operations.
        var count: Int { Int(length) * Int(rounds) }
    }

    /// Operations and increments, as `Run` says.
    private(set) var words: [UInt64] = []
    /// Runs of all ranks, one rank after the other.
    private(set) var runs: [Run] = []
    /// Where each rank's runs begin; one entry more than ranks.
    private(set) var rankRuns = [0]
    /// Where each rank's operations begin when counted over all ranks; one entry more than ranks.
    private(set) var rankStarts = [0]
    /// Where the list begins that is being written.
    private var listStart = 0
    private var count = 0

    /// Lets `count` operations that form no loop be appended without moving those before.
    mutating func reserve(_ count: Int) { words.reserveCapacity(words.count + count) }

    /// Appends one operation.
    mutating func append(_ operation: PipelineOperation) { words.append(operation.word) }

    /// Appends `rounds` rounds, whose micro-batches each grow or shrink by the same from one round to the next.
    mutating func loop(_ rounds: Int, _ round: (Int) -> [PipelineOperation]) {
        guard rounds > 3 else {
            // A loop this short is longer than its list.
            for index in 0..<max(rounds, 0) { for operation in round(index) { append(operation) } }
            return
        }
        endList()
        let first = round(0)
        guard !first.isEmpty else { return }
        let start = words.count
        for operation in first { words.append(operation.word) }
        for (operation, next) in zip(first, round(1)) { words.append(next.word &- operation.word) }
        runs.append(Run(start: Int32(start), length: Int32(first.count), rounds: Int32(rounds)))
        count += first.count * rounds
        listStart = words.count
    }

    /// Ends a rank; what follows is the next one's.
    mutating func endRank() {
        endList()
        rankRuns.append(runs.count)
        rankStarts.append(count)
    }

    private mutating func endList() {
        let length = words.count - listStart
        guard length > 0 else { return }
        runs.append(Run(start: Int32(listStart), length: Int32(length), rounds: 1))
        count += length
        listStart = words.count
    }

    /// A rank's runs.
    func runs(ofRank rank: Int) -> ArraySlice<Run> { runs[rankRuns[rank]..<rankRuns[rank + 1]] }

    /// The operations of a run's first round: kinds and stages are those of every round.
    func round(_ run: Run) -> [PipelineOperation] {
        words[Int(run.start)..<Int(run.start + run.length)].map(PipelineOperation.init(word:))
    }

    /// A rank's operations, one by one.
    func operations(ofRank rank: Int) -> [PipelineOperation] {
        var operations: [PipelineOperation] = []
        operations.reserveCapacity(rankStarts[rank + 1] - rankStarts[rank])
        append(rank, to: &operations)
        return operations
    }

    /// Appends a rank's operations, one by one.
    func append(_ rank: Int, to operations: inout [PipelineOperation]) {
        for run in runs(ofRank: rank) {
            var round = self.round(run)
            operations.append(contentsOf: round)
            let increments = Int(run.start + run.length)
            for _ in 1..<run.rounds {
                for place in round.indices { round[place] = PipelineOperation(word: round[place].word &+ words[increments + place]) }
                operations.append(contentsOf: round)
            }
        }
    }
}
