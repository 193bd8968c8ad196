import Calibration
import Foundation

extension ValidationReport {
    /// Predicted against measured step time on logarithmic axes, a colour and a shape for each source, as a self-contained SVG.
    public var plot: String {
        let points = predictions.enumerated().compactMap {
            index, row -> (source: String, measured: Double, predicted: Double, id: String, row: Int)? in
            guard let predicted = row.stepTime, let measured = row.run.measuredStepTime, !row.run.ranOutOfMemory else { return nil }
            return (row.run.source, measured, predicted, row.run.id, index)
        }
        let sources = Set(points.map(\.source)).sorted()
        let low = floor(log10(points.map { min($0.measured, $0.predicted) }.min() ?? 0.1))
        let high = ceil(log10(points.map { max($0.measured, $0.predicted) }.max() ?? 10))
        let side = 560.0
        let left = 70.0
        let top = 40.0
        func position(_ value: Double) -> Double { (log10(value) - low) / max(1, high - low) * side }
        func x(_ value: Double) -> Double { left + position(value) }
        func y(_ value: Double) -> Double { top + side - position(value) }
        func text(_ px: Double, _ py: Double, _ words: String, _ anchor: String = "middle") -> String {
            String(format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%@\">%@</text>\n", px, py, anchor, words)
        }
        var svg = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 660" font-family="system-ui, sans-serif" font-size="13">
            \(PictureStyle.css)

            """
        for decade in stride(from: low, through: high, by: 1) {
            let value = pow(10, decade)
            svg += String(
                format: "<path class=\"grid\" d=\"M%.1f %.1fV%.1fM%.1f %.1fH%.1f\"/>\n", x(value), top, top + side, left, y(value),
                left + side)
            let label = decade >= 0 ? String(format: "%.0f s", value) : String(format: "%g s", value)
            svg += text(x(value), top + side + 20, label) + text(left - 8, y(value) + 4, label, "end")
        }
        let first = pow(10, low)
        let last = pow(10, high)
        svg += String(format: "<path class=\"line\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x(first), y(first), x(last), y(last))
        for factor in [0.9, 1.1] {
            let from = max(first, first / factor)
            let to = min(last, last / factor)
            svg += String(
                format: "<path class=\"band\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x(from), y(from * factor), x(to), y(to * factor))
        }
        for (index, source) in sources.enumerated() {
            let mark = PlotMark(index)
            svg += "<g fill=\"\(mark.colour)\" fill-opacity=\".7\">\n"
            for point in points where point.source == source {
                let words =
                    SVGText.escaped(point.id) + String(format: ": measured %.4g s, predicted %.4g s", point.measured, point.predicted)
                svg +=
                    "<path d=\"\(mark.path(x(point.measured), y(point.predicted), 3.2))\" data-row=\"run-\(point.row)\" data-tip=\"\(words)\">"
                svg += "<title>\(words)</title></path>\n"
            }
            svg += "</g>\n"
            let row = top + 14 + 20 * Double(index)
            svg += "<path fill=\"\(mark.colour)\" d=\"\(mark.path(650, row - 4, 5.2))\"/>\n"
            svg += text(664, row, "\(SVGText.escaped(source)) (\(points.filter { $0.source == source }.count))", "start")
        }
        svg += text(left + side / 2, top + side + 42, "measured step time; dashed: ±10 %")
        svg += String(
            format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 18 %.1f)\">predicted step time</text>\n",
            18.0, top + side / 2, top + side / 2)
        return svg + "</svg>\n"
    }
}
