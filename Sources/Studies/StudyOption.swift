import Documents

/// An option of `plan` that a study gives to its cells, each of its values to cells of their own.
public struct StudyOption: Hashable, Sendable {
    /// Its name without dashes, and where it stands.
    public var name: Study.Entry<String>
    /// Its values, as they would be typed behind it; a flag's are `true` and `false`.
    public var values: [Study.Entry<String>]

    /// An option with its values.
    public init(_ name: Study.Entry<String>, values: [Study.Entry<String>]) { (self.name, self.values) = (name, values) }

    /// The value of one cell.
    public struct Choice: Hashable, Sendable {
        /// The option's name without dashes.
        public var name: String
        /// Its value.
        public var value: String

        /// The words for people: `offload never`.
        public var text: String { "\(name) \(value)" }
    }
}

extension StudyDocument {
    /// The options of `plan` that stand under `plan`, with hyphens or underscores in their names.
    static func options(_ reader: MappingReader) throws(DocumentError) -> [StudyOption] {
        guard let node = try reader.optional("plan", .node) else { return [] }
        guard case .mapping(let entries, _) = node else {
            throw DocumentError(node.location, .wrongType(found: node.kind, expected: "options of plan such as {optimizer: muon}"))
        }
        var options: [StudyOption] = []
        for entry in entries {
            let name = entry.key.text.replacing("_", with: "-")
            if let first = options.first(where: { $0.name.value == name }) {
                throw DocumentError(
                    entry.key.location,
                    .invalid("the same option stands in line \(first.name.location.line) already", remedy: "leave one of the two out"))
            }
            let values = try StudyDocument.entries(entry.value, entry.key.text, YAMLType<String>.scalarText)
            options.append(StudyOption(Study.Entry(name, entry.key.location), values: values))
        }
        return options
    }
}

extension YAMLType where Value == String {
    /// A word or number as it was written.
    fileprivate static var scalarText: YAMLType<String> {
        YAMLType("a word or a number") { node throws(DocumentError) in
            guard case .scalar(let scalar) = node, !scalar.isNull else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a word or a number, or a list of them"))
            }
            return scalar.text
        }
    }
}
