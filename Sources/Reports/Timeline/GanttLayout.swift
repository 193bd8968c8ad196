import Schedules

/// Where the parts of a chart's lines stand: rank names on the left, time in the middle, two numbers on the right where there is room.
struct GanttLayout {
    /// The columns that time takes.
    let cells: Int
    /// The heads of the numbers on the right.
    let rightTitle: StyledText

    private let gutter: Int
    private let rightWidth: Int
    private let amountWidth: Int
    private let peaks: [String]

    /// The layout of a timeline's chart.
    init(_ timeline: Timeline, width: Int) {
        self.init(
            ranks: timeline.rankCount, peaks: timeline.memory.map { $0.map(\.amount).max() ?? 0 }, unit: timeline.memoryUnit, width: width)
    }

    /// The layout of a chart of `ranks` ranks, whose memory has `peaks` (none where there is no memory).
    init(ranks: Int, peaks: [Double], unit: Timeline.MemoryUnit, width: Int) {
        let digits = String(max(ranks - 1, 0)).count
        gutter = (width >= 48 ? "rank ".count : 1) + digits + 1
        let amounts = peaks.map { Self.amount($0, unit) }
        let isWide = width >= 64 && !peaks.isEmpty
        self.peaks = amounts
        amountWidth = max(amounts.map(\.count).max() ?? 0, "peak".count)
        rightWidth = isWide ? " 100 %  ".count + amountWidth : 0
        cells = max(width - gutter - rightWidth, 8)
        rightTitle = isWide ? StyledText("  busy  " + "peak".padded(amountWidth), .dim) : ""
    }

    /// A row: a rank's name, its time, its numbers.
    func line(rank: Int?, chart: StyledText, right: StyledText) -> StyledText {
        let name = rank.map { (gutter > 6 ? "rank " : "") + String($0).padded(gutter > 6 ? gutter - 6 : gutter - 1) } ?? ""
        let filler = StyledText(String(repeating: " ", count: max(cells - chart.width, 0)))
        return StyledText(name.padded(gutter - 1) + " ", .dim) + chart + filler + right
    }

    /// The share of the step during which a rank computes, and its memory's peak.
    func right(rank: Int, busy: Double, of makespan: Double) -> StyledText {
        guard rightWidth > 0 else { return "" }
        let share = makespan > 0 ? busy / makespan * 100 : 0
        let peak = rank < peaks.count ? peaks[rank] : ""
        return StyledText(" " + DurationText.decimal(share, 0).padded(3) + " %  " + peak.padded(amountWidth), .dim)
    }

    /// The axis below the rows.
    func axis(end: Double, colour: TerminalColour) -> StyledText {
        let axis = TimeAxis(end: end, limit: max(cells / 9, 1))
        var text = String(repeating: " ", count: gutter)
        for (tick, label) in zip(axis.ticks, axis.labels) {
            let column = gutter + (end > 0 ? Int((tick / end * Double(cells)).rounded()) : 0)
            let mark = (colour == .none ? "|" : "╵") + label
            guard column >= text.columns, column + mark.columns <= gutter + cells + rightWidth else { continue }
            text += String(repeating: " ", count: column - text.columns) + mark
        }
        return StyledText(text, .dim)
    }

    private static func amount(_ value: Double, _ unit: Timeline.MemoryUnit) -> String {
        switch unit {
        case .chunks: DurationText.decimal(value, 1)
        case .bytes: DurationText.decimal(value / 1_073_741_824, 1) + " GiB"
        }
    }
}

extension String {
    /// The text with spaces before it, up to `width` columns.
    func padded(_ width: Int) -> String { String(repeating: " ", count: max(width - columns, 0)) + self }
}
