import Documents
import Testing

/// JSON as RFC 8259 has it, and nothing else.
@Suite struct JSONDocumentTests {
    private func parse(_ text: String) throws(DocumentError) -> YAMLNode { try JSONDocument.parse(text: text, file: "j.json") }

    @Test(arguments: [
        ("[1, 2,]", "1:6", "a comma stands before ']'; remove it"), ("{'a': 1}", "1:2", "expected a name in double quotes"),
        ("{\"a\": 'b'}", "1:7", "text stands in double quotes"), ("{\n // why\n}", "2:2", "expected a name in double quotes"),
        ("{\"a\": 1 // why\n}", "1:9", "expected ',' or '}'"), ("{\"a\": True}", "1:7", "'True' is no value"),
        ("[01]", "1:2", "'01' is no value"), ("[.5]", "1:2", "'.5' is no value"), ("{\"é\" 1}", "1:6", "expected ':' behind the name 'é'"),
        ("{\"a\": 1, \"a\": 2}", "1:10", "the key 'a' is already given in line 1"), ("[\"a\nb\"]", "1:4", "a line's end"),
        ("[1] 2", "1:5", "something stands behind the end"), ("[\"\\x\"]", "1:3", "unknown escape"), ("[NaN]", "1:2", "'NaN' is no value"),
        ("[\"\\ud800\"]", "1:3", "half of a character"), ("[1", "1:3", "the file ends inside brackets"),
    ])
    func `what is no JSON is refused at its place`(text: String, place: String, what: String) {
        let error = #expect(throws: DocumentError.self) { try parse(text) }
        let description = error?.description ?? ""
        #expect(description.hasPrefix("j.json:\(place): ") && description.contains(what), "\(description)")
    }

    @Test func `texts and numbers keep what they say`() throws {
        let node = try parse("{\n  \"a\\u00e9\\ud83d\\ude00\\n\": [-0.5e+3, null]}")
        guard case .mapping(let entries, _) = node, let entry = entries.first, case .sequence(let items, let place) = entry.value else {
            Issue.record("no list in a mapping")
            return
        }
        #expect(entry.key.text == "aé😀\n" && entry.key.isQuoted && entry.key.location.line == 2 && entry.key.location.column == 3)
        #expect(place.column == 28)
        #expect(
            items.first
                == .scalar(YAMLScalar(text: "-0.5e+3", isQuoted: false, location: SourceLocation(file: "j.json", line: 2, column: 29))))
    }

    @Test func `numbers without end are Python's alone`() throws {
        _ = try JSONDocument.parse(text: "[0.0, Infinity, -Infinity, NaN]", file: "config.json", acceptsNonFinite: true)
    }

    @Test func `a file that ends in json is no YAML`() {
        #expect(throws: DocumentError.self) { try YAMLDocument.parse(text: "a: 1", file: "a.JSON") }
        #expect(throws: Never.self) { try YAMLDocument.parse(text: "{a: 1,}", file: "a.yaml") }
    }
}
