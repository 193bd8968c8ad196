import TOMLKit

/// Reads TOML 1.0 files as the tree that YAML is read into.
///
/// TOMLKit (toml++) decides what is TOML and what its values are; `TOMLPlaces` says where each stands. Dates and times become text.
public enum TOMLDocument {
    /// The document of a text; `file` names it in errors.
    public static func parse(text: String, file: String) throws(DocumentError) -> YAMLNode {
        var places = TOMLPlaces(text, file: file)
        let root = try places.root()
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let place = SourceLocation(file: file, line: max(1, error.source.begin.line), column: max(1, error.source.begin.column))
            throw DocumentError(place, .syntax("not TOML: \(complaint(error.description))"))
        } catch {
            throw DocumentError(SourceLocation(file: file), .syntax("not TOML: \(error)"))
        }
        return try node(table, at: root, depth: 0)
    }

    /// The parser's complaint, which is one sentence, begun in small letters.
    private static func complaint(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }

    private static func node(_ table: TOMLTable, at place: TOMLPlaces.Place, depth: Int) throws(DocumentError) -> YAMLNode {
        var entries: [YAMLEntry] = []
        for key in table.keys {
            guard let value = table[key] else { continue }
            let inner = place.children[key] ?? TOMLPlaces.Place(place.value)
            let name = YAMLScalar(text: key, isQuoted: true, location: inner.key)
            entries.append(YAMLEntry(key: name, value: try node(value, at: inner, depth: depth + 1)))
        }
        // The parser sorts keys by name.
        entries.sort { ($0.key.location.line, $0.key.location.column) < ($1.key.location.line, $1.key.location.column) }
        return .mapping(entries, location: place.value)
    }

    private static func node(_ value: any TOMLValueConvertible, at place: TOMLPlaces.Place, depth: Int) throws(DocumentError) -> YAMLNode {
        guard depth <= YAMLDocument.depthLimit else { throw DocumentError(place.value, .tooDeep(limit: YAMLDocument.depthLimit)) }
        func scalar(_ text: String, isQuoted: Bool = false) -> YAMLNode {
            .scalar(YAMLScalar(text: text, isQuoted: isQuoted, location: place.value))
        }
        if let table = value.table { return try node(table, at: place, depth: depth) }
        if let array = value.array {
            var items: [YAMLNode] = []
            for index in 0..<array.count {
                let inner = place.items.indices.contains(index) ? place.items[index] : TOMLPlaces.Place(place.value)
                items.append(try node(array[index], at: inner, depth: depth + 1))
            }
            return .sequence(items, location: place.value)
        }
        if let text = value.string { return scalar(text, isQuoted: true) }
        if let number = value.int { return scalar("\(number)") }
        if let number = value.double { return scalar("\(number)") }
        if let truth = value.bool { return scalar("\(truth)") }
        return scalar(value.debugDescription, isQuoted: true)
    }
}
