import Schedules

/// How a lane's time divides among the kinds of operation, column by column, for pictures in which single operations are too narrow.
///
/// How much of a column is busy is exact; how the busy part divides is averaged over as many columns as hold some two dozen operations,
/// because single ones beating against the columns would show patterns that are not there.
struct LaneShares {
    /// The number of columns.
    let columns: Int
    /// Shares of a column's time, at `column · kinds + kind`; what is missing to one is idle.
    private(set) var shares: [Double]

    static let kinds = Timeline.Kind.allCases.count

    init(_ timeline: Timeline, _ spans: [Int32], columns: Int) {
        self.columns = columns
        shares = Array(repeating: 0, count: columns * Self.kinds)
        guard timeline.makespan > 0, timeline.makespan.isFinite else { return }
        let scale = Double(columns) / timeline.makespan
        for index in spans {
            let span = timeline.spans[Int(index)]
            let (begin, end) = (span.start * scale, span.end * scale)
            guard begin.isFinite, end > begin, end.isFinite else { continue }
            let first = Int(min(max(begin, 0), Double(columns - 1)))
            let last = Int(min(end, Double(columns - 1)))
            guard last >= first else { continue }
            for column in first...last {
                let part = min(end, Double(column + 1)) - max(begin, Double(column))
                if part > 0 { shares[column * Self.kinds + Int(span.kind.rawValue)] += part }
            }
        }
        average(reach: min(Int((12 * Double(columns) / Double(max(spans.count, 1))).rounded(.up)), 40))
    }

    private mutating func average(reach: Int) {
        var mix = [Double](repeating: 0, count: Self.kinds)
        var averaged = shares
        func add(_ column: Int, _ sign: Double) {
            guard column >= 0, column < columns else { return }
            for kind in 0..<Self.kinds { mix[kind] += sign * shares[column * Self.kinds + kind] }
        }
        for column in 0..<min(reach, columns) { add(column, 1) }
        for column in 0..<columns {
            add(column + reach, 1)
            add(column - reach - 1, -1)
            let cells = column * Self.kinds..<(column + 1) * Self.kinds
            let busy = min(shares[cells].reduce(0, +), 1)
            let whole = mix.reduce(0) { $0 + max($1, 0) }
            for kind in 0..<Self.kinds {
                averaged[cells.lowerBound + kind] = busy > 0 && whole > 0 ? max(mix[kind], 0) / whole * busy : 0
            }
        }
        shares = averaged
    }
}
