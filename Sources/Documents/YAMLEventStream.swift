import CLibYAML

/// The events of a YAML text in order: libyaml's parser with its errors turned into ours.
///
/// The bytes must outlive the stream, and `close` must be called once.
struct YAMLEventStream {
    /// What the parser met.
    enum Event {
        case scalar(text: String, isQuoted: Bool, anchor: String?)
        case alias(String)
        case sequenceStart(anchor: String?)
        case mappingStart(anchor: String?)
        /// The end of the innermost sequence or mapping.
        case end
        case documentStart
        case documentEnd
        case streamStart
        case streamEnd
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeBufferPointer<UInt8>
    private let file: String
    /// Where the latest event begins.
    private(set) var location: SourceLocation

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) {
        self.bytes = bytes
        self.file = file
        location = SourceLocation(file: file)
        parser = .allocate(capacity: 1)
        precondition(yaml_parser_initialize(parser) == 1, "libyaml could not allocate its parser")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    /// Frees the parser.
    mutating func close() {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event; after `streamEnd` there is none.
    mutating func next() throws(DocumentError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        location = Self.location(of: event.start_mark, in: file)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(tag: scalar.tag)
            return .scalar(
                text: String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self),
                isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE, anchor: Self.string(scalar.anchor))
        case YAML_ALIAS_EVENT: return .alias(Self.string(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            try refuse(tag: event.data.sequence_start.tag)
            return .sequenceStart(anchor: Self.string(event.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT:
            try refuse(tag: event.data.mapping_start.tag)
            return .mappingStart(anchor: Self.string(event.data.mapping_start.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_START_EVENT: return .streamStart
        default: return .streamEnd
        }
    }

    private func refuse(tag: UnsafeMutablePointer<yaml_char_t>?) throws(DocumentError) {
        if let tag = Self.string(tag) { throw DocumentError(location, .tag(tag)) }
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private static func location(of mark: yaml_mark_t, in file: String) -> SourceLocation {
        SourceLocation(file: file, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}

extension YAMLEventStream {
    /// libyaml's complaint with the place and, for the mistakes people make most, what to do about it.
    private func failure() -> DocumentError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "the text is no YAML"
        if state.error == YAML_READER_ERROR {
            return DocumentError(location(ofByte: state.problem_offset), .syntax("\(problem); remove the character"))
        }
        if problem == "found unexpected end of stream", state.context != nil {
            // Where a quote was forgotten is where it opened, not the end of the file.
            return DocumentError(Self.location(of: state.context_mark, in: file), .syntax("not YAML: this quote is never closed; close it"))
        }
        let place = Self.location(of: state.problem_mark, in: file)
        var text = "not YAML: \(problem)"
        if let context = state.context.map({ String(cString: $0) }), state.context_mark.line != state.problem_mark.line {
            text += " (\(context) that begins in line \(state.context_mark.line + 1))"
        }
        return DocumentError(place, .syntax("\(text); \(advice(at: state.problem_mark.index))"))
    }

    private func advice(at index: Int) -> String {
        // The mark counts characters; for the ASCII that indentation is made of, and to give advice, bytes are near enough.
        let byte = bytes.indices.contains(index) ? bytes[index] : 0
        switch byte {
        case UInt8(ascii: "\t"): return "indent with spaces, not tabs"
        case UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"): return "put text that begins with this character in quotes"
        case UInt8(ascii: ":"): return "put text that contains a colon in quotes"
        default: return "check indentation, colons, quotes and brackets here and in the line above"
        }
    }

    private func location(ofByte offset: Int) -> SourceLocation {
        var place = SourceLocation(file: file)
        for scalar in String(decoding: bytes.prefix(offset), as: UTF8.self).unicodeScalars { place.advance(past: scalar) }
        return place
    }
}
