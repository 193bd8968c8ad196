import Documents

/// References of OmegaConf, `${model.hidden_size}`, which stand for another value of the same file.
enum Interpolation {
    /// References that lead from one to the next are followed this far.
    private static let depth = 8

    /// The value that a reference stands for; any other value, a reference to nothing and a call such as `${multiply:…}` as they are.
    static func resolved(_ node: YAMLNode, at path: String, in root: YAMLNode) -> YAMLNode {
        var (node, path) = (node, path)
        for _ in 0..<depth {
            guard case .scalar(let scalar) = node, let target = target(of: scalar.text, at: path), let value = value(at: target, in: root)
            else { return node }
            (node, path) = (value, target)
        }
        return node
    }

    /// The path that a whole text refers to; one dot in front means the section that it stands in, each further dot the one around.
    private static func target(of text: String, at path: String) -> String? {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        let name = text.dropFirst(2).dropLast()
        guard !name.isEmpty, !name.contains(where: { "${}:".contains($0) }) else { return nil }
        let dots = name.prefix { $0 == "." }.count
        guard dots > 0 else { return String(name) }
        let section = path.split(separator: ".").dropLast(dots)
        return (section + name.dropFirst(dots).split(separator: ".")).joined(separator: ".")
    }

    private static func value(at path: String, in root: YAMLNode) -> YAMLNode? {
        var node = root
        for key in path.split(separator: ".") {
            guard case .mapping(let entries, _) = node, let entry = entries.first(where: { $0.key.text == key }) else { return nil }
            node = entry.value
        }
        return node
    }
}
