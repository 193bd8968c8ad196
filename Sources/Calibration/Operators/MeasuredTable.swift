public import Documents

/// Rows of a table of operator timings that belong to one GPU; tables without a `gpu` column belong to it entirely.
public struct MeasuredTable: Sendable {
    let table: CSVTable
    let rows: [Int]

    /// Every row, whatever its GPU.
    init(_ table: CSVTable) {
        self.table = table
        rows = Array(0..<table.rows)
    }

    /// The rows whose `gpu` is one of `names`, whatever their case.
    public init(_ table: CSVTable, of names: [String]) throws {
        self.table = table
        guard let column = table.optionalColumn("gpu") else {
            rows = Array(0..<table.rows)
            return
        }
        let wanted = Set(names.map { $0.lowercased() })
        rows = (0..<table.rows).filter { wanted.contains(table.text(column, row: $0).lowercased()) }
        guard rows.isEmpty, table.rows > 0 else { return }
        let present = Set((0..<table.rows).map { table.text(column, row: $0) }).sorted()
        throw CalibrationError.noRows(of: names.first ?? "", present: present, file: table.file)
    }

    /// Rows that cannot be read because fields are missing or too many, as a reason with its count.
    var ragged: [String: Int] {
        guard let first = table.raggedRows.first else { return [:] }
        return ["rows without \(table.header.count) fields, the first in line \(first.line)": table.raggedRows.count]
    }

    func text(_ name: String, _ row: Int) -> String { table.optionalColumn(name).map { table.text($0, row: row) } ?? "" }

    /// A whole number above 0 in a column of a row.
    func count(_ name: String, _ row: Int) throws(DocumentError) -> Int {
        try table.value(try table.column(name), row: row, .int(in: Self.counts))
    }

    /// A whole number in a column of a row; nil where the field is empty or the table lacks the column.
    func optionalCount(_ name: String, _ row: Int) throws(DocumentError) -> Int? {
        guard let column = table.optionalColumn(name) else { return nil }
        return try table.optionalValue(column, row: row, .int(in: 0...Self.counts.upperBound))
    }

    /// Far beyond any measurement, and small enough that products of a few do not overflow.
    private static let counts = 1...16_777_216

    /// A column of numbers above 0, one a row.
    func positive(_ name: String) throws(DocumentError) -> [Double] {
        let column = try table.column(name)
        var values: [Double] = []
        values.reserveCapacity(rows.count)
        for row in rows { values.append(try table.value(column, row: row, .positive)) }
        return values
    }

    /// A column of numbers, nil where a field is empty or the table lacks the column.
    func optional(_ name: String) throws(DocumentError) -> [Double?] {
        guard let column = table.optionalColumn(name) else { return rows.map { _ in nil } }
        var values: [Double?] = []
        values.reserveCapacity(rows.count)
        for row in rows { values.append(try table.optionalValue(column, row: row, .nonNegative)) }
        return values
    }
}
