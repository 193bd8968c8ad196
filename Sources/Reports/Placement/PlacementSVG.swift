extension PlacementMap {
    /// The picture as SVG: a box a node, a square a GPU with its rank, coloured by stage, and a legend; titles say the rest.
    public var svg: String {
        let square = 26
        let gpus = nodes.map(\.gpus.count).max() ?? 0
        let boxWidth = max(gpus * square + 12, 120)
        let boxHeight = square + 34
        let perRow = max(1, min(nodes.count, Int(Double(nodes.count).squareRoot().rounded(.up))))
        let rows = (nodes.count + perRow - 1) / perRow
        let width = perRow * (boxWidth + 10) + 10
        let height = rows * (boxHeight + 10) + 46
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
            font-family="sans-serif" font-size="11">
            <title>Which GPU holds which pipeline stage</title>
            <rect width="100%" height="100%" fill="#ffffff"/>\n
            """
        for (index, node) in nodes.enumerated() {
            let x = 10 + index % perRow * (boxWidth + 10)
            let y = 40 + index / perRow * (boxHeight + 10)
            text += "<g transform=\"translate(\(x) \(y))\">"
            text += "<rect width=\"\(boxWidth)\" height=\"\(boxHeight)\" rx=\"4\" fill=\"#f6f7f9\" stroke=\"#8894a6\"/>"
            text += "<text x=\"6\" y=\"16\" fill=\"#10151c\">\(Self.escaped(node.name))</text>\n"
            for (gpu, holds) in node.gpus.enumerated() { text += cell(gpu, holds, square) }
            text += "</g>\n"
        }
        return text + legend + "</svg>\n"
    }

    private func cell(_ gpu: Int, _ holds: (rank: Int, stage: Int)?, _ square: Int) -> String {
        let x = 6 + gpu * square
        let size = square - 2
        guard let holds else {
            return "<rect x=\"\(x)\" y=\"24\" width=\"\(size)\" height=\"\(size)\" fill=\"#ffffff\" stroke=\"#c5ccd6\"/>\n"
        }
        let fill = Self.hex(Self.colour(stage: holds.stage))
        let ink = Self.hex(Self.ink(stage: holds.stage))
        return """
            <g><title>rank \(holds.rank), stage \(holds.stage), GPU \(gpu)</title>\
            <rect x="\(x)" y="24" width="\(size)" height="\(size)" fill="\(fill)"/>\
            <text x="\(x + size / 2)" y="\(24 + size / 2 + 4)" text-anchor="middle" font-size="9" fill="\(ink)">\(holds.rank)</text></g>\n
            """
    }

    private var legend: String {
        (0..<min(stages, 32)).map { stage in
            """
            <rect x="\(10 + stage * 30)" y="8" width="26" height="18" fill="\(Self.hex(Self.colour(stage: stage)))"/>\
            <text x="\(23 + stage * 30)" y="21" text-anchor="middle" fill="\(Self.hex(Self.ink(stage: stage)))">\(stage)</text>\n
            """
        }.joined()
    }

    private static func hex(_ colour: Colour) -> String {
        let value = Int(colour.red) << 16 | Int(colour.green) << 8 | Int(colour.blue)
        let digits = String(value, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: scalar.properties.generalCategory == .control ? "?" : String(scalar)
            }
        }.joined()
    }
}
