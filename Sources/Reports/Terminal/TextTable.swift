/// A table of text that fits a width.
///
/// Columns take what their cells need. Where that is too much, the columns that may shrink give up to their minimum, and then the
/// least important ones are left out, which the last line says. At last columns go from the right, so that no number is ever cut.
public struct TextTable: Sendable {
    /// On which side of a column its cells stand.
    public enum Alignment: Sendable {
        /// Words: on the left.
        case leading
        /// Numbers: on the right.
        case trailing
    }

    /// What a table has to know of a column.
    public struct Column: Sendable {
        /// The words above it.
        public var title: String
        /// On which side its cells stand.
        public var alignment: Alignment
        /// The least width to which it may be cut; it is never cut where this is absent.
        public var minimumWidth: Int?
        /// How readily it is left out: 0 never, otherwise the highest first.
        public var expendability: Int

        /// A column; by default of words that are never cut and never left out.
        public init(_ title: String, _ alignment: Alignment = .leading, minimumWidth: Int? = nil, expendability: Int = 0) {
            self.title = title
            self.alignment = alignment
            self.minimumWidth = minimumWidth
            self.expendability = expendability
        }
    }

    /// The columns, from left to right.
    public var columns: [Column]
    /// The cells, row by row; a short row is filled with nothing.
    public var rows: [[StyledText]]

    /// A table from its columns and rows.
    public init(_ columns: [Column], rows: [[StyledText]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The table as lines no wider than `width` columns, each ended by a newline.
    public func rendered(width: Int, colour: TerminalColour) -> String {
        let natural = columns.indices.map { column in
            rows.reduce(columns[column].title.columns) { max($0, column < $1.count ? $1[column].width : 0) }
        }
        var shown = Array(columns.indices)
        var widths = shrunk(natural, shown, to: width)
        while total(widths, shown) > width, let victim = mostExpendable(shown) {
            shown.removeAll { $0 == victim }
            widths = shrunk(natural, shown, to: width)
        }
        while total(widths, shown) > width, shown.count > 1 {
            shown.removeLast()
            widths = shrunk(natural, shown, to: width)
        }
        let titles = columns.map { StyledText($0.title, .dim) }
        var text = line(titles, shown, widths, width, colour)
        for row in rows { text += line(row, shown, widths, width, colour) }
        let hidden = columns.indices.filter { !shown.contains($0) && !columns[$0].title.isEmpty }.map { columns[$0].title }
        if !hidden.isEmpty {
            text += StyledText("not shown at this width: \(hidden.joined(separator: ", "))", .dim).cut(to: width).rendered(colour) + "\n"
        }
        return text
    }

    private static let gap = 2

    private func total(_ widths: [Int], _ shown: [Int]) -> Int {
        shown.reduce(0) { $0 + widths[$1] } + Self.gap * max(shown.count - 1, 0)
    }

    /// Widths after the widest columns that may shrink have given up what is too much, as far as they can.
    private func shrunk(_ natural: [Int], _ shown: [Int], to width: Int) -> [Int] {
        var widths = natural
        while total(widths, shown) > width {
            let willing = shown.filter { widths[$0] > columns[$0].minimumWidth ?? .max }
            guard let widest = willing.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }

    private func mostExpendable(_ shown: [Int]) -> Int? {
        shown.filter { columns[$0].expendability > 0 }.max { columns[$0].expendability < columns[$1].expendability }
    }

    private func line(_ cells: [StyledText], _ shown: [Int], _ widths: [Int], _ limit: Int, _ colour: TerminalColour) -> String {
        var text = StyledText("")
        for (place, column) in shown.enumerated() {
            let cell = (column < cells.count ? cells[column] : "").cut(to: widths[column])
            let padding = StyledText(String(repeating: " ", count: widths[column] - cell.width))
            let isLast = place == shown.count - 1
            switch columns[column].alignment {
            case .leading: text = text + cell + padding
            case .trailing: text = text + padding + cell
            }
            if !isLast { text.append(String(repeating: " ", count: Self.gap)) }
        }
        // A first column that alone is too wide is cut.
        return text.withoutTrailingSpaces.cut(to: limit).rendered(colour) + "\n"
    }
}
