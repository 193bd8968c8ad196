public import Schedules

/// A timeline as one SVG picture, for documents and for browsers.
///
/// It follows the reader's light or dark preference; opened on its own it zooms and pans, and an operation under the pointer says its
/// name, times and what it waits for. Where operations are narrower than a pixel and a half, their shares of the time are drawn instead:
/// `TimelineHTML` shows those one by one.
public struct TimelineSVG: Sendable {
    private let timeline: Timeline
    private let isForPaper: Bool

    /// A picture of a timeline; for paper without what only a pointer shows.
    public init(_ timeline: Timeline, forPaper isForPaper: Bool = false) { (self.timeline, self.isForPaper) = (timeline, isForPaper) }

    /// Writes the picture to a file that appears when it is complete.
    ///
    /// - Throws: `ReportsError.unwritable`.
    public func write(to path: String) throws(ReportsError) { try AtomicFile.write(bytes(), to: path) }

    /// The picture, in UTF-8.
    public func bytes() -> [UInt8] {
        let lanes = TimelineLanes(timeline)
        let layout = SVGLayout(timeline, lanes)
        var text = ByteWriter(capacity: 1 << 18)
        text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
        text.append(coordinate: SVGLayout.width)
        text.append(" ")
        text.append(coordinate: layout.height)
        text.append("\" preserveAspectRatio=\"xMidYMin\" role=\"img\">\n<title>")
        text.append(xml: timeline.title)
        text.append("</title>\n<style>\n")
        text.append(text: Self.style)
        appendColours(to: &text)
        text.append("</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n")
        appendHead(to: &text, layout)
        SVGRows(timeline, layout, namesOperations: !isForPaper).append(to: &text)
        guard !isForPaper else {
            text.append("</svg>\n")
            return text.array()
        }
        text.append("<script><![CDATA[\n")
        text.append(file: PackageResources.svg_js)
        text.append("]]></script>\n</svg>\n")
        return text.array()
    }

    private static let style = StyleSheet.withoutVariables(String(decoding: PackageResources.svg_css, as: UTF8.self))

    private func appendColours(to text: inout ByteWriter) {
        for kind in Timeline.Kind.allCases {
            for chunk in 0..<min(max(timeline.chunksPerRank, 1), 4) {
                text.append(text: ".k\(kind.rawValue)c\(chunk) { fill: \(TimelinePalette.colour(kind, chunk: chunk).hex); }\n")
            }
        }
    }

    private func appendHead(to text: inout ByteWriter, _ layout: SVGLayout) {
        text.append("<text class=\"title\" x=\"20\" y=\"32\">")
        text.append(xml: timeline.title)
        text.append("</text>\n<text class=\"right\" x=\"1576\" y=\"32\">makespan ")
        text.append(xml: DurationText.text(timeline.makespan))
        text.append(text: ", \(timeline.rankCount) \(timeline.rankCount == 1 ? "rank" : "ranks")</text>\n")
        for (number, fact) in timeline.facts.enumerated() {
            text.append("<text x=\"20\" y=\"")
            text.append(coordinate: 52 + SVGLayout.factHeight * Double(number))
            text.append("\">")
            text.append(xml: fact)
            text.append("</text>\n")
        }
        let legend = layout.headHeight - 37
        var present = Set<Timeline.Kind>()
        for span in timeline.spans { present.insert(span.kind) }
        var x = 20.0
        for kind in Timeline.Kind.allCases where present.contains(kind) {
            let upper = kind == .overlappedPair ? Timeline.Kind.forward : kind
            text.append(text: "<rect class=\"k\(upper.rawValue)c0\" x=\"\(x)\" y=\"\(legend - 10)\" width=\"14\" height=\"12\" rx=\"3\"/>")
            if kind == .overlappedPair {
                let lower = Timeline.Kind.backward.rawValue
                text.append(text: "<rect class=\"k\(lower)c0\" x=\"\(x)\" y=\"\(legend - 4)\" width=\"14\" height=\"6\"/>")
            }
            text.append(text: "<text x=\"\(x + 20)\" y=\"\(legend)\">\(kind.words)</text>\n")
            x += 46 + 6.4 * Double("\(kind.words)".count)
        }
        text.append(text: "<path class=\"path\" d=\"M\(x) \(legend - 4)h18\"/><text x=\"\(x + 24)\" y=\"\(legend)\">critical path</text>\n")
        x += 126
        if timeline.chunksPerRank > 1 {
            text.append(text: "<text x=\"\(x)\" y=\"\(legend)\">paler: later chunks</text>\n")
            x += 130
        }
        if let limit = timeline.memoryLimit {
            text.append(text: "<path class=\"limit\" d=\"M\(x) \(legend - 4)h18\"/><text x=\"\(x + 24)\" y=\"\(legend)\">memory limit ")
            text.append(text: "\(timeline.memoryUnit.text(limit))</text>\n")
        }
        let axis = TimeAxis(end: timeline.makespan, limit: 14)
        for (tick, label) in zip(axis.ticks, axis.labels) {
            text.append("<path class=\"grid\" d=\"M")
            text.append(coordinate: layout.x(tick))
            text.append(text: " \(layout.headHeight - 6)V")
            text.append(coordinate: layout.height - 14)
            text.append("\"/><text class=\"middle\" x=\"")
            text.append(coordinate: layout.x(tick))
            text.append(text: "\" y=\"\(layout.headHeight - 11)\">\(tick > 0 ? "\(label) \(axis.unit)" : label)</text>\n")
        }
    }
}

extension ByteWriter {
    /// Appends a coordinate to a hundredth of a pixel.
    mutating func append(coordinate value: Double) { append(thousandths: Int(exactly: (value * 100).rounded()).map { $0 * 10 } ?? 0) }
}
