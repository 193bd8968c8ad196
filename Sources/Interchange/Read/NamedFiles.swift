import Documents

/// Configuration files that another file, or a command, names.
struct NamedFiles {
    /// Files that are known by the names as they are spelt.
    private let known: [String: ShellEvaluator.ScriptFile]
    /// The folder of the file that names others; nil where only known files count.
    private let folder: String?

    /// Files that a command names.
    init(_ known: [String: ShellEvaluator.ScriptFile]) {
        self.known = known
        folder = nil
    }

    /// Files that lie beside a file, or where we are.
    init(beside file: String) {
        known = [:]
        folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    }

    /// The document that a name means, JSON or YAML by its ending; nil where it is not there.
    ///
    /// - Throws: `DocumentError` where it is none.
    func document(_ name: String) throws(DocumentError) -> YAMLNode? {
        guard let file = known[name].flatMap({ file in file.text.known.map { (text: $0, path: file.path) } }) ?? beside(name) else {
            return nil
        }
        return try name.hasSuffix(".json")
            ? JSONDocument.parse(text: file.text, file: file.path) : YAMLDocument.parse(text: file.text, file: file.path)
    }

    private func beside(_ name: String) -> (text: String, path: String)? {
        guard let folder else { return nil }
        for path in name.hasPrefix("/") ? [name] : [folder + name, name] {
            if let text = try? TextFile.read(path: path) { return (text, path) }
        }
        return nil
    }
}
