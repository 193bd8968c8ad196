import Documents

/// The tags of an XML text with their attributes; enough for NCCL's topology files, which have no text between tags.
///
/// What XML 1.0 calls not well-formed among tags and attributes is refused; documents with a DTD of their own, processing instructions and
/// CDATA are passed over. Foundation's parser would bring libxml2 along as a third system library.
struct XMLTags {
    /// A tag.
    struct Tag {
        var name: Substring
        var attributes: [Substring: String]
        /// Tags that are open around it.
        var depth: Int
        var line: Int
    }

    /// Opening and empty tags in the order of the file.
    private(set) var tags: [Tag] = []

    /// The tags of a text.
    ///
    /// - Throws: where a tag is not closed or closes another than the last opened.
    init(_ text: String, _ file: String) throws(DocumentError) {
        let bytes = text.utf8
        var place = bytes.startIndex
        var counted = place
        var line = 1
        var open: [Substring] = []
        while let start = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            for byte in bytes[counted..<start] where byte == 0x0A { line += 1 }
            counted = start
            let isComment = text[start...].hasPrefix("<!--")
            guard let end = isComment ? text[start...].firstRange(of: "-->")?.upperBound : Self.end(bytes, start) else {
                throw .log(file, line, "this tag is not closed", "the file was cut; save all of it")
            }
            place = end
            guard !isComment, !text[start...].hasPrefix("<?"), !text[start...].hasPrefix("<!") else { continue }
            var body = text[bytes.index(after: start)..<bytes.index(before: end)]
            if body.hasPrefix("/") {
                let name = body.dropFirst().prefix { !$0.isWhitespace }
                guard open.popLast() == name else {
                    throw .log(file, line, "</\(name.prefix(60))> closes no tag that is open", "save the file as NCCL writes it")
                }
                continue
            }
            let isEmpty = body.hasSuffix("/")
            if isEmpty { body = body.dropLast() }
            let name = body.prefix { !$0.isWhitespace }
            guard Self.isName(name) else { throw .log(file, line, "\("<\(name)".quoted) begins no tag", "write &lt; for a '<' of text") }
            guard !open.isEmpty || tags.isEmpty else {
                throw .log(file, line, "a second element \(String(name).quoted) begins behind the first", "save one topology a file")
            }
            let attributes = try Self.attributes(body.dropFirst(name.count), file, line)
            tags.append(Tag(name: name, attributes: attributes, depth: open.count, line: line))
            if !isEmpty {
                open.append(name)
                guard open.count <= YAMLDocument.depthLimit else {
                    throw DocumentError(SourceLocation(file: file, line: line), .tooDeep(limit: YAMLDocument.depthLimit))
                }
            }
        }
        guard let name = open.last else { return }
        throw .log(file, line, "<\(name.prefix(60))> is not closed", "the file was cut; save all of it")
    }

    /// The place after the `>` that ends a tag; one in quotes does not.
    private static func end(_ bytes: String.UTF8View, _ start: String.Index) -> String.Index? {
        var quote: UInt8?
        for place in bytes[start...].indices {
            let byte = bytes[place]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return bytes.index(after: place)
            }
        }
        return nil
    }

    private static func attributes(_ text: Substring, _ file: String, _ line: Int) throws(DocumentError) -> [Substring: String] {
        var attributes: [Substring: String] = [:]
        var rest = text
        while true {
            let gap = rest.prefix { $0.isWhitespace }
            rest = rest.dropFirst(gap.count)
            guard !rest.isEmpty else { return attributes }
            let name = rest.prefix { !$0.isWhitespace && $0 != "=" }
            let equals = rest.dropFirst(name.count).drop { $0.isWhitespace }
            let value = equals.dropFirst().drop { $0.isWhitespace }
            guard !gap.isEmpty, isName(name), equals.first == "=", let quote = value.first, quote == "\"" || quote == "'",
                let end = value.dropFirst().firstIndex(of: quote), let plain = unescaped(value.dropFirst()[..<end])
            else {
                throw .log(file, line, "\(String(rest).quoted) is no attribute", "write name=\"value\", with &lt; and &amp; for < and &")
            }
            guard attributes.updateValue(plain, forKey: name) == nil else {
                throw .log(file, line, "the attribute \(String(name).quoted) is given twice", "leave one")
            }
            rest = value[value.index(after: end)...]
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.unicodeScalars.first, first.properties.isAlphabetic || first == "_" || first == ":" else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.numericType != nil || "_:-.".unicodeScalars.contains($0)
        }
    }

    /// The value of an attribute with its references replaced; nil where one is none.
    private static func unescaped(_ text: Substring) -> String? {
        guard !text.contains("<") else { return nil }
        guard text.contains("&") else { return String(text) }
        var plain = ""
        for (number, part) in text.split(separator: "&", omittingEmptySubsequences: false).enumerated() {
            guard number > 0 else {
                plain += part
                continue
            }
            guard let end = part.firstIndex(of: ";"), let character = character(part[..<end]) else { return nil }
            plain += character + part[part.index(after: end)...]
        }
        return plain
    }

    private static func character(_ reference: Substring) -> String? {
        switch reference {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard reference.hasPrefix("#") else { return nil }
            let digits = reference.dropFirst()
            let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return value.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
        }
    }
}
