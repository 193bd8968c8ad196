public import Schedules

/// A step too long for a timeline as lines of text: a row per rank, whose columns show the kinds of operation in proportion to their time.
///
/// It looks as `GanttChart` does where operations are narrower than columns; only the critical path is missing, which takes a timeline.
public struct ProportionChart: Sendable {
    private let layout: GanttLayout
    private let width: Int
    private let colour: TerminalColour

    /// A chart of at most `width` columns of text (and at least 24).
    ///
    /// - Parameters:
    ///   - peaks: the most that each rank's memory holds, in `unit`.
    public init(ranks: Int, peaks: [Double], unit: Timeline.MemoryUnit, width: Int, colour: TerminalColour) {
        self.width = max(width, 24)
        self.colour = colour
        layout = GanttLayout(ranks: ranks, peaks: peaks, unit: unit, width: self.width)
    }

    /// The columns of time that the chart can show.
    public var columns: Int { layout.cells * (colour == .none ? 1 : 2) }

    /// The chart's lines, each ended by a newline.
    public func rendered(title: String, _ time: TimeColumns, _ step: StepSummary) -> String {
        let makespan = step.result.makespan
        let cell = DurationText.text(makespan / Double(layout.cells))
        let grain = " · a column is \(cell), its operations in proportion".plainIf(colour)
        var lines = [
            StyledText(title, .bold), StyledText("makespan \(DurationText.text(makespan))") + StyledText(grain, .dim),
        ]
        if !layout.rightTitle.isEmpty { lines.append(layout.line(rank: nil, chart: "", right: layout.rightTitle)) }
        var present = Set<Timeline.Kind>()
        let rowLength = time.columns * TimeColumns.kinds
        for rank in 0..<time.ranks {
            let shares = time.seconds[rank * rowLength..<(rank + 1) * rowLength].map { time.width > 0 ? $0 / time.width : 0 }
            let kinds = GanttRow.choices(shares, slots: time.columns, inProportion: true)
            for case let kind? in kinds { present.insert(kind) }
            lines.append(
                layout.line(
                    rank: rank, chart: paint(kinds), right: layout.right(rank: rank, busy: step.ranks[rank].busy, of: makespan)))
        }
        lines.append(layout.axis(end: makespan, colour: colour))
        lines += GanttPainter.lines(GanttPainter.entries(present, colour) + (colour == .none ? [". idle"] : []), width: width)
        return lines.map { $0.cut(to: width).rendered(colour) + "\n" }.joined()
    }

    private func paint(_ kinds: [Timeline.Kind?]) -> StyledText {
        var text = StyledText("")
        guard colour != .none else {
            return StyledText(String(kinds.map { $0.map(GanttPainter.letter) ?? "." }))
        }
        for cell in 0..<kinds.count / 2 {
            let (left, right) = (colour(of: kinds[2 * cell]), colour(of: kinds[2 * cell + 1]))
            if left == right {
                text.append(" ", left.map { TextStyle(background: $0) } ?? .plain)
            } else {
                let halves = GanttPainter.halves(left, right)
                text.append(halves.text, halves.style)
            }
        }
        return text
    }

    private func colour(of kind: Timeline.Kind?) -> Colour? {
        kind.map { $0.isCompute ? TimelinePalette.colour($0) : GanttPainter.waiting($0) }
    }
}
