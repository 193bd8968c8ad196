import Documents

/// Overrides of a recipe as its command takes them, one a line: `model.tensor_model_parallel_size=4`.
enum OverrideLines {
    /// The overrides as one mapping; nil where a line is none.
    static func node(text: String, file: String) -> YAMLNode? {
        var entries: [YAMLEntry] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.trimmingPrefix(while: \.isWhitespace)
            if words.isEmpty || words.hasPrefix("#") { continue }
            guard let match = words.wholeMatch(of: /\+*([A-Za-z_][A-Za-z0-9_.]*)=(.*?)\s*/) else { return nil }
            let location = SourceLocation(file: file, line: index + 1, column: 1)
            func scalar(_ text: Substring) -> YAMLNode {
                .scalar(YAMLScalar(text: String(text), isQuoted: false, location: location))
            }
            let value = match.2
            let isList = value.hasPrefix("[") && value.hasSuffix("]")
            let items = isList ? value.dropFirst().dropLast().split(separator: ",").map(scalar) : []
            let key = YAMLScalar(text: String(match.1), isQuoted: false, location: location)
            // The last of a key wins.
            entries.removeAll { $0.key.text == key.text }
            entries.append(YAMLEntry(key: key, value: isList ? .sequence(items, location: location) : scalar(value)))
        }
        return entries.isEmpty ? nil : .mapping(entries, location: entries[0].key.location)
    }
}
