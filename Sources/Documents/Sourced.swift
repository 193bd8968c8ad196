/// A value and where it comes from.
public struct Sourced<Value> {
    /// The value.
    public var value: Value
    /// Its source; nil where the file gives the value alone.
    public var note: SourceNote?
}

/// Where a value comes from, as a file states it.
public struct SourceNote: Hashable, Sendable {
    /// A document, a measurement or a fit; nil where only the doubt is noted.
    public var source: String?
    /// Whether the file marks the value as weakly supported.
    public var isUnverified: Bool

    /// A source, trusted unless said otherwise.
    public init(source: String?, isUnverified: Bool = false) {
        self.source = source
        self.isUnverified = isUnverified
    }
}

/// Collects the sources of one document's values, nested mappings included.
final class SourceLedger {
    var notes: [String: SourceNote] = [:]
}

extension YAMLType {
    /// A bare value, or `{value: …, source: …, unverified: …}`.
    public static func sourced<Bare>(_ type: YAMLType<Bare>) -> YAMLType<Sourced<Bare>> where Value == Sourced<Bare> {
        YAMLType("\(type.expected), or {value: …, source: …}") { node throws(DocumentError) in
            guard case .mapping = node else { return Sourced(value: try type.read(node), note: nil) }
            return try node.object(as: "a value with its source") { entry throws(DocumentError) in
                let value = try entry.required("value", type)
                let source = try entry.optional("source", .string)
                let isUnverified = try entry.optional("unverified", .bool) ?? false
                let note = source == nil && !isUnverified ? nil : SourceNote(source: source, isUnverified: isUnverified)
                return Sourced(value: value, note: note)
            }
        }
    }
}
