/// Writes documents as JSON with their keys in the order given; the same content always gives the same text.
public enum JSONWriter {
    /// A document with an indentation of two spaces and a newline at its end; lists of single values stand in one line.
    public static func text(_ content: YAMLContent) -> String {
        var output = ""
        write(content, indent: 0, to: &output)
        return output + "\n"
    }

    private static func write(_ content: YAMLContent, indent: Int, to output: inout String) {
        switch content {
        case .text(let text): write(text, to: &output)
        case .integer(let number): output += String(number)
        case .number(let number):
            precondition(number.isFinite, "only finite numbers are written")
            output += number.description
        case .flag(let flag): output += String(flag)
        case .null: output += "null"
        case .list(let items):
            let isFlat = items.allSatisfy(\.isSingle)
            write(items.count, "[", "]", isFlat: isFlat, indent, to: &output) { write(items[$0], indent: indent + 2, to: &$1) }
        case .mapping(let fields), .inline(let fields):
            var isFlat = fields.isEmpty
            if case .inline = content { isFlat = true }
            write(fields.count, "{", "}", isFlat: isFlat, indent, to: &output) { index, output in
                write(fields[index].key, to: &output)
                output += ": "
                write(fields[index].value, indent: indent + 2, to: &output)
            }
        }
    }

    /// The items of a list or a mapping between its brackets, in one line or one to a line.
    private static func write(
        _ count: Int, _ open: String, _ close: String, isFlat: Bool, _ indent: Int, to output: inout String,
        _ item: (Int, inout String) -> Void
    ) {
        output += open
        for index in 0..<count {
            if index > 0 { output += isFlat ? ", " : "," }
            if !isFlat { output += "\n" + String(repeating: " ", count: indent + 2) }
            item(index, &output)
        }
        if !isFlat, count > 0 { output += "\n" + String(repeating: " ", count: indent) }
        output += close
    }

    /// A text in quotes, with what JSON forbids inside them escaped (RFC 8259, section 7).
    private static func write(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": output += "\\\(scalar)"
            case "\n": output += "\\n"
            case "\t": output += "\\t"
            case "\r": output += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}

extension YAMLContent {
    /// Whether it is neither a list nor a mapping.
    fileprivate var isSingle: Bool {
        switch self {
        case .text, .integer, .number, .flag, .null: true
        case .list, .mapping, .inline: false
        }
    }
}
