public import Documents

/// Reads tables of runs, as CSV or as YAML with the same columns as keys (docs/runs.md).
public enum RunsTable {
    /// The runs of a file, or the first mistake in it with its place; `.yaml` and `.yml` are read as YAML, anything else as CSV.
    public static func read(path: String) throws(DocumentError) -> [RunRecord] {
        if path.hasSuffix(".yaml") || path.hasSuffix(".yml") {
            return try YAMLDocument.read(path: path).object(as: "a table of runs") { file throws(DocumentError) in try runs(in: file) }
        }
        return try runs(in: CSVTable.read(path: path))
    }

    /// The runs of a table; columns that docs/runs.md does not name are ignored. Names are read whatever their case.
    public static func runs(in table: CSVTable) throws(DocumentError) -> [RunRecord] {
        func column(_ name: String) -> CSVTable.Column? {
            table.optionalColumn(name) ?? table.header.first { $0.lowercased() == name }.flatMap(table.optionalColumn)
        }
        for name in RunColumns.required where column(name) == nil { _ = try table.column(name) }
        guard let id = column("id") else { return [] }
        let words = RunColumns.words.compactMap { word in column(word.name).map { ($0, word.path) } }
        let numbers = RunColumns.numbers.compactMap { name in column(name).map { (name, $0) } }
        var records: [RunRecord] = []
        records.reserveCapacity(table.rows)
        for row in 0..<table.rows {
            var record = RunRecord(location: table.location(id, row: row))
            record.id = table.text(id, row: row)
            for (column, path) in words {
                let text = table.text(column, row: row)
                if !text.isEmpty { record[keyPath: path] = text }
            }
            for (name, column) in numbers {
                if let value = try table.optionalValue(column, row: row, .nonNegative) { record.numbers[name] = value }
            }
            records.append(record)
        }
        return records
    }

    /// Columns of a CSV file that are not read and whose names are near one that is and is missing: likely typing errors, with what they may mean.
    public static func misnamedColumns(path: String) throws(DocumentError) -> [(column: String, meant: String)] {
        guard !path.hasSuffix(".yaml"), !path.hasSuffix(".yml") else { return [] }
        let header = try CSVTable.read(path: path).header
        let present = Set(header.map { $0.lowercased() })
        let known = ["id"] + RunColumns.words.map(\.name) + RunColumns.numbers
        let missing = known.filter { !present.contains($0) }
        return header.compactMap { name in
            guard !known.contains(name.lowercased()), let meant = NearestName.best(for: name, among: missing) else { return nil }
            return (name, meant)
        }
    }

    /// The runs under `runs`, after the citations of their sources under `sources`; every run's source must be cited.
    static func runs(in file: MappingReader) throws(DocumentError) -> [RunRecord] {
        let cited = try file.object("sources", as: "citations by source") { sources throws(DocumentError) in
            for key in sources.keys { _ = try sources.required(key.text, .string) }
            return Set(sources.keys.map(\.text))
        }
        let records = try file.objects("runs", as: "a run") { row throws(DocumentError) in
            var record = RunRecord(location: row.location)
            record.id = try row.required("id", .string)
            for word in RunColumns.words {
                if let text = try row.optional(word.name, .string) { record[keyPath: word.path] = text }
            }
            for name in RunColumns.numbers {
                if let value = try row.optional(name, .nonNegative) { record.numbers[name] = value }
            }
            for name in RunColumns.required where !row.has(name) { throw DocumentError(row.location, .missingKey(name, of: "a run")) }
            return record
        }
        for record in records where !cited.contains(record.source) {
            throw DocumentError(
                record.location,
                .invalid("the source '\(record.source)' of run \(record.id) is not cited", remedy: "name it under 'sources'"))
        }
        return records
    }
}
