import Documents

/// The YAML of Megatron-LM's functional tests: a mapping such as `MODEL_ARGS` whose keys are flags with their dashes.
enum MegatronYAML {
    /// The flags of a text; nil where it is no such file.
    ///
    /// - Throws: `DocumentError` where it looks like one and is no YAML.
    static func flags(text: String, file: String) throws(DocumentError) -> [MegatronReader.NamedFlag]? {
        guard text.contains(/(?m)^ +["']?--[A-Za-z][A-Za-z0-9_-]*["']?:(?: |$)/) else { return nil }
        guard case .mapping(let sections, _) = try YAMLDocument.parse(text: text, file: file) else { return nil }
        var flags: [MegatronReader.NamedFlag] = []
        for section in sections {
            guard case .mapping(let entries, _) = section.value else { continue }
            for entry in entries where entry.key.text.hasPrefix("--") {
                let name = TrainingCommand.flag(entry.key.text)
                guard let values = words(of: entry.value) else { continue }
                flags.append(MegatronReader.NamedFlag(name: name, values: values, location: entry.key.location))
            }
        }
        return flags.isEmpty ? nil : flags
    }

    /// The words of a value: none for a switch that is on, nil for one that is off or an argument without a value.
    private static func words(of node: YAMLNode) -> [ShellWord]? {
        switch node {
        case .sequence(let items, _): return items.flatMap { words(of: $0) ?? [] }
        case .mapping: return nil
        case .scalar(let scalar):
            if scalar.isNull { return nil }
            if !scalar.isQuoted, ["true", "True"].contains(scalar.text) { return [] }
            if !scalar.isQuoted, ["false", "False"].contains(scalar.text) { return nil }
            return [ShellWord(text: scalar.text, location: scalar.location)]
        }
    }
}
