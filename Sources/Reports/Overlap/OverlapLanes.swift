import CostModels
import Schedules

/// Two lanes as they ran, as characters and as a picture.
struct OverlapLanes {
    private let spans: [(task: Lanes.Task, span: Lanes.Span)]
    private let title: String
    private let end: Double

    init(_ spans: [(task: Lanes.Task, span: Lanes.Span)], _ title: String) {
        self.spans = spans.filter { $0.span.end > $0.span.start }
        self.title = title
        end = max(spans.map(\.span.end).max() ?? 0, .leastNormalMagnitude)
    }

    /// A row a lane; a cell has the first letter of what runs there most.
    func text(width: Int) -> String {
        let cells = max(8, width - 10)
        var text = ""
        for lane in Lanes.Lane.allCases {
            var row = [Character](repeating: ".", count: cells)
            var most = [Double](repeating: 0, count: cells)
            for (task, span) in spans where task.lane == lane {
                let (from, to) = (span.start / end * Double(cells), span.end / end * Double(cells))
                for cell in max(0, Int(from))..<min(cells, Int(to.rounded(.up))) {
                    let share = min(to, Double(cell + 1)) - max(from, Double(cell))
                    if share > most[cell], share > 0.05 { (most[cell], row[cell]) = (share, task.name.first ?? "?") }
                }
            }
            text += (lane == .compute ? "compute   " : "exchange  ") + String(row) + "\n"
        }
        return text + "a column is \(DurationText.text(end / Double(cells))); letters are blocks, dots are idle\n"
    }

    /// The picture as SVG.
    var svg: String {
        let (left, width, high) = (90.0, 1000.0, 26.0)
        var body = ""
        for lane in Lanes.Lane.allCases {
            let top = 44 + Double(lane.rawValue) * (high + 8)
            body += "<text x=\"\(left - 8)\" y=\"\(top + 17)\" text-anchor=\"end\">\(lane == .compute ? "compute" : "exchange")</text>\n"
            body += "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(width)\" height=\"\(high)\" class=\"box\"/>\n"
            for (task, span) in spans where task.lane == lane {
                let x = left + span.start / end * width
                let wide = max((span.end - span.start) / end * width - 0.5, 0.3)
                let fill = TimelinePalette.colour(lane == .compute ? .forward : .send).hex
                body +=
                    "<rect x=\"\(DurationText.decimal(x, 2))\" y=\"\(top + 2)\" width=\"\(DurationText.decimal(wide, 2))\" height=\"\(high - 4)\" "
                body +=
                    "fill=\"\(fill)\"><title>\(SVGText.escaped(task.name)): \(DurationText.text(span.end - span.start))</title></rect>\n"
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1110 130" width="1110" height="130" font-family="sans-serif" font-size="12">
            \(PictureStyle.css)
            <rect width="100%" height="100%" class="paper"/>
            <text x="12" y="24" font-size="14">\(SVGText.escaped(title)): two layers forward, \(DurationText.text(end))</text>
            \(body)</svg>

            """
    }
}
