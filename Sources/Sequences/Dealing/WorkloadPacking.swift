/// Rows of different lengths that take equally long, as WLB-LLM packs them (Wang et al., arXiv:2503.17924, §4, algorithm 1).
///
/// The longest document first, each goes to the row with the least work if the row has room for it, else to the row with the fewest tokens, else it
/// waits for the next step. A document that alone is more work than the mean row waits until there is one of its size, a power of two, for every
/// row of a step, so that all rows of that step hold one.
struct WorkloadPacking {
    /// What rows take.
    private let price: GroupPrice
    /// Tokens that a row holds at most.
    private let room: Int
    /// Rows of a step are a multiple of this.
    private let replicas: Int
    /// Tokens of a row in the mean.
    private let rowTokens: Int
    /// Documents that found no room.
    private var left: [Int] = []
    /// Documents that wait for others of their size, by the logarithm of it.
    private var waiting: [Int: [Int]] = [:]

    /// Packing for the rows of `replicas` groups of ranks, of `rowTokens` tokens in the mean and at most `room`.
    init(_ price: GroupPrice, rowTokens: Int, room: Int, replicas: Int) {
        self.price = price
        self.rowTokens = max(1, rowTokens)
        self.room = max(1, rowTokens, room)
        self.replicas = max(1, replicas)
    }

    /// A row of documents.
    struct Row {
        /// The lengths of its documents.
        var documents: [Int] = []
        /// Their sum.
        var tokens = 0
        /// The sum of their squares.
        var squares = 0.0
        /// The sum of what each takes, in s.
        var seconds = 0.0
    }

    /// Tokens that wait for a later step.
    var waitingTokens: Int { left.reduce(0, +) + waiting.values.reduce(0) { $0 + $1.reduce(0, +) } }

    /// The rows of the next step, in which `lengths` arrive.
    mutating func rows(_ lengths: [Int]) -> [Row] {
        let arrived = lengths.reduce(0, +)
        let count = max(1, (arrived + rowTokens * replicas - 1) / (rowTokens * replicas)) * replicas
        let mean = lengths.reduce(0.0) { $0 + work($1) } / Double(count)
        var documents = left
        left = []
        for length in lengths {
            if work(length) > mean { waiting[Self.size(length), default: []].append(length) } else { documents.append(length) }
        }
        for size in waiting.keys.sorted() {
            guard var queue = waiting[size], queue.count >= count else { continue }
            documents += queue.prefix(count)
            queue.removeFirst(count)
            waiting[size] = queue
        }
        documents.sort(by: >)
        return pack(documents, count)
    }

    private mutating func pack(_ documents: [Int], _ count: Int) -> [Row] {
        var rows = [Row](repeating: Row(), count: count)
        var (byWork, byTokens) = (LoadHeap(), LoadHeap())
        byWork.fill(count) { _ in 0 }
        byTokens.fill(count) { _ in 0 }
        for length in documents {
            var row = byWork.least { rows[$0].seconds }
            if rows[row].tokens + length > room { row = byTokens.least { Double(rows[$0].tokens) } }
            guard rows[row].tokens + length <= room else { left.append(length); continue }
            rows[row].documents.append(length)
            rows[row].tokens += length
            rows[row].squares += Double(length) * Double(length)
            rows[row].seconds += work(length)
        }
        return rows
    }

    /// What a document takes on its row's ranks, in s.
    private func work(_ length: Int) -> Double { price.seconds(length) }

    /// The logarithm of a length, rounded down.
    private static func size(_ length: Int) -> Int { Int.bitWidth - 1 - max(1, length).leadingZeroBitCount }
}
