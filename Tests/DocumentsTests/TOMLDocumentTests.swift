import Documents
import Testing

/// TOML with the place of every key and value, which TOMLKit does not tell.
@Suite struct TOMLDocumentTests {
    private func parse(_ text: String) throws -> YAMLNode { try TOMLDocument.parse(text: text, file: "t.toml") }

    /// `path = value at line:column` of every scalar, in the order of the file.
    private func listing(_ node: YAMLNode, _ path: String = "") -> [String] {
        switch node {
        case .scalar(let scalar): ["\(path) = \(scalar.text) at \(scalar.location.line):\(scalar.location.column)"]
        case .sequence(let items, _): items.enumerated().flatMap { listing($0.element, "\(path)[\($0.offset)]") }
        case .mapping(let entries, _): entries.flatMap { listing($0.value, "\(path).\($0.key.text)") }
        }
    }

    @Test func `every value has its place`() throws {
        let text = """
            # é comes first
            title = "Zoë"   # a comment
            [training]
            steps = 1_000
            rates = [
              1.5, # one
              { "a \\"b\\"" = 0x10, c.d = true },
            ]
            note = \"""
            two
            lines\"\"\"\""
            [[stage]]
            layers = 3
            [[stage]]
            layers = 4
            [stage.sub]
            when = 1979-05-27
            """
        #expect(
            try listing(parse(text)) == [
                ".title = Zoë at 2:9", ".training.steps = 1000 at 4:9", ".training.rates[0] = 1.5 at 6:3",
                ".training.rates[1].a \"b\" = 16 at 7:17", ".training.rates[1].c.d = true at 7:29",
                ".training.note = two\nlines\"\" at 9:8", ".stage[0].layers = 3 at 13:10", ".stage[1].layers = 4 at 15:10",
                ".stage[1].sub.when = 1979-05-27 at 17:8",
            ])
    }

    @Test(arguments: [
        ("x = truer", "t.toml:1:"), ("a = 1\na = 2", "t.toml:2:"), ("a = [1, 2", "t.toml:1:"), ("[a]\n[a]", "t.toml:2:"),
        ("a = \"x\n\"", "t.toml:1:"), ("a = 01", "t.toml:1:"), ("a = 'b' c", "t.toml:1:"), ("[.a]", "t.toml:1:2"),
        ("a = 1\nb = \0", "t.toml:2:5"), ("= 1", "t.toml:1:1"), ("a = 1979-05-27T07:", "t.toml:1:5"),
        ("a = [1, }", "t.toml:1:9"),
    ])
    func `what is no TOML is refused at its place`(text: String, place: String) {
        let error = #expect(throws: DocumentError.self) { try parse(text) }
        #expect(error.map { $0.description.hasPrefix(place) && $0.description.contains("not TOML") } == true, "\(error?.description ?? "")")
    }

    @Test func `depth is limited`() {
        let text = "a = " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: DocumentError.self) { try parse(text) }
    }

    @Test func `a NUL is refused where it stands, and not the end of a text`() {
        let error = #expect(throws: DocumentError.self) { try parse("a = 1\nkey = \"one\\u0000two\"\n") }
        #expect(error?.description.contains(":2:11: the text holds a NUL, \\u0000; leave it out") == true, "\(error?.description ?? "")")
    }

    /// Any cut and any changed byte of a text is read or refused, and never traps or runs on.
    @Test func `damaged texts are read or refused`() {
        let text = "a = [1, {b = \"c\\u00e9\", d = '''x'''}]\n[[t.\"u v\"]]\nk.l = 2 # end\n[t.w]\nm = 1979-05-27T07:32:00Z\n"
        let bytes = Array(text.utf8)
        for index in bytes.indices {
            _ = try? parse(String(decoding: bytes[..<index], as: UTF8.self))
            for byte in Array("\"'[]{}=,.#\n\\ _+\r\0\u{7F}".utf8) {
                var damaged = bytes
                damaged[index] = byte
                _ = try? parse(String(decoding: damaged, as: UTF8.self))
            }
        }
    }
}
