/// Reads YAML files that hold one document.
///
/// UTF-8 with LF or CRLF, a byte-order mark, anchors and aliases are read; tags, several documents, duplicate keys, deep nesting and
/// aliases that multiply are refused.
public enum YAMLDocument {
    /// Levels of mappings and sequences inside each other.
    public static let depthLimit = 64
    /// Values that all aliases of a document may repeat together.
    public static let aliasLimit = 100_000

    /// The document of a file; one that ends in `.json` must be JSON, of which YAML would let pass too much.
    public static func read(path: String) throws(DocumentError) -> YAMLNode {
        try parse(text: TextFile.read(path: path), file: path)
    }

    /// The document that a text holds; `file` names it in errors, and if it ends in `.json` the text must be JSON.
    public static func parse(text: String, file: String) throws(DocumentError) -> YAMLNode {
        if file.lowercased().hasSuffix(".json") { return try JSONDocument.parse(text: text, file: file) }
        var text = text
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        // The closure of `withUTF8` cannot throw a typed error, so the outcome travels as a value.
        let outcome = text.withUTF8 { bytes in
            Result { () throws(DocumentError) in
                var events = YAMLEventStream(bytes, file: file)
                defer { events.close() }
                var composer = YAMLComposer(file: file)
                return try composer.document(from: &events)
            }
        }
        return try outcome.get()
    }
}
