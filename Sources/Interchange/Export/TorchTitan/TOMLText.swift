/// Writes TOML: tables of keys, one value a line, lists of lists one item a line.
struct TOMLText {
    /// The document so far.
    private(set) var text = ""

    /// A value.
    enum Value {
        case text(String)
        case integer(Int)
        case flag(Bool)
        case list([Value])
    }

    /// Begins a table, whose name is made of bare keys.
    mutating func table(_ name: String) { text += "\n[\(name)]\n" }

    /// Adds a key, which is bare, to the current table.
    mutating func set(_ key: String, _ value: Value) { text += "\(key) = \(Self.written(value))\n" }

    private static func written(_ value: Value) -> String {
        switch value {
        case .text(let text): return quoted(text)
        case .integer(let number): return String(number)
        case .flag(let flag): return String(flag)
        case .list(let items):
            let hasLists = items.contains { if case .list = $0 { true } else { false } }
            guard hasLists else { return "[" + items.map(written).joined(separator: ", ") + "]" }
            return "[\n" + items.map { "    \(written($0)),\n" }.joined() + "]"
        }
    }

    /// A basic string (TOML 1.0): quotes, backslashes and control characters are escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
