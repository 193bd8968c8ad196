public import CostModels
import Parallelism
import Schedules

/// The steps of attention over context ranks as a picture: forward above backward, attention and every direction a lane.
public struct ContextLanesSVG: Sendable {
    private let lanes: ContextLanes
    private let title: String

    /// The picture of an attention's steps.
    public init(_ lanes: ContextLanes, title: String) {
        self.lanes = lanes
        self.title = title
    }

    private static let (left, width, laneHeight, gap) = (130.0, 1000.0, 22.0, 6.0)

    /// The picture as text.
    public var text: String {
        let end = max(lanes.ends.values.max() ?? 0, .leastNormalMagnitude)
        var (top, body) = (64.0, "")
        for pass in ContextPass.allCases {
            let present = ContextLanes.Lane.allCases.filter { lane in lanes.spans.contains { $0.pass == pass && $0.lane == lane } }
            body += label(pass.rawValue, x: 12, y: top - 6, style: "font-weight=\"600\"")
            body += label(
                DurationText.text(lanes.ends[pass] ?? 0), x: Self.left + Self.width, y: top - 6, style: "text-anchor=\"end\"")
            for lane in present {
                body += label(lane.rawValue, x: Self.left - 10, y: top + 15, style: "text-anchor=\"end\"")
                body += "<rect x=\"\(Self.left)\" y=\"\(top)\" width=\"\(Self.width)\" height=\"\(Self.laneHeight)\" fill=\"#f1f3f6\"/>\n"
                for span in lanes.spans where span.pass == pass && span.lane == lane { body += bar(span, top: top, end: end) }
                top += Self.laneHeight + Self.gap
            }
            top += 30
        }
        let (wide, high) = (Self.left + Self.width + 20, top)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(wide)) \(Int(high))" width="\(Int(wide))" height="\(Int(high))" \
            font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#10151c">
            <rect width="100%" height="100%" fill="#ffffff"/>
            \(label(title, x: 12, y: 24, style: "font-size=\"15\" font-weight=\"600\""))\(body)</svg>

            """
    }

    /// Writes the picture.
    ///
    /// - Throws: `ReportsError.unwritable`.
    public func write(to path: String) throws(ReportsError) { try AtomicFile.write(Array(text.utf8), to: path) }

    private func bar(_ span: ContextLanes.Span, top: Double, end: Double) -> String {
        let x = Self.left + span.start / end * Self.width
        let wide = max(span.seconds / end * Self.width - 0.6, 0.4)
        let colour = Self.colour(span.lane, span.pass)
        var text =
            "<rect x=\"\(fixed(x))\" y=\"\(fixed(top + 2))\" width=\"\(fixed(wide))\" height=\"\(fixed(Self.laneHeight - 4))\" "
            + "fill=\"\(colour.fill)\"><title>step \(span.step): \(DurationText.text(span.seconds))</title></rect>\n"
        if wide > 24 {
            text += label("\(span.step)", x: x + wide / 2, y: top + 15, style: "text-anchor=\"middle\" fill=\"\(colour.ink)\"")
        }
        return text
    }

    private static func colour(_ lane: ContextLanes.Lane, _ pass: ContextPass) -> (fill: String, ink: String) {
        let kind: Timeline.Kind =
            switch lane {
            case .attention: pass == .forward ? .forward : .backward
            case .clockwise: .send
            case .counterclockwise: .copyDown
            case .outer: .parameterGather
            case .exchange: .gradientReduce
            }
        let colour = TimelinePalette.colour(kind)
        return (colour.hex, TimelinePalette.ink(on: colour).hex)
    }

    private func label(_ words: String, x: Double, y: Double, style: String) -> String {
        let safe = words.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return "<text x=\"\(fixed(x))\" y=\"\(fixed(y))\" \(style)>\(safe)</text>\n"
    }

    private func fixed(_ value: Double) -> String { DurationText.decimal(value, 1) }
}
