public import Hardware

/// A picture of a matrix of bandwidths: a row for every sender, a column for every receiver.
///
/// Where there is not enough room, several links share a cell, which then shows the slowest of them, so that no bad link disappears.
public struct BandwidthHeatMap: Sendable {
    /// Names of the rows, the first of those that share one.
    public let names: [String]
    /// Slowest bandwidth of each cell in GB/s, row-major; nil where there is no link.
    public let cells: [Double?]
    /// Endpoints that share a row.
    public let perCell: Int
    /// The slowest link in GB/s.
    public let least: Double
    /// The fastest cell in GB/s.
    public let most: Double

    /// A picture of at most `limit` rows.
    public init(_ matrix: BandwidthMatrix, limit: Int = 64) {
        perCell = max(1, (matrix.count + max(limit, 1) - 1) / max(limit, 1))
        let rows = (matrix.count + perCell - 1) / perCell
        var cells = [Double?](repeating: nil, count: rows * rows)
        for row in 0..<matrix.count {
            for column in 0..<matrix.count where row != column {
                let value = matrix.values[row * matrix.count + column] / 1e9
                let cell = row / perCell * rows + column / perCell
                if value.isFinite, value > 0 { cells[cell] = min(cells[cell] ?? .infinity, value) }
            }
        }
        self.cells = cells
        let step = perCell
        names = (0..<rows).map { matrix.names[$0 * step] }
        least = cells.lazy.compactMap { $0 }.min() ?? 0
        most = cells.lazy.compactMap { $0 }.max() ?? 0
    }

    /// Where a bandwidth lies between the slowest (0) and the fastest (1).
    func share(_ value: Double) -> Double { most > least ? (value - least) / (most - least) : 1 }

    /// From orange for the slowest over sand to blue for the fastest: told apart by colour-blind people too (Okabe and Ito), and none of them
    /// like the paper, dark or light, on which a missing link lies.
    func colour(_ share: Double) -> Colour {
        let middle = Colour(0xE3CE8B)
        return share < 0.5 ? Colour(0xD55E00).mixed(with: middle, share * 2) : middle.mixed(with: Colour(0x0072B2), share * 2 - 1)
    }

    /// The picture for a terminal: coloured cells, or digits from 0 for the slowest to 9 for the fastest where there are no colours.
    public func text(colour terminal: TerminalColour) -> String {
        let width = min(names.map(\.columns).max() ?? 0, 16)
        var text = ""
        for (row, name) in names.enumerated() {
            let label = StyledText(name).cut(to: width)
            var line = label + StyledText(String(repeating: " ", count: max(0, width - label.width) + 1))
            for column in names.indices {
                guard let value = cells[row * names.count + column] else {
                    line.append(terminal == .none ? " ." : "··", .dim)
                    continue
                }
                let share = share(value)
                if terminal == .none {
                    line.append(" \(min(9, Int(share * 10)))")
                } else {
                    line.append("  ", TextStyle(background: colour(share)))
                }
            }
            text += line.withoutTrailingSpaces.rendered(terminal) + "\n"
        }
        let scale =
            terminal == .none
            ? StyledText("0 = \(brief(least)) GB/s, 9 = \(brief(most)) GB/s")
            : StyledText("  ", TextStyle(background: colour(0))) + StyledText(" \(brief(least)) GB/s   ")
                + StyledText("  ", TextStyle(background: colour(1))) + StyledText(" \(brief(most)) GB/s   ··: no link")
        text += "\n" + scale.rendered(terminal) + "; rows send, columns receive"
        return text + (perCell > 1 ? "; a cell is the slowest of \(perCell) × \(perCell) links\n" : "\n")
    }

    func brief(_ value: Double) -> String { HardwareText.brief(value) }
}
