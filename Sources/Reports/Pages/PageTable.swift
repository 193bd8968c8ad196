/// A table of a page that can be sorted, and filtered where it is long.
struct PageTable {
    /// A column: its heading, and whether it holds numbers.
    struct Column {
        let title: String
        var isNumber = false
        /// Whether its cells are sentences that may break.
        var isWords = false
    }

    /// A cell: what it shows, and the number that it is sorted by.
    struct Cell {
        let text: String
        var number: Double?

        init(_ text: String, _ number: Double? = nil) { (self.text, self.number) = (text, number) }
    }

    /// A row: its cells, the id by which marks find it, whether it stands out, and markup before its first cell.
    struct Row {
        var cells: [Cell]
        var id: String?
        var isBest = false
        var attributes = ""
        var lead = ""
    }

    let id: String
    let columns: [Column]
    let rows: [Row]
    /// Markup of headings before the first column.
    var lead = ""

    /// Rows up to which nothing filters them.
    private static let longest = 20

    /// The table as HTML.
    var markup: String {
        var text = ""
        if rows.count > Self.longest {
            text += "<p class=\"filter\"><label for=\"\(id)-filter\">Filter</label>"
            text += "<input type=\"search\" id=\"\(id)-filter\" data-filter=\"\(id)\"><span aria-live=\"polite\"></span></p>\n"
        }
        text += "<div class=\"wide\"><table class=\"sortable\" id=\"\(id)\">\n<thead><tr>\(lead)"
        for column in columns { text += "<th scope=\"col\"\(Self.classes(column))>\(Markup.escaped(column.title))</th>" }
        text += "</tr></thead>\n<tbody>\n"
        for row in rows {
            let identity = row.id.map { " id=\"\($0)\"" } ?? ""
            text += "<tr\(identity)\(row.isBest ? " class=\"best\"" : "")\(row.attributes)>\(row.lead)"
            for (column, cell) in zip(columns, row.cells) {
                let sorted = cell.number.map { $0.isFinite ? " data-v=\"\($0)\"" : "" } ?? ""
                text += "<td\(Self.classes(column))\(sorted)>\(Markup.escaped(cell.text))</td>"
            }
            text += "</tr>\n"
        }
        return text + "</tbody>\n</table></div>\n"
    }

    private static func classes(_ column: Column) -> String {
        column.isNumber ? " class=\"number\"" : column.isWords ? " class=\"words\"" : ""
    }
}
