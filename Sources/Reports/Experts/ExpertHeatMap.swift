import Foundation
public import Workload

/// A picture of routing: a row for every mixture layer, a column for every expert, coloured by its load over the layer's mean.
///
/// Where there is not enough room, several experts or layers share a cell, which then shows the busiest of them, so that no hot expert
/// disappears.
public struct ExpertHeatMap: Sendable {
    /// Loads over the mean of a layer, row-major.
    public let cells: [Double]
    /// Rows and columns of cells.
    public let rows, columns: Int
    /// Layers and experts that share a cell.
    public let layersPerCell, expertsPerCell: Int
    /// The number of the first layer of each row.
    public let layers: [Int]
    /// The least and the most of all cells.
    public let least, most: Double

    /// A picture of at most so many columns and rows; `layers` are the numbers that layers have in the model.
    public init(_ routing: ExpertRouting, layers numbers: [Int], columns limit: Int, rows rowLimit: Int = 64) {
        let perCell = (routing.experts + max(limit, 1) - 1) / max(limit, 1)
        let perRow = (routing.layers + max(rowLimit, 1) - 1) / max(rowLimit, 1)
        columns = (routing.experts + perCell - 1) / perCell
        rows = (routing.layers + perRow - 1) / perRow
        var cells = [Double](repeating: 0, count: rows * columns)
        for layer in 0..<routing.layers {
            for expert in 0..<routing.experts {
                let cell = layer / perRow * columns + expert / perCell
                cells[cell] = max(cells[cell], routing.shares[layer * routing.experts + expert] * Double(routing.experts))
            }
        }
        (self.cells, expertsPerCell, layersPerCell) = (cells, perCell, perRow)
        layers = (0..<rows).map { $0 * perRow < numbers.count ? numbers[$0 * perRow] : $0 * perRow }
        least = cells.min() ?? 0
        most = cells.max() ?? 0
    }

    /// Where a load lies between nothing (0), the mean (½) and the most (1): each half by ratios, the lower from a sixteenth of the mean.
    func share(_ load: Double) -> Double {
        guard load > 1 else { return 0.5 * max(0, 1 + log2(max(load, 1.0 / 16)) / 4) }
        return most > 1 ? 0.5 + 0.5 * log(load) / log(most) : 0.5
    }

    /// From blue for idle experts over sand for the mean to orange for the busiest: told apart by colour-blind people too (Okabe and Ito).
    func colour(_ share: Double) -> Colour {
        let middle = Colour(0xE3CE8B)
        return share < 0.5 ? Colour(0x0072B2).mixed(with: middle, share * 2) : middle.mixed(with: Colour(0xD55E00), share * 2 - 1)
    }

    /// The picture for a terminal: coloured cells, or digits from 0 for idle over 5 for the mean to 9 for the busiest where there are no
    /// colours.
    public func text(colour terminal: TerminalColour) -> String {
        let width = max(5, layers.map { "\($0)".count }.max() ?? 1)
        var text = ""
        for row in 0..<rows {
            let label = "\(layers[row])"
            var line = StyledText(String(repeating: " ", count: width - label.count) + label + " ", .dim)
            for column in 0..<columns {
                let share = share(cells[row * columns + column])
                if terminal == .none {
                    line.append("\(min(9, Int(share * 10)))")
                } else {
                    line.append(" ", TextStyle(background: colour(share)))
                }
            }
            text += line.rendered(terminal) + "\n"
        }
        let scale =
            terminal == .none
            ? StyledText("0 = 1/16 of the mean or less, 5 = the mean, 9 = \(DurationText.decimal(most, 2)) times")
            : StyledText(" ", TextStyle(background: colour(0))) + StyledText(" 1/16 of the mean or less   ")
                + StyledText(" ", TextStyle(background: colour(0.5))) + StyledText(" the mean   ")
                + StyledText(" ", TextStyle(background: colour(1))) + StyledText(" \(DurationText.decimal(most, 2)) times")
        return text + "\n" + scale.rendered(terminal) + "; rows are layers, columns experts\(sharing)\n"
    }

    /// What shares a cell, in words; empty where nothing does.
    var sharing: String {
        let experts = expertsPerCell > 1 ? "\(expertsPerCell) experts" : ""
        let layers = layersPerCell > 1 ? "\(layersPerCell) layers" : ""
        let both = [layers, experts].filter { !$0.isEmpty }.joined(separator: " × ")
        return both.isEmpty ? "" : "; a cell is the busiest of \(both)"
    }
}

extension ExpertHeatMap {
    /// The picture as SVG; the title of a cell says its layer, expert and load.
    public var svg: String {
        let side = max(4, min(16, 1000 / max(columns, 1)))
        let (left, top) = (64, 44)
        let size = (width: max(left + side * columns + 16, 560), height: top + side * rows + 64)
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size.width) \(size.height)" width="\(size.width)" height="\(size.height)" \
            font-family="sans-serif" font-size="11">
            <title>Load of every expert over its layer's mean</title>
            \(PictureStyle.css)
            <rect width="100%" height="100%" class="paper"/>
            <text x="\(left)" y="18">expert</text><text x="12" y="\(top - 8)">layer</text>\n
            """
        let labelStep = max(1, (28 + side - 1) / side)
        for column in stride(from: 0, to: columns, by: labelStep) {
            text += "<text x=\"\(left + column * side)\" y=\"\(top - 8)\">\(column * expertsPerCell)</text>\n"
        }
        for row in 0..<rows {
            let y = top + row * side
            if row % max(1, (13 + side - 1) / side) == 0 {
                text += "<text x=\"\(left - 6)\" y=\"\(y + min(side, 11))\" text-anchor=\"end\">\(layers[row])</text>\n"
            }
            for column in 0..<columns {
                let load = cells[row * columns + column]
                text += "<rect x=\"\(left + column * side)\" y=\"\(y)\" width=\"\(side)\" height=\"\(side)\" "
                text += "fill=\"\(SVGText.hex(colour(share(load))))\"><title>layer \(layers[row]), expert \(column * expertsPerCell)"
                text += expertsPerCell > 1 ? " to \(column * expertsPerCell + expertsPerCell - 1)" : ""
                text += ": \(DurationText.decimal(load, 3)) times the mean</title></rect>\n"
            }
        }
        let foot = top + rows * side + 18
        for step in 0...40 {
            let fill = SVGText.hex(colour(Double(step) / 40))
            text += "<rect x=\"\(left + step * 6)\" y=\"\(foot)\" width=\"6\" height=\"12\" fill=\"\(fill)\"/>\n"
        }
        text +=
            "<text x=\"\(left)\" y=\"\(foot + 26)\">≤ 1/16</text><text x=\"\(left + 123)\" y=\"\(foot + 26)\" text-anchor=\"middle\">the mean</text>"
        text += "<text x=\"\(left + 246)\" y=\"\(foot + 26)\" text-anchor=\"end\">\(DurationText.decimal(most, 2))×</text>\n"
        text += "<text x=\"\(left + 262)\" y=\"\(foot + 10)\">load of an expert over its layer's mean\(sharing)</text>\n"
        return text + "</svg>\n"
    }
}
