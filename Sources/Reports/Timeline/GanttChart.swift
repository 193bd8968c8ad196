public import Schedules

/// A timeline as lines of text: a row per rank, time from left to right.
///
/// With colours, a cell's colour is the operation's kind, numbers are micro-batches and an underline marks the critical path; without,
/// an operation is its letter, capital on the critical path, then its micro-batch where it fits.
public struct GanttChart: Sendable {
    private let timeline: Timeline
    private let width: Int
    private let colour: TerminalColour

    /// A chart of a timeline that takes at most `width` columns (and at least 24).
    public init(_ timeline: Timeline, width: Int, colour: TerminalColour) {
        self.timeline = timeline
        self.width = max(width, 24)
        self.colour = colour
    }

    /// The chart's lines, each ended by a newline.
    public func rendered() -> String {
        let lanes = TimelineLanes(timeline).lanes
        let layout = GanttLayout(timeline, width: width)
        let compute = (0..<max(timeline.rankCount, 0)).map { rank in
            lanes.filter { $0.rank == rank && $0.role == .compute }.flatMap(\.spans)
        }
        let slots = layout.cells * (colour == .none ? 1 : 2)
        // With more operations than slots no single one can be shown.
        let mostOperations = compute.map(\.count).max() ?? 0
        let inProportion = mostOperations > slots
        // Numbers that only some operations have room for look like a pattern; beside letters they do no harm.
        let longest = "\(max(timeline.spans.reduce(0) { max($0, $1.microBatch) }, 0))".count
        let haveRoom = colour == .none || mostOperations * (2 * longest + 1) <= layout.cells * 2
        let painter = GanttPainter(timeline, colour: colour, showsSingles: !inProportion, showsNumbers: !inProportion && haveRoom)
        var lines = [StyledText(timeline.title, .bold), headline(layout, inProportion)]
        if !layout.rightTitle.isEmpty { lines.append(layout.line(rank: nil, chart: "", right: layout.rightTitle)) }
        for rank in compute.indices {
            let transfers = waits(of: rank, lanes.filter { $0.rank == rank }, compute[rank])
            let row = GanttRow(timeline, compute: compute[rank], transfers: transfers, slots: slots, inProportion: inProportion)
            let busy = compute[rank].reduce(0.0) { $0 + timeline.spans[Int($1)].end - timeline.spans[Int($1)].start }
            lines.append(
                layout.line(
                    rank: rank, chart: painter.paint(row), right: layout.right(rank: rank, busy: busy, of: timeline.makespan)))
        }
        lines.append(layout.axis(end: timeline.makespan, colour: colour))
        lines += painter.legend(width: width)
        return lines.map { $0.cut(to: width).rendered(colour) + "\n" }.joined()
    }

    private func headline(_ layout: GanttLayout, _ inProportion: Bool) -> StyledText {
        let cell = DurationText.text(timeline.makespan / Double(layout.cells))
        let grain = inProportion ? "a column is \(cell), its operations in proportion" : "a column is \(cell)"
        return StyledText("makespan \(DurationText.text(timeline.makespan))") + StyledText(" · \(grain)".plainIf(colour), .dim)
    }

    /// What a rank waits for: its own collectives, and the transfers whose end let one of its operations start.
    private func waits(of rank: Int, _ lanes: [TimelineLanes.Lane], _ compute: [Int32]) -> [Int32] {
        var waits = lanes.filter { $0.role == .collective }.flatMap(\.spans)
        for index in compute {
            let cause = Int(timeline.spans[Int(index)].waitsFor)
            if timeline.spans.indices.contains(cause), timeline.spans[cause].kind == .send { waits.append(Int32(cause)) }
        }
        return waits
    }
}

extension String {
    /// The text, its middle dots replaced by commas where only plain characters are wanted.
    func plainIf(_ colour: TerminalColour) -> String { colour == .none ? replacing(" · ", with: ", ") : self }
}
