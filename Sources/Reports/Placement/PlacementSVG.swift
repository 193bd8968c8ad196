extension PlacementMap {
    /// The picture as SVG: a box a node, a square a GPU with its rank, coloured by stage, and a legend; titles say the rest.
    public var svg: String {
        let square = 26
        let gpus = nodes.map(\.gpus.count).max() ?? 0
        let boxWidth = max(gpus * square + 12, 120, 6 * (nodes.map(\.name.count).max() ?? 0) + 12)
        let boxHeight = square + 34
        let perRow = max(1, min(nodes.count, Int(Double(nodes.count).squareRoot().rounded(.up))))
        let rows = (nodes.count + perRow - 1) / perRow
        let width = perRow * (boxWidth + 10) + 10
        let height = rows * (boxHeight + 10) + 46
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
            font-family="sans-serif" font-size="11">
            <title>Which GPU holds which pipeline stage</title>
            \(PictureStyle.css)
            <rect width="100%" height="100%" class="paper"/>\n
            """
        for (index, node) in nodes.enumerated() {
            let x = 10 + index % perRow * (boxWidth + 10)
            let y = 40 + index / perRow * (boxHeight + 10)
            text += "<g transform=\"translate(\(x) \(y))\">"
            text += "<rect width=\"\(boxWidth)\" height=\"\(boxHeight)\" rx=\"4\" class=\"framed\"/>"
            text += "<text x=\"6\" y=\"16\">\(SVGText.escaped(node.name))</text>\n"
            for (gpu, holds) in node.gpus.enumerated() { text += cell(gpu, holds, square) }
            text += "</g>\n"
        }
        return text + legend + "</svg>\n"
    }

    private func cell(_ gpu: Int, _ holds: (rank: Int, stage: Int)?, _ square: Int) -> String {
        let x = 6 + gpu * square
        let size = square - 2
        guard let holds else {
            return "<rect x=\"\(x)\" y=\"24\" width=\"\(size)\" height=\"\(size)\" class=\"empty\"/>\n"
        }
        let fill = SVGText.hex(Self.colour(stage: holds.stage))
        let ink = SVGText.hex(Self.ink(stage: holds.stage))
        return """
            <g><title>rank \(holds.rank), stage \(holds.stage), GPU \(gpu)</title>\
            <rect x="\(x)" y="24" width="\(size)" height="\(size)" fill="\(fill)"/>\
            <text x="\(x + size / 2)" y="\(24 + size / 2 + 4)" text-anchor="middle" font-size="9" style="fill: \(ink)">\(holds.rank)</text></g>\n
            """
    }

    private var legend: String {
        (0..<min(stages, 32)).map { stage in
            """
            <rect x="\(10 + stage * 30)" y="8" width="26" height="18" fill="\(SVGText.hex(Self.colour(stage: stage)))"/>\
            <text x="\(23 + stage * 30)" y="21" text-anchor="middle" style="fill: \(SVGText.hex(Self.ink(stage: stage)))">\(stage)</text>\n
            """
        }.joined()
    }
}
