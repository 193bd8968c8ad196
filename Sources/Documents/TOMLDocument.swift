import TOMLKit

/// Reads TOML 1.0 files as the tree that YAML is read into.
///
/// TOMLKit (toml++) decides what is TOML and what its values are; `TOMLPlaces` says where each stands. Dates and times become text.
public enum TOMLDocument {
    /// The document of a text; `file` names it in errors.
    public static func parse(text: String, file: String) throws(DocumentError) -> YAMLNode {
        try refuseNull(text, file: file)
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

    /// Refuses an escaped NUL: TOMLKit takes texts over as C strings, which end there, so that the rest would be lost without a word.
    ///
    /// Where it stands in a literal string it is six letters, and refused too.
    private static func refuseNull(_ text: String, file: String) throws(DocumentError) {
        for escape in ["\\u0000", "\\U00000000"] {
            guard let place = text.firstRange(of: escape) else { continue }
            let before = text[..<place.lowerBound]
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            throw DocumentError(
                SourceLocation(file: file, line: line, column: column),
                .invalid("the text holds a NUL, \(escape)", remedy: "leave it out; no setting needs one"))
        }
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
