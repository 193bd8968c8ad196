/// Reads a mapping key by key and, at the end, refuses the keys that nobody asked for.
///
/// The keys asked for are also the ones suggested when a key is mistyped, so a format is described once, by the code that reads it:
///
/// ```swift
/// let model = try YAMLDocument.read(path: path).object(as: "a model") { model throws(DocumentError) in
///     Model(layers: try model.required("layers", .int(atLeast: 1)), bias: try model.optional("bias", .bool) ?? false)
/// }
/// ```
public final class MappingReader {
    /// What the mapping describes, for messages: `a GPU`.
    public let subject: String
    /// Where the mapping begins.
    public let location: SourceLocation
    /// The keys of the mapping in the order of the file.
    public let keys: [YAMLScalar]
    private let values: [String: YAMLNode]
    private var asked: [String] = []
    private let ledger: SourceLedger
    private let path: String

    /// A reader of a node that must be a mapping.
    public convenience init(_ node: YAMLNode, as subject: String) throws(DocumentError) {
        try self.init(node, as: subject, ledger: SourceLedger(), path: "")
    }

    private init(_ node: YAMLNode, as subject: String, ledger: SourceLedger, path: String) throws(DocumentError) {
        guard case .mapping(let entries, let location) = node else {
            throw DocumentError(node.location, .wrongType(found: node.kind, expected: "\(subject) as a mapping of keys to values"))
        }
        self.subject = subject
        self.location = location
        self.ledger = ledger
        self.path = path
        keys = entries.map(\.key)
        values = Dictionary(uniqueKeysWithValues: entries.map { ($0.key.text, $0.value) })
    }

    /// The sources of the sourced values read so far, by key; nested keys are joined by dots.
    public var sources: [String: SourceNote] { ledger.notes }

    /// Notes where a key's value comes from.
    public func note(_ note: SourceNote, for key: String) { ledger.notes[path + key] = note }

    /// Where a key's value stands, or the mapping itself where it lacks the key.
    public func location(of key: String) -> SourceLocation { values[key]?.location ?? location }

    /// Whether the mapping has a key.
    public func has(_ key: String) -> Bool { values[key] != nil }

    /// Whether a key's value is a mapping itself.
    public func hasMapping(_ key: String) -> Bool {
        if case .mapping = values[key] { true } else { false }
    }

    /// A key's value, which must be there.
    public func required<Value>(_ key: String, _ type: YAMLType<Value>) throws(DocumentError) -> Value {
        try type.read(node(key))
    }

    /// A key's value, or nil where the key is missing or null.
    public func optional<Value>(_ key: String, _ type: YAMLType<Value>) throws(DocumentError) -> Value? {
        guard let node = optionalNode(key) else { return nil }
        return try type.read(node)
    }

    /// A required value that may be bare or `{value: …, source: …, unverified: …}`; its source is noted.
    public func sourced<Value>(_ key: String, _ type: YAMLType<Value>) throws(DocumentError) -> Sourced<Value> {
        try read(sourced: node(key), key, type)
    }

    /// An optional value that may be bare or `{value: …, source: …, unverified: …}`; its source is noted.
    public func optionalSourced<Value>(_ key: String, _ type: YAMLType<Value>) throws(DocumentError) -> Sourced<Value>? {
        guard let node = optionalNode(key) else { return nil }
        return try read(sourced: node, key, type)
    }

    /// A required mapping inside this one, with nothing in it left unread.
    public func object<Value>(
        _ key: String, as subject: String, _ build: (MappingReader) throws(DocumentError) -> Value
    ) throws(DocumentError) -> Value {
        try read(object: node(key), key, subject, build)
    }

    /// An optional mapping inside this one, with nothing in it left unread.
    public func optionalObject<Value>(
        _ key: String, as subject: String, _ build: (MappingReader) throws(DocumentError) -> Value
    ) throws(DocumentError) -> Value? {
        guard let node = optionalNode(key) else { return nil }
        return try read(object: node, key, subject, build)
    }

    /// A list of mappings inside this one, empty where the key is missing, with nothing in them left unread.
    public func objects<Value>(
        _ key: String, as subject: String, _ build: (MappingReader) throws(DocumentError) -> Value
    ) throws(DocumentError) -> [Value] {
        let nodes = try optional(key, .list(of: .node)) ?? []
        var values: [Value] = []
        for (index, node) in nodes.enumerated() { values.append(try read(object: node, "\(key).\(index)", subject, build)) }
        return values
    }

    /// Refuses the first key that was not asked for.
    public func finish() throws(DocumentError) {
        for key in keys where !asked.contains(key.text) {
            let free = asked.filter { values[$0] == nil }
            let nearest = NearestName.best(for: key.text, among: free) ?? NearestName.best(for: key.text, among: asked)
            throw DocumentError(key.location, .unknownKey(key.text, nearest: nearest, known: asked.sorted()))
        }
    }
}

extension MappingReader {
    private func optionalNode(_ key: String) -> YAMLNode? {
        if !asked.contains(key) { asked.append(key) }
        guard let node = values[key] else { return nil }
        if case .scalar(let scalar) = node, scalar.isNull { return nil }
        return node
    }

    private func node(_ key: String) throws(DocumentError) -> YAMLNode {
        if let node = optionalNode(key) { return node }
        // A mistyped key is the likeliest reason for a missing one, and the more useful thing to point at.
        let unread = keys.filter { !asked.contains($0.text) }
        if let typo = NearestName.best(for: key, among: unread.map(\.text)), let place = unread.first(where: { $0.text == typo }),
            NearestName.distance(typo, key) <= 2
        {
            throw DocumentError(place.location, .unknownKey(typo, nearest: key, known: asked.sorted()))
        }
        throw DocumentError(values[key]?.location ?? location, .missingKey(key, of: subject))
    }

    private func read<Value>(sourced node: YAMLNode, _ key: String, _ type: YAMLType<Value>) throws(DocumentError) -> Sourced<Value> {
        let result = try YAMLType.sourced(type).read(node)
        if let note = result.note { self.note(note, for: key) }
        return result
    }

    private func read<Value>(
        object node: YAMLNode, _ key: String, _ subject: String, _ build: (MappingReader) throws(DocumentError) -> Value
    ) throws(DocumentError) -> Value {
        let reader = try MappingReader(node, as: subject, ledger: ledger, path: "\(path)\(key).")
        let value = try build(reader)
        try reader.finish()
        return value
    }
}

extension YAMLNode {
    /// What a mapping describes, with nothing in it left unread.
    public func object<Value>(
        as subject: String, _ build: (MappingReader) throws(DocumentError) -> Value
    ) throws(DocumentError) -> Value {
        let reader = try MappingReader(self, as: subject)
        let value = try build(reader)
        try reader.finish()
        return value
    }
}
