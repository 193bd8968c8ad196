/// Reads JSON (RFC 8259) as the tree that YAML is read into, strictly: what is no JSON is refused with its place.
///
/// Names that occur twice in an object are refused too, since one of the values would be lost. Foundation's parser is as strict but says not
/// where a value stands; JSONTestSuite is run against this one (`make conformance`).
public struct JSONDocument {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let file: String
    private let acceptsNonFinite: Bool
    private var index = 0
    /// The line being read, and a byte of it whose column is known.
    private var line = 1
    private var counted = (index: 0, column: 1)

    /// The document of a text; `file` names it in errors.
    ///
    /// `acceptsNonFinite` also takes `NaN`, `Infinity` and `-Infinity` for numbers, which Python writes.
    public static func parse(text: String, file: String, acceptsNonFinite: Bool = false) throws(DocumentError) -> YAMLNode {
        var text = text
        // The closure of `withUTF8` cannot throw a typed error, so the outcome travels as a value.
        let outcome = text.withUTF8 { bytes in
            Result { () throws(DocumentError) in
                var reader = JSONDocument(bytes, file: file, acceptsNonFinite: acceptsNonFinite)
                return try reader.document()
            }
        }
        return try outcome.get()
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, file: String, acceptsNonFinite: Bool) {
        self.bytes = bytes
        self.file = file
        self.acceptsNonFinite = acceptsNonFinite
    }

    private mutating func document() throws(DocumentError) -> YAMLNode {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (index, counted.index) = (3, 3) }
        skipBlanks()
        guard next != nil else { throw DocumentError(SourceLocation(file: file), .empty) }
        let node = try value(depth: 0)
        skipBlanks()
        guard next == nil else { throw problem("something stands behind the end; remove it") }
        return node
    }

    // MARK: Characters

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func problem(_ what: String, at place: SourceLocation? = nil) -> DocumentError {
        var copy = self
        return DocumentError(place ?? copy.location(), .syntax("not JSON: \(what)"))
    }

    /// Where the next character stands; columns count characters.
    private mutating func location() -> SourceLocation {
        for byte in bytes[counted.index..<index] where byte & 0xC0 != 0x80 { counted.column += 1 }
        counted.index = index
        return SourceLocation(file: file, line: line, column: counted.column)
    }

    private mutating func skipBlanks() {
        while let byte = next {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "\n"):
                index += 1
                line += 1
                counted = (index, 1)
            default: return
            }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(DocumentError) -> YAMLNode {
        let place = location()
        guard depth <= YAMLDocument.depthLimit else { throw DocumentError(place, .tooDeep(limit: YAMLDocument.depthLimit)) }
        switch next {
        case UInt8(ascii: "{"): return .mapping(try entries(depth: depth), location: place)
        case UInt8(ascii: "["): return .sequence(try items(depth: depth), location: place)
        case UInt8(ascii: "\""): return .scalar(YAMLScalar(text: try string(), isQuoted: true, location: place))
        default: return .scalar(YAMLScalar(text: try word(), isQuoted: false, location: place))
        }
    }

    private mutating func items(depth: Int) throws(DocumentError) -> [YAMLNode] {
        var items: [YAMLNode] = []
        index += 1
        skipBlanks()
        if take("]") { return items }
        while true {
            items.append(try value(depth: depth + 1))
            if try ends(with: "]") { return items }
        }
    }

    private mutating func entries(depth: Int) throws(DocumentError) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        index += 1
        skipBlanks()
        if take("}") { return entries }
        while true {
            let place = location()
            guard next == UInt8(ascii: "\"") else { throw problem("expected a name in double quotes") }
            let key = YAMLScalar(text: try string(), isQuoted: true, location: place)
            if let first = lines.updateValue(place.line, forKey: key.text) {
                throw DocumentError(place, .duplicateKey(key.text, firstLine: first))
            }
            skipBlanks()
            guard take(":") else { throw problem("expected ':' behind the name \(key.text.quoted)") }
            skipBlanks()
            entries.append(YAMLEntry(key: key, value: try value(depth: depth + 1)))
            if try ends(with: "}") { return entries }
        }
    }

    /// Whether a collection ends here; otherwise a comma was passed, and something must follow.
    private mutating func ends(with bracket: Unicode.Scalar) throws(DocumentError) -> Bool {
        skipBlanks()
        if take(bracket) { return true }
        let comma = location()
        guard take(",") else { throw problem(next == nil ? "the file ends inside brackets" : "expected ',' or '\(bracket)'") }
        skipBlanks()
        if next == UInt8(ascii: bracket) { throw problem("a comma stands before '\(bracket)'; remove it", at: comma) }
        return false
    }

    /// A number, `true`, `false` or `null`.
    private mutating func word() throws(DocumentError) -> String {
        let start = index
        while let byte = next, Self.isOfWord(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if ["true", "false", "null"].contains(text) || Self.isNumber(bytes[start..<index]) { return text }
        if acceptsNonFinite, ["NaN", "Infinity", "-Infinity"].contains(text) { return text }
        index = start
        switch next {
        case nil: throw problem("the file ends where a value should stand")
        case UInt8(ascii: "'"): throw problem("text stands in double quotes")
        case UInt8(ascii: "/"), UInt8(ascii: "#"): throw problem("JSON has no comments; remove it")
        default: throw problem(text.isEmpty ? "expected a value" : "\(text.quoted) is no value; text stands in double quotes")
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether bytes are a number of RFC 8259, §6.
    private static func isNumber(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var rest = bytes
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        func digits() -> Int {
            let count = rest.prefix { isDigit($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        func takes(_ characters: [Unicode.Scalar]) -> Bool {
            guard let first = rest.first, characters.contains(where: { UInt8(ascii: $0) == first }) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = takes(["-"])
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || (whole > 1 && !startsWithZero) else { return false }
        if takes(["."]), digits() == 0 { return false }
        if takes(["e", "E"]) {
            _ = takes(["+", "-"])
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }

    // MARK: Strings

    private mutating func string() throws(DocumentError) -> String {
        let place = location()
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escaped()
            case ..<0x20: throw problem("text holds a line's end or another control character; write \\n, \\t or \\u00XX")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw problem("this quote is never closed; close it", at: place)
    }

    /// What an escape stands for, in UTF-8.
    private mutating func escaped() throws(DocumentError) -> [UInt8] {
        let place = location()
        index += 1
        let escapes: [(Unicode.Scalar, UInt8)] = [
            ("\"", 0x22), ("\\", 0x5C), ("/", 0x2F), ("b", 0x08), ("f", 0x0C), ("n", 0x0A), ("r", 0x0D), ("t", 0x09),
        ]
        if let (_, byte) = escapes.first(where: { UInt8(ascii: $0.0) == next }) {
            index += 1
            return [byte]
        }
        guard let high = codeUnit() else { throw problem("unknown escape; write \\\\ for a backslash", at: place) }
        var units = [high]
        if UTF16.isLeadSurrogate(high), next == UInt8(ascii: "\\") {
            index += 1
            if let low = codeUnit() { units.append(low) }
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw problem("the escape is half of a character; both halves stand together", at: place)
        }
        return Array(text.utf8)
    }

    /// The number of `uXXXX`, where it stands here.
    private mutating func codeUnit() -> UInt16? {
        guard next == UInt8(ascii: "u"), index + 4 < bytes.count else { return nil }
        let digits = bytes[(index + 1)...(index + 4)]
        guard digits.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "f") }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        index += 5
        return unit
    }
}
