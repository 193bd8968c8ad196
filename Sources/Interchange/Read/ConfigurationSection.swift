import Documents

/// A mapping of a user's configuration that collects the keys nobody asked for instead of refusing them.
struct ConfigurationSection {
    private let reader: MappingReader
    private let name: String
    private var asked: Set<String> = []

    /// A section; `name` stands before its keys in lists of unread ones.
    init(_ node: YAMLNode, named name: String) throws(DocumentError) {
        reader = try MappingReader(node, as: name)
        self.name = name
    }

    /// A section inside this one, or nil where it is missing.
    mutating func section(_ key: String) throws(DocumentError) -> ConfigurationSection? {
        guard let node = try value(key, .node) else { return nil }
        return try ConfigurationSection(node, named: key)
    }

    /// A value, or nil where the key is missing or null.
    mutating func value<Value>(_ key: String, _ type: YAMLType<Value>) throws(DocumentError) -> Value? {
        asked.insert(key)
        return try reader.optional(key, type)
    }

    /// Counts a key as understood.
    mutating func skip(_ keys: String...) { asked.formUnion(keys) }

    /// Where a key stands.
    func location(of key: String) -> SourceLocation { reader.location(of: key) }

    /// Keys that nobody asked for.
    var unread: [UserConfiguration.Unread] {
        reader.keys.filter { !asked.contains($0.text) }.map {
            UserConfiguration.Unread(name: "\(name).\($0.text)", location: $0.location)
        }
    }
}
