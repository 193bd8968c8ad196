import Documents

/// Settings by their keys, put together from files and flags; the last of a key wins.
struct ConfigurationEntries {
    private(set) var entries: [YAMLEntry] = []

    /// Sets a key, whose sections are joined by dots.
    mutating func set(_ key: String, _ value: YAMLNode, _ location: SourceLocation) {
        entries.removeAll { $0.key.text == key }
        entries.append(YAMLEntry(key: YAMLScalar(text: key, isQuoted: false, location: location), value: value))
    }

    /// Sets a key to a word or, where there are several, a list of words.
    mutating func set(_ key: String, _ words: [String], _ location: SourceLocation) {
        let scalars = words.map { YAMLNode.scalar(YAMLScalar(text: $0, isQuoted: false, location: location)) }
        set(key, scalars.count == 1 ? scalars[0] : .sequence(scalars, location: location), location)
    }

    /// Sets every key of a document.
    mutating func set(_ node: YAMLNode, under prefix: String = "") {
        guard case .mapping(let inner, _) = node else { return }
        for entry in inner {
            let path = prefix + entry.key.text
            if case .mapping(let fields, _) = entry.value, !fields.isEmpty {
                set(entry.value, under: path + ".")
            } else {
                set(path, entry.value, entry.key.location)
            }
        }
    }

    /// Sets the keys of a document, with sections as they are.
    mutating func set(topOf node: YAMLNode) {
        guard case .mapping(let inner, _) = node else { return }
        for entry in inner { set(entry.key.text, entry.value, entry.key.location) }
    }

    /// Sets the keys of `--key value` and `--key=value`, each by the key that `name` makes of its flag; a flag without words is true.
    ///
    /// - Throws: `DocumentError` where a value is in doubt.
    mutating func set(flags words: some Collection<ShellWord>, name: (String) -> String?) throws(DocumentError) {
        var stated: [(flag: String, values: [ShellWord], location: SourceLocation)] = []
        for word in words {
            if word.text.hasPrefix("-"), word.text.count > 1, Double(word.text) == nil {
                let sides = word.text.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    .map(String.init)
                var value = word
                value.text = sides.count == 2 ? sides[1] : ""
                stated.append((sides.first.map { $0.replacing("-", with: "_") } ?? "", sides.count == 2 ? [value] : [], word.location))
            } else if !stated.isEmpty {
                stated[stated.count - 1].values.append(word)
            }
        }
        let plain = ["True": "true", "False": "false", "None": "null"]
        for setting in stated {
            guard let key = name(setting.flag) else { continue }
            // A value that nobody knows keeps its `$`, which whoever asks for it refuses.
            if setting.values.contains(where: { $0.maybe != nil }), let doubt = setting.values.lazy.compactMap(\.maybe).first {
                throw DocumentError(
                    setting.location,
                    .invalid("whether --\(setting.flag) is given depends on \(doubt.what)", remedy: "write the command with it, or without")
                )
            }
            let texts = setting.values.isEmpty ? ["true"] : setting.values.map { plain[$0.text] ?? $0.text }
            set(key, texts, setting.location)
        }
    }

    /// Whether a key is set.
    func has(_ key: String) -> Bool { entries.contains { $0.key.text == key } }

    /// The word that a key is set to; nil where it is none, or set to several.
    func word(_ key: String) -> String? {
        guard case .scalar(let scalar)? = entries.last(where: { $0.key.text == key })?.value else { return nil }
        return scalar.text
    }

    /// All settings as one mapping.
    func node(_ file: String) -> YAMLNode { .mapping(entries, location: entries.first?.key.location ?? SourceLocation(file: file)) }
}
