/// A column that a table of characters and one of a page have in common: its heading, its text of a row, and for numbers what it is sorted by.
struct SharedColumn<Row> {
    /// The heading, its side, and how readily a narrow table leaves it out; numbers stand on the right.
    let column: TextTable.Column
    /// What a row shows.
    let text: (Row) -> String
    /// What it is sorted by; nil for words, and for rows without a number.
    let value: (Row) -> Double?

    /// A column of words.
    static func words(
        _ title: String, minimumWidth: Int? = nil, expendability: Int = 0, _ text: @escaping (Row) -> String?
    ) -> SharedColumn {
        SharedColumn(
            column: .init(title, minimumWidth: minimumWidth, expendability: expendability), text: { text($0) ?? "" }, value: { _ in nil })
    }

    /// A column of numbers, each written by `text`; empty where a row has none.
    static func number(
        _ title: String, expendability: Int = 0, _ text: @escaping (Double) -> String, _ value: @escaping (Row) -> Double?
    ) -> SharedColumn {
        SharedColumn(column: .init(title, .trailing, expendability: expendability), text: { value($0).map(text) ?? "" }, value: value)
    }

    /// The same column of a page.
    var ofPage: PageTable.Column {
        PageTable.Column(title: column.title, isNumber: column.alignment == .trailing, isWords: column.minimumWidth ?? 0 >= 12)
    }

    /// The cell of a row on a page.
    func cell(_ row: Row) -> PageTable.Cell { PageTable.Cell(text(row), value(row)) }
}
