/// A micro-batch on a rank, for pictures.
public struct DealtSpan: Hashable, Sendable {
    /// The rank.
    public var rank: Int
    /// From when, in s.
    public var start: Double
    /// How long, in s.
    public var seconds: Double
    /// Tokens of the sequence, or of what short ones fill together.
    public var tokens: Int
    /// Ranks that share it.
    public var ranks: Int
}

/// What ranks compute, one micro-batch after another, members of a group together.
struct RankWork {
    /// Times of each rank's micro-batches, in s.
    private(set) var times: [[Double]]
    /// When each rank has computed its own, waiting for others of its groups included; of a pipeline's stage, its fill left out.
    private(set) var ends: [Double]
    /// Sequences by the ranks that share one.
    var groups: [Int: Int] = [:]
    /// What was computed when; empty unless asked for.
    private(set) var spans: [DealtSpan] = []
    private var open: [(tokens: Int, seconds: Double)]
    private let records: Bool

    init(_ ranks: Int, records: Bool) {
        times = Array(repeating: [], count: ranks)
        ends = Array(repeating: 0, count: ranks)
        open = Array(repeating: (0, 0), count: ranks)
        self.records = records
    }

    /// Tokens in a rank's open micro-batch.
    func openTokens(_ rank: Int) -> Int { open[rank].tokens }

    /// Adds a short sequence to a rank's open micro-batch.
    mutating func fill(_ rank: Int, tokens: Int, seconds: Double) {
        open[rank].tokens += tokens
        open[rank].seconds += seconds
    }

    /// Ends a rank's open micro-batch, where there is one.
    mutating func close(_ rank: Int, fixed: Double) {
        guard open[rank].tokens > 0 else { return }
        run(rank..<rank + 1, seconds: open[rank].seconds + fixed, tokens: open[rank].tokens)
        open[rank] = (0, 0)
    }

    /// A micro-batch that ranks share, who wait for the last of them.
    mutating func run(_ members: Range<Int>, seconds: Double, tokens: Int) {
        var start = 0.0
        for rank in members { start = max(start, ends[rank]) }
        for rank in members {
            times[rank].append(seconds)
            ends[rank] = start + seconds
            if records { spans.append(DealtSpan(rank: rank, start: start, seconds: seconds, tokens: tokens, ranks: members.count)) }
        }
    }

    /// All ranks wait for each other.
    mutating func wait() {
        let last = ends.max() ?? 0
        for rank in ends.indices { ends[rank] = last }
    }
}
