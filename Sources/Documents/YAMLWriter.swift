/// Writes documents as YAML that `YAMLDocument` reads back as the same values; the same content always gives the same text.
public enum YAMLWriter {
    /// A document, after comment lines that begin it if there are any; a line break in one makes it two.
    public static func text(_ content: YAMLContent, comment: [String] = []) -> String {
        var output = comment.flatMap { $0.split(whereSeparator: \.isNewline) }.map { "# \($0)\n" }.joined()
        switch content {
        case .mapping(let fields) where !fields.isEmpty: write(fields, indent: 0, to: &output)
        case .list(let items) where !isInline(content): write(items, indent: 0, to: &output)
        default: output += inline(content) + "\n"
        }
        return output
    }

    private static func write(_ fields: [YAMLField], indent: Int, to output: inout String) {
        for (index, field) in fields.enumerated() {
            // The first key of a mapping in a list stands behind its dash.
            if index > 0 || !output.hasSuffix("- ") { output += String(repeating: " ", count: indent) }
            output += scalar(field.key) + ":"
            write(value: field.value, indent: indent, to: &output)
        }
    }

    private static func write(_ items: [YAMLContent], indent: Int, to output: inout String) {
        for item in items {
            output += String(repeating: " ", count: indent) + "- "
            switch item {
            case .mapping(let fields) where !fields.isEmpty: write(fields, indent: indent + 2, to: &output)
            default: output += inline(item) + "\n"
            }
        }
    }

    private static func write(value: YAMLContent, indent: Int, to output: inout String) {
        switch value {
        case .mapping(let fields) where !fields.isEmpty:
            output += "\n"
            write(fields, indent: indent + 2, to: &output)
        case .list(let items) where !isInline(value):
            output += "\n"
            write(items, indent: indent + 2, to: &output)
        default:
            output += " " + inline(value) + "\n"
        }
    }

    /// Lists of single values fit one line; lists of lists, such as matrices, have a line for every row.
    private static func isInline(_ content: YAMLContent) -> Bool {
        guard case .list(let items) = content else { return true }
        return items.allSatisfy { item in
            switch item {
            case .list, .mapping, .inline: false
            default: true
            }
        }
    }

    private static func inline(_ content: YAMLContent) -> String {
        switch content {
        case .text(let text): return scalar(text)
        case .integer(let number): return String(number)
        case .number(let number):
            precondition(number.isFinite, "only finite numbers are written")
            return decimal(number)
        case .flag(let flag): return String(flag)
        case .null: return "null"
        case .list(let items): return "[\(items.map(inline).joined(separator: ", "))]"
        case .mapping(let fields), .inline(let fields):
            return "{\(fields.map { "\(scalar($0.key)): \(inline($0.value))" }.joined(separator: ", "))}"
        }
    }

    /// A number with a point in its mantissa, without which readers of YAML 1.1 take an exponent for text.
    private static func decimal(_ number: Double) -> String {
        let text = number.description
        guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else { return text }
        return "\(text[..<exponent]).0\(text[exponent...])"
    }

    /// A text as it stands where every YAML reader takes it for that text, in double quotes otherwise.
    private static func scalar(_ text: String) -> String {
        guard !isPlain(text) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += escape(scalar)
            }
        }
        return quoted + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let width = scalar.value < 0x100 ? 2 : scalar.value < 0x10000 ? 4 : 8
        let letter = scalar.value < 0x100 ? "x" : scalar.value < 0x10000 ? "u" : "U"
        return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first,
            first.properties.isAlphabetic || first.isASCIIDigit || "/_.".unicodeScalars.contains(first)
        else { return false }
        let isSimple = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.isASCIIDigit || " ._/+-()%*=~^@$;<>|".unicodeScalars.contains($0)
        }
        return isSimple && text.last != " " && !meansSomethingElse(text)
    }

    /// Whether a YAML reader, of this or an older version of the language, takes the text for a number, a date, a truth value or nothing.
    private static func meansSomethingElse(_ text: String) -> Bool {
        let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"]
        let numeric = text.unicodeScalars.allSatisfy { "0123456789abcdefABCDEFxXoO_.+-".unicodeScalars.contains($0) }
        let startsAsNumber = text.unicodeScalars.first.map { $0.isASCIIDigit || $0 == "." } ?? false
        return words.contains(text.lowercased().drop { $0 == "." }.description) || Double(text) != nil || (numeric && startsAsNumber)
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
