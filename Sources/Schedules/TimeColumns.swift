/// How every rank's time divides among the kinds of operation, column by column of equal width: a timeline too long to keep.
public struct TimeColumns: Sendable {
    /// Ranks.
    public let ranks: Int
    /// Columns of a rank.
    public let columns: Int
    /// Seconds of a column.
    public let width: Double
    /// Seconds at (rank · columns + column) · kinds + kind; of a message, those in which the rank waited for it.
    public private(set) var seconds: [Double]

    /// The kinds of operation.
    public static let kinds = Timeline.Kind.allCases.count

    /// Empty columns over `length` seconds.
    init(ranks: Int, columns: Int, length: Double) {
        self.ranks = ranks
        self.columns = columns
        width = length / Double(columns)
        seconds = Array(repeating: 0, count: ranks * columns * Self.kinds)
    }

    /// Adds seconds of one kind, spread evenly from `start` to `end`, to the columns that they reach into.
    mutating func add(_ rank: Int, _ kind: Int, from start: Double, to end: Double, seconds amount: Double) {
        guard width > 0, end > start else { return }
        let first = min(max(Int(start / width), 0), columns - 1)
        let last = min(max(Int(end / width), first), columns - 1)
        for column in first...last {
            let part = min(end, width * Double(column + 1)) - max(start, width * Double(column))
            if part > 0 { seconds[(rank * columns + column) * Self.kinds + kind] += amount * part / (end - start) }
        }
    }
}

/// Fills fine columns while a step is simulated whose length is not known yet: where they do not suffice, each two become one.
struct ColumnRecorder: Sendable {
    /// Sums of each rank's open column, `stride` numbers a rank: by kind of operation, then of waiting, and last where the column ends.
    var open: [Double] = []
    private var closed: [Double] = []
    private var column: [Int] = []
    private var width = 0.0

    static let stride = 8
    /// Where in `open` a rank's waiting for messages is; kinds of compute come before.
    static let waiting = 5
    private static let sums = 6
    private static let columns = 2048

    /// Starts over for steps of about `length` seconds, and at least that.
    mutating func reset(ranks: Int, length: Double) {
        width = max(length, .leastNormalMagnitude) / Double(Self.columns / 2)
        open.reset(0, ranks * Self.stride)
        column.reset(0, ranks)
        closed.reset(0, ranks * Self.columns * Self.sums)
        for rank in 0..<ranks { open[rank * Self.stride + Self.stride - 1] = width }
    }

    /// Adds what reaches beyond a rank's open column, whose sums are `open`, and opens the column in which it ends: its sums.
    mutating func pass(_ rank: Int, _ kind: Int, from start: Double, to end: Double, open sums: SIMD8<Double>) -> SIMD8<Double> {
        guard end.isFinite else { return sums }
        add(sums, rank)
        while end > width * Double(Self.columns) { fold() }
        var from = start
        var next = max(column[rank], min(Int(start / width), Self.columns - 1))
        while end > width * Double(next + 1), next + 1 < Self.columns {
            let edge = width * Double(next + 1)
            if edge > from { closed[(rank * Self.columns + next) * Self.sums + kind] += edge - from }
            from = max(from, edge)
            next += 1
        }
        column[rank] = next
        var opened = SIMD8<Double>.zero
        opened[kind] = max(end - from, 0)
        opened[Self.stride - 1] = width * Double(next + 1)
        return opened
    }

    /// Puts sums of a rank's open column where they belong.
    private mutating func add(_ sums: SIMD8<Double>, _ rank: Int) {
        for kind in 0..<Self.sums { closed[(rank * Self.columns + column[rank]) * Self.sums + kind] += sums[kind] }
    }

    /// Makes columns twice as wide. Sums of open columns stay right; where those end is then too early, which only makes them pass sooner.
    private mutating func fold() {
        width *= 2
        for rank in column.indices {
            let base = rank * Self.columns * Self.sums
            for place in 0..<Self.columns * Self.sums {
                let (column, kind) = place.quotientAndRemainder(dividingBy: Self.sums)
                guard column < Self.columns / 2 else {
                    closed[base + place] = 0
                    continue
                }
                let first = base + 2 * column * Self.sums + kind
                closed[base + place] = closed[first] + closed[first + Self.sums]
            }
            column[rank] /= 2
        }
    }

    /// What was recorded, in columns over `length` seconds.
    mutating func columns(_ count: Int, length: Double) -> TimeColumns {
        var columns = TimeColumns(ranks: column.count, columns: count, length: length)
        for rank in column.indices {
            var sums = SIMD8<Double>.zero
            for kind in 0..<Self.sums { sums[kind] = open[rank * Self.stride + kind] }
            add(sums, rank)
            for fine in 0...column[rank] {
                for kind in 0..<Self.sums {
                    let seconds = closed[(rank * Self.columns + fine) * Self.sums + kind]
                    guard seconds > 0 else { continue }
                    let shown = kind == Self.waiting ? Int(Timeline.Kind.send.rawValue) : kind
                    let start = width * Double(fine)
                    columns.add(rank, shown, from: start, to: min(start + width, max(length, start)), seconds: seconds)
                }
            }
        }
        return columns
    }
}
