import Documents

/// A mapping of a user's configuration that collects the keys nobody asked for instead of refusing them.
struct ConfigurationSection {
    private let reader: MappingReader
    /// What stands before its keys in lists of unread ones.
    let name: String
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

    /// Whether it has a key.
    func has(_ key: String) -> Bool { reader.has(key) }

    /// Keys that nobody asked for.
    var unread: [UserConfiguration.Unread] {
        reader.keys.filter { !asked.contains($0.text) }.map {
            UserConfiguration.Unread(name: "\(name).\($0.text)", location: $0.location)
        }
    }
}

/// Sections that may each hold a key, since frameworks have moved keys between them; the first that has one counts.
struct ConfigurationSections {
    /// The sections, with what was asked of them.
    private(set) var all: [ConfigurationSection]

    /// Sections in the order in which they are asked.
    init(_ sections: [ConfigurationSection]) { all = sections }

    /// A value, or nil where no section has it.
    mutating func value<Value>(_ key: String, _ type: YAMLType<Value>) throws(DocumentError) -> Value? {
        var found: Value?
        for index in all.indices {
            let value = try all[index].value(key, type)
            if found == nil { found = value }
        }
        return found
    }

    /// Counts keys as understood.
    mutating func skip(_ keys: String...) { for key in keys { for index in all.indices { all[index].skip(key) } } }

    /// Where a key stands.
    func location(of key: String) -> SourceLocation {
        (all.first { $0.has(key) } ?? all.first)?.location(of: key) ?? SourceLocation(file: "")
    }
}
