import Documents

/// Reads the part of TOML 1.0 that configuration files use, as the tree that YAML is read into.
///
/// Tables, dotted keys, strings of one line, whole numbers, numbers, truth values, arrays over several lines and inline tables are read; dates,
/// strings of several lines and arrays of tables are refused with their place. A package would read all of TOML but not say where a value
/// stands, which every message of this tool does.
struct TOMLDocument {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var location: SourceLocation
    private let root = TOMLTable(SourceLocation(file: ""))

    /// The document of a text; `file` names it in errors.
    static func parse(text: String, file: String) throws(DocumentError) -> YAMLNode {
        var reader = TOMLDocument(text, file: file)
        return try reader.document()
    }

    private init(_ text: String, file: String) {
        scalars = Array(text.replacing("\r\n", with: "\n").unicodeScalars)
        location = SourceLocation(file: file)
        root.location = location
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func advance() {
        if scalars[index] == "\n" {
            location.line += 1
            location.column = 1
        } else {
            location.column += 1
        }
        index += 1
    }

    private func problem(_ what: String) -> DocumentError { DocumentError(location, .syntax(what)) }

    private mutating func skipBlanks(lines: Bool) {
        while let scalar = next {
            if scalar == "#" {
                while let rest = next, rest != "\n" { _ = (rest, advance()) }
            } else if scalar == " " || scalar == "\t" || (lines && scalar == "\n") {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func document() throws(DocumentError) -> YAMLNode {
        var table = root
        skipBlanks(lines: true)
        while let scalar = next {
            if scalar == "[" {
                advance()
                guard next != "[" else { throw problem("arrays of tables are not read") }
                let start = location
                table = root
                for key in try path() { table = try table.table(key) }
                guard table.isOpen else { throw DocumentError(start, .syntax("the table is defined twice")) }
                table.isOpen = false
                try expect("]")
            } else {
                try pair(into: table)
            }
            skipBlanks(lines: false)
            guard next == nil || next == "\n" else { throw problem("something stands behind the value") }
            skipBlanks(lines: true)
        }
        return root.node
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(DocumentError) {
        skipBlanks(lines: false)
        guard next == scalar else { throw problem("expected '\(scalar)'") }
        advance()
    }

    private mutating func pair(into table: TOMLTable) throws(DocumentError) {
        var keys = try path()
        let last = keys.removeLast()
        var owner = table
        for key in keys { owner = try owner.table(key) }
        try expect("=")
        skipBlanks(lines: false)
        try owner.add(last, try value(depth: 0))
    }

    /// Keys joined by dots.
    private mutating func path() throws(DocumentError) -> [YAMLScalar] {
        var keys: [YAMLScalar] = []
        repeat {
            if !keys.isEmpty { advance() }
            skipBlanks(lines: false)
            let start = location
            var text = ""
            if next == "\"" || next == "'" {
                text = try string()
            } else {
                while let scalar = next, scalar == "_" || scalar == "-" || Self.isAlphanumeric(scalar) {
                    text.unicodeScalars.append(scalar)
                    advance()
                }
                guard !text.isEmpty else { throw problem("expected a key") }
            }
            keys.append(YAMLScalar(text: text, isQuoted: true, location: start))
            skipBlanks(lines: false)
        } while next == "."
        return keys
    }

    private mutating func value(depth: Int) throws(DocumentError) -> YAMLNode {
        guard depth < 16 else { throw DocumentError(location, .tooDeep(limit: 16)) }
        let start = location
        switch next {
        case "\"", "'": return .scalar(YAMLScalar(text: try string(), isQuoted: true, location: start))
        case "[":
            advance()
            var items: [YAMLNode] = []
            skipBlanks(lines: true)
            while next != "]" {
                items.append(try value(depth: depth + 1))
                skipBlanks(lines: true)
                guard next == "," || next == "]" else { throw problem("expected ',' or ']'") }
                if next == "," { advance() }
                skipBlanks(lines: true)
            }
            advance()
            return .sequence(items, location: start)
        case "{":
            advance()
            let table = TOMLTable(start)
            skipBlanks(lines: false)
            while next != "}" {
                try pair(into: table)
                skipBlanks(lines: false)
                guard next == "," || next == "}" else { throw problem("expected ',' or '}'") }
                if next == "," { advance() }
                skipBlanks(lines: false)
            }
            advance()
            return table.node
        default: return .scalar(YAMLScalar(text: try bare(), isQuoted: false, location: start))
        }
    }

    /// A number or truth value; dates are no numbers and are refused by whoever reads them.
    private mutating func bare() throws(DocumentError) -> String {
        var text = ""
        while let scalar = next, Self.isAlphanumeric(scalar) || "+-._:".unicodeScalars.contains(scalar) {
            if scalar != "_" { text.unicodeScalars.append(scalar) }
            advance()
        }
        guard !text.isEmpty else { throw problem("expected a value") }
        return text
    }

    private mutating func string() throws(DocumentError) -> String {
        let quote = scalars[index]
        advance()
        if next == quote, index + 1 < scalars.count, scalars[index + 1] == quote { throw problem("strings of several lines are not read") }
        var text = ""
        while let scalar = next, scalar != quote {
            guard scalar != "\n" else { throw problem("the string has no end") }
            advance()
            guard scalar == "\\", quote == "\"" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            guard let escaped = next, let plain = Self.escapes[escaped] else { throw problem("unknown escape") }
            text.unicodeScalars.append(plain)
            advance()
        }
        guard next != nil else { throw problem("the string has no end") }
        advance()
        return text
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "t": "\t", "r": "\r", "\"": "\"", "\\": "\\"]

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}

/// A table while it is read.
private final class TOMLTable {
    var location: SourceLocation
    var isOpen = true
    private var keys: [YAMLScalar] = []
    private var values: [String: YAMLNode] = [:]
    private var tables: [String: TOMLTable] = [:]

    init(_ location: SourceLocation) { self.location = location }

    /// The table of a key, made where it is missing.
    func table(_ key: YAMLScalar) throws(DocumentError) -> TOMLTable {
        if let table = tables[key.text] { return table }
        guard values[key.text] == nil else { throw DocumentError(key.location, .syntax("'\(key.text)' has a value already")) }
        let table = TOMLTable(key.location)
        tables[key.text] = table
        keys.append(key)
        return table
    }

    func add(_ key: YAMLScalar, _ value: YAMLNode) throws(DocumentError) {
        guard values[key.text] == nil, tables[key.text] == nil else {
            throw DocumentError(key.location, .syntax("'\(key.text)' is given twice"))
        }
        values[key.text] = value
        keys.append(key)
    }

    var node: YAMLNode {
        .mapping(
            keys.compactMap { key in (values[key.text] ?? tables[key.text]?.node).map { YAMLEntry(key: key, value: $0) } },
            location: location)
    }
}
