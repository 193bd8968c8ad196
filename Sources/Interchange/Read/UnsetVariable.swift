/// Variables in the values of files that no shell reads, such as `${TP}` in YAML, which a launcher puts in before the framework reads them.
enum UnsetVariable {
    /// Why a value is not known, in words that follow "depends on"; nil where it holds no variable.
    static func doubt(in text: String) -> String? {
        guard text.contains("$") else { return nil }
        if let match = text.firstMatch(of: /\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_.][A-Za-z0-9_.]*\})/) {
            return "\(match.0), which the file does not set"
        }
        guard let match = text.firstMatch(of: /\$\{[^}]*\}/) else { return nil }
        return "\(match.0), which is worked out only when it is launched"
    }
}
