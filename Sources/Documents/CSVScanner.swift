/// A field of a table with its place.
struct CSVField: Sendable {
    var text: String
    var isQuoted: Bool
    var line: Int
    var column: Int

    /// The text without surrounding spaces and tabs; quoted text keeps them.
    var trimmed: String {
        guard !isQuoted else { return text }
        let start = text.utf8.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? text.endIndex
        let end = text.utf8.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? text.startIndex
        return start <= end && start < text.endIndex ? String(text[start...end]) : ""
    }

    func location(in file: String) -> SourceLocation { SourceLocation(file: file, line: line, column: column) }
}

/// Cuts comma-separated text into rows of fields (RFC 4180).
struct CSVScanner {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1
    private var column = 1

    init(_ text: String, file: String) {
        let bytes = Array(text.utf8)
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
        self.file = file
    }

    /// The next row that is not blank, or nil at the end.
    mutating func row(skippingComments: Bool) throws(DocumentError) -> [CSVField]? {
        while let byte = current {
            if byte == .lineFeed || byte == .carriageReturn || (skippingComments && byte == UInt8(ascii: "#")) {
                skipLine()
                continue
            }
            let row = try fields()
            if row.count > 1 || !row[0].trimmed.isEmpty || row[0].isQuoted { return row }
        }
        return nil
    }

    /// The fields up to the end of the row, which is passed.
    private mutating func fields() throws(DocumentError) -> [CSVField] {
        var row: [CSVField] = []
        while true {
            row.append(current == .quote ? try quotedField() : try plainField())
            guard let separator = current else { return row }
            advance()
            if separator == .carriageReturn, current == .lineFeed { advance() }
            if separator != .comma { return row }
        }
    }

    private mutating func plainField() throws(DocumentError) -> CSVField {
        let start = (position: position, line: line, column: column)
        while let byte = current, byte != .comma, byte != .lineFeed, byte != .carriageReturn {
            guard byte != .quote else {
                throw fault("a quote inside an unquoted field; quote the whole field and double the quotes inside it")
            }
            advance()
        }
        let text = String(decoding: bytes[start.position..<position], as: UTF8.self)
        return CSVField(text: text, isQuoted: false, line: start.line, column: start.column)
    }

    private mutating func quotedField() throws(DocumentError) -> CSVField {
        let start = SourceLocation(file: file, line: line, column: column)
        var text: [UInt8] = []
        advance()
        while let byte = current {
            advance()
            if byte != .quote {
                text.append(byte)
            } else if current == .quote {
                text.append(.quote)
                advance()
            } else {
                guard current == nil || current == .comma || current == .lineFeed || current == .carriageReturn else {
                    throw fault("text after a closing quote; expected a comma or the end of the line")
                }
                return CSVField(text: String(decoding: text, as: UTF8.self), isQuoted: true, line: start.line, column: start.column)
            }
        }
        throw DocumentError(start, .syntax("not CSV: this quote is never closed; close it"))
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipLine() {
        while let byte = current {
            advance()
            if byte == .lineFeed || (byte == .carriageReturn && current != .lineFeed) { return }
        }
    }

    private mutating func advance() {
        let byte = bytes[position]
        position += 1
        if byte == .lineFeed || (byte == .carriageReturn && current != .lineFeed) {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            // Continuation bytes of UTF-8 belong to the character before.
            column += 1
        }
    }

    private func fault(_ complaint: String) -> DocumentError {
        DocumentError(SourceLocation(file: file, line: line, column: column), .syntax("not CSV: \(complaint)"))
    }
}

extension UInt8 {
    fileprivate static let comma = UInt8(ascii: ",")
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let lineFeed = UInt8(ascii: "\n")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
}
