import Documents

/// A user's configuration file as keys joined by dots, read through the table of its framework, so that no key is passed over in silence.
///
/// Every key of the file is one of four things by the table: read, without effect, not modelled, or refused. What the table lacks is unread, and
/// so is a key that is said to be read and that the reader did not ask for.
struct ConfigurationDocument {
    /// A key with a value that is no section.
    struct Leaf {
        /// The keys that lead to it, joined by dots.
        let path: String
        /// Where the key stands.
        let location: SourceLocation
        let node: YAMLNode
        /// What the table says of it; nil where it does not know it.
        let entry: FlagEntry?
    }

    /// The keys in the order of the file.
    let leaves: [Leaf]
    private let table: FlagTable
    private let unstated: Set<String>
    private let start: SourceLocation
    private var asked: Set<String> = []

    /// A document.
    ///
    /// - Parameters:
    ///   - unstated: words that say no more than a missing key, such as `auto`.
    ///   - flat: whether sections are walked to their ends, also those that the table knows only as a whole.
    ///   - subject: what it is, for messages.
    /// - Throws: `DocumentError` where it is no mapping.
    init(_ node: YAMLNode, _ table: FlagTable, unstated: Set<String> = [], flat: Bool = false, as subject: String) throws(DocumentError) {
        guard case .mapping(let entries, let location) = node else {
            throw DocumentError(node.location, .wrongType(found: node.kind, expected: "\(subject) as a mapping of keys to values"))
        }
        self.table = table
        self.unstated = unstated
        start = location
        var leaves: [Leaf] = []
        Self.collect(entries, under: "", table, flat: flat, root: node, into: &leaves)
        self.leaves = leaves
    }

    private static func collect(
        _ entries: [YAMLEntry], under prefix: String, _ table: FlagTable, flat: Bool, root: YAMLNode, into leaves: inout [Leaf]
    ) {
        for entry in entries {
            let path = prefix + entry.key.text
            let known = table.entry(for: path)
            let value = Interpolation.resolved(entry.value, at: path, in: root)
            if table.entries[path] == nil, case .mapping(let inner, _) = value, !inner.isEmpty, flat || table.hasSection(path) {
                collect(inner, under: path + ".", table, flat: flat, root: root, into: &leaves)
            } else {
                leaves.append(Leaf(path: path, location: entry.key.location, node: value, entry: known))
            }
        }
    }

    /// Whether a section has nothing in it.
    private func isEmpty(_ node: YAMLNode) -> Bool {
        if case .mapping(let entries, _) = node { return entries.isEmpty }
        return !isStated(node)
    }

    /// The leaf that states a name: by the name itself, or else by another spelling of it.
    private func leaf(_ name: String) -> Leaf? {
        var other: Leaf?
        for leaf in leaves where leaf.entry?.name == name && isStated(leaf.node) {
            if leaf.path == name { return leaf }
            other = other ?? leaf
        }
        return other
    }

    /// Whether a value says more than a missing key.
    func isStated(_ node: YAMLNode) -> Bool {
        guard case .scalar(let scalar) = node else { return true }
        return !scalar.isNull && !unstated.contains(scalar.text)
    }

    /// A value, or nil where no spelling of the name is stated.
    mutating func value<Value>(_ name: String, _ type: YAMLType<Value>) throws(DocumentError) -> Value? {
        assert(table.entries[name]?.effect == .read, "\(name) is asked for and not in the table as read")
        asked.insert(name)
        guard let leaf = leaf(name) else { return nil }
        if case .scalar(let scalar) = leaf.node, let doubt = UnsetVariable.doubt(in: scalar.text) {
            throw DocumentError(
                scalar.location, .invalid("the value of \(leaf.path) depends on \(doubt)", remedy: "write the value itself"))
        }
        return try type.read(leaf.node)
    }

    /// Counts names as understood, whose meaning is decided by others.
    mutating func accept(_ names: String...) { asked.formUnion(names) }

    /// Counts every name as understood that the table says is read, for a reader that asks for them elsewhere.
    mutating func acceptAll() { asked.formUnion(leaves.compactMap { $0.entry?.name }) }

    /// A size, which is at least 1.
    mutating func size(_ name: String) throws(DocumentError) -> Int? { try value(name, .int(in: 1...16_777_216)) }

    /// A text.
    mutating func text(_ name: String) throws(DocumentError) -> String? { try value(name, .text) }

    /// A switch.
    mutating func flag(_ name: String) throws(DocumentError) -> Bool? { try value(name, .bool) }

    /// Whether a name is stated.
    func has(_ name: String) -> Bool { leaf(name) != nil }

    /// Whether a key or section of this name is stated.
    func has(prefix: String) -> Bool { leaves.contains { ($0.path == prefix || $0.path.hasPrefix(prefix + ".")) && isStated($0.node) } }

    /// Whether a name is stated by a spelling that stands in one of some sections.
    func isSpelt(_ name: String, in sections: [String]) -> Bool {
        guard let path = leaf(name)?.path else { return false }
        return sections.contains { path.hasPrefix($0 + ".") }
    }

    /// Whether there is a key below a section.
    func hasSection(_ section: String) -> Bool { leaves.contains { $0.path.hasPrefix(section + ".") } }

    /// Where a name is stated, or the document begins.
    func location(of name: String) -> SourceLocation { leaf(name)?.node.location ?? start }

    /// Refuses what the table refuses.
    func refuse() throws(DocumentError) {
        for leaf in leaves {
            guard let entry = leaf.entry, case .refused(let why) = entry.effect, !isNeutral(leaf, entry) else { continue }
            throw DocumentError(
                leaf.location,
                .invalid("\(Self.words(of: leaf)): \(why)", remedy: "describe the model and its plan by the options instead"))
        }
    }

    /// Names what is not modelled and what was not understood.
    func finish(_ result: inout UserConfiguration) {
        for leaf in leaves {
            guard let entry = leaf.entry else {
                if table.hasSection(leaf.path), isEmpty(leaf.node) { continue }
                let nearest = NearestName.best(for: leaf.path, among: table.spellings.lazy.filter { !$0.hasSuffix("*") })
                result.unread.append(UserConfiguration.Unread(name: leaf.path, location: leaf.location, nearest: nearest))
                continue
            }
            switch entry.effect {
            case .nothing, .refused: continue
            case .read:
                guard !asked.contains(entry.name), isStated(leaf.node) else { continue }
                result.unread.append(UserConfiguration.Unread(name: leaf.path, location: leaf.location))
            case .unmodelled(let instead):
                guard !isNeutral(leaf, entry) else { continue }
                result.unmodelled.append(
                    UserConfiguration.Unmodelled(name: Self.words(of: leaf), location: leaf.location, instead: instead))
            }
        }
    }

    /// Whether a value changes nothing by the table.
    func isNeutral(_ leaf: Leaf, _ entry: FlagEntry) -> Bool {
        guard isStated(leaf.node) else { return true }
        switch leaf.node {
        case .mapping(let entries, _): return entries.isEmpty
        case .sequence(let items, _):
            return items.allSatisfy { if case .scalar(let scalar) = $0 { entry.neutral.contains(scalar.text) } else { false } }
        case .scalar(let scalar):
            if scalar.text.isEmpty { return true }
            let word = scalar.text.lowercased()
            return entry.neutral.contains(scalar.text) || entry.neutral.contains(word) || entry.arity == .none && word == "false"
        }
    }

    /// A key with its value.
    private static func words(of leaf: Leaf) -> String {
        guard case .scalar(let scalar) = leaf.node else { return leaf.path }
        return "\(leaf.path) \(scalar.text)"
    }
}
