import Documents

/// The tags of an XML text with their attributes; enough for NCCL's topology files, which have no text between tags.
struct XMLTags {
    /// A tag.
    struct Tag {
        var name: Substring
        var attributes: [Substring: Substring]
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
            tags.append(Tag(name: name, attributes: Self.attributes(body.dropFirst(name.count)), depth: open.count, line: line))
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

    private static func attributes(_ text: Substring) -> [Substring: Substring] {
        var attributes: [Substring: Substring] = [:]
        var rest = text
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].filter { !$0.isWhitespace }
            let value = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
            guard let quote = value.first, quote == "\"" || quote == "'", let end = value.dropFirst().firstIndex(of: quote) else { break }
            attributes[Substring(name)] = value.dropFirst()[..<end]
            rest = value[value.index(after: end)...]
        }
        return attributes
    }
}
