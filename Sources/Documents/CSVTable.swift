/// A table of comma-separated values with a header, read strictly (RFC 4180) and with the place of every field.
///
/// Every row has as many fields as the header; quotes, doubled quotes, line breaks inside quotes, CRLF and a byte-order mark are read.
/// Blank lines, and lines beginning with `#` before the header, are skipped. Columns nobody asks for are ignored. It is written here because
/// the CSV libraries at hand hand out rows without their line numbers, and an error without a line is no help in a file of thousands.
public struct CSVTable: Sendable {
    /// The file's path as it was given.
    public let file: String
    /// Names of the columns, without surrounding spaces.
    public let header: [String]
    /// Where rows begin that were left out for having other numbers of fields than the header; empty unless such rows were allowed.
    public let raggedRows: [SourceLocation]
    private let headerLine: Int
    private let fields: [CSVField]

    /// A column of a particular table.
    public struct Column: Sendable {
        let index: Int
        /// The column's name.
        public let name: String
    }

    /// The table of a file.
    ///
    /// - Parameter skippingRagged: Leaves rows with too many or too few fields out, and lists them, instead of refusing the table.
    public static func read(path: String, skippingRagged: Bool = false) throws(DocumentError) -> CSVTable {
        try parse(text: TextFile.read(path: path), file: path, skippingRagged: skippingRagged)
    }

    /// The table that a text holds; `file` names it in errors.
    public static func parse(text: String, file: String, skippingRagged: Bool = false) throws(DocumentError) -> CSVTable {
        var scanner = CSVScanner(text, file: file)
        guard let names = try scanner.row(skippingComments: true) else { throw DocumentError(SourceLocation(file: file), .empty) }
        var first: [String: Int] = [:]
        for name in names where !name.trimmed.isEmpty {
            if let line = first.updateValue(name.line, forKey: name.trimmed) {
                throw DocumentError(name.location(in: file), .duplicateKey(name.trimmed, firstLine: line))
            }
        }
        var fields: [CSVField] = []
        var ragged: [SourceLocation] = []
        while let row = try scanner.row(skippingComments: false) {
            guard row.count == names.count else {
                guard !skippingRagged else { ragged.append(row[0].location(in: file)); continue }
                throw DocumentError(row[0].location(in: file), .raggedRow(found: row.count, expected: names.count))
            }
            fields += row
        }
        return CSVTable(file: file, header: names.map(\.trimmed), raggedRows: ragged, headerLine: names[0].line, fields: fields)
    }

    /// Rows below the header.
    public var rows: Int { fields.count / header.count }

    /// Where the header stands.
    public var start: SourceLocation { SourceLocation(file: file, line: headerLine) }

    /// A column that must exist.
    public func column(_ name: String) throws(DocumentError) -> Column {
        guard let column = optionalColumn(name) else {
            throw DocumentError(start, .missingColumn(name, nearest: NearestName.best(for: name, among: header), present: header))
        }
        return column
    }

    /// A column, or nil where the table has none of that name.
    public func optionalColumn(_ name: String) -> Column? {
        header.firstIndex(of: name).map { Column(index: $0, name: name) }
    }

    /// A field's text, without surrounding spaces unless it was quoted; empty where the field is.
    public func text(_ column: Column, row: Int) -> String { self[column, row].trimmed }

    /// Where a field begins.
    public func location(_ column: Column, row: Int) -> SourceLocation { self[column, row].location(in: file) }

    /// A field's value; an empty field is an error.
    public func value<Value>(_ column: Column, row: Int, _ type: YAMLType<Value>) throws(DocumentError) -> Value {
        try type.read(.scalar(YAMLScalar(text: text(column, row: row), isQuoted: false, location: location(column, row: row))))
    }

    /// A field's value, or nil where the field is empty.
    public func optionalValue<Value>(_ column: Column, row: Int, _ type: YAMLType<Value>) throws(DocumentError) -> Value? {
        text(column, row: row).isEmpty ? nil : try value(column, row: row, type)
    }

    private subscript(column: Column, row: Int) -> CSVField { fields[row * header.count + column.index] }
}
