import Documents
import Quantities
import Testing

/// Every bad input of a file gives one line with its place and what would be right.
@Suite struct YAMLErrorTests {
    /// Reads a text as a small format that has a value of every kind.
    private func read(_ text: String) throws(DocumentError) {
        _ = try YAMLDocument.parse(text: text, file: "f.yaml").object(as: "a card") { card throws(DocumentError) in
            _ = try card.optional("name", .string)
            _ = try card.optional("layers", .int(in: 1...1000))
            _ = try card.optional("share", .fraction)
            _ = try card.optional("scale", .positive)
            _ = try card.optional("gated", .bool)
            _ = try card.optionalSourced("memory", .bytes)
            _ = try card.optional("link", .byteRate)
            _ = try card.optional("latency", .time)
            _ = try card.optional("peak", .computeRate)
            _ = try card.optional("sizes", .list(of: .int(atLeast: 1), count: 1...3))
            _ = try card.optional("kind", YAMLType<Kind>.choice())
            _ = try card.optionalObject("inner", as: "an inner card") { inner throws(DocumentError) in
                try inner.required("width", .int())
            }
        }
    }

    enum Kind: String, CaseIterable { case nvswitch, nvlink, pcie }

    @Test(arguments: [
        ("layers: [1, 2", "2:1", "not YAML: did not find expected ',' or ']'"),
        ("a: b: c", "1:5", "mapping values are not allowed"),
        ("layers: 3\n\tname: x", "2:1", "indent with spaces, not tabs"),
        ("name: 'abc\nlayers: 3", "1:7", "this quote is never closed"),
        ("name: a\u{1}b", "1:8", "control characters are not allowed"),
        ("layrs: 3", "1:1", "unknown key 'layrs'; did you mean 'layers'?"),
        ("name: a\nzebra: 3", "2:1", "unknown key 'zebra'; expected one of gated, inner"),
        ("name: a\nlayers: 3\nname: b", "3:1", "the key 'name' is already given in line 1"),
        ("layers: many", "1:9", "found 'many', expected a whole number in 1...1000"),
        ("layers: '8'", "1:9", "found the quoted text '8'"),
        ("layers: 8.5", "1:9", "'8.5' is not a whole number"),
        ("layers: 1e3", "1:9", "'1e3' is not a whole number"),
        ("layers: 0x10", "1:9", "found '0x10'"),
        ("layers: -8", "1:9", "'-8' is out of range; expected a whole number in 1...1000"),
        ("layers: 99999999999999999999", "1:9", "'99999999999999999999' exceeds the largest whole number"),
        ("layers: [8]", "1:9", "found a list"),
        ("layers: .nan", "1:9", "'.nan' is not a finite number"),
        ("share: nan", "1:8", "'nan' is not a finite number"),
        ("share: NaN", "1:8", "'NaN' is not a finite number"),
        ("share: -.inf", "1:8", "'-.inf' is not a finite number"),
        ("share: 1e999", "1:8", "'1e999' is not a finite number"),
        ("share: 1.5", "1:8", "'1.5' is out of range; expected a number from 0.0 to 1.0"),
        ("share: true", "1:8", "found 'true', expected a number from 0.0 to 1.0"),
        ("scale: 0", "1:8", "'0' is out of range; expected a number above 0"),
        ("gated: yes", "1:8", "found 'yes', expected true or false"),
        ("memory: 80", "1:9", "'80' has no unit; add one of B, KiB"),
        ("memory: 80 Gib", "1:9", "unknown unit 'Gib'; use one of B, KiB"),
        ("memory: -80 GiB", "1:9", "'-80 GiB' is out of range"),
        ("memory: 0 GiB", "1:9", "'0 GiB' is out of range"),
        ("memory: 1e308 TiB", "1:9", "'1e308 TiB' is not a finite number"),
        ("memory: inf GiB", "1:9", "expected an amount of memory such as 80 GiB"),
        ("memory: plenty", "1:9", "found 'plenty', expected an amount of memory such as 80 GiB"),
        ("memory: {value: 80, source: x}", "1:17", "'80' has no unit"),
        ("memory: {value: 80 GiB, sorce: x}", "1:25", "unknown key 'sorce'; did you mean 'source'?"),
        ("memory: {source: x}", "1:9", "a value with its source lacks the key 'value'"),
        ("link: 450 GiB", "1:7", "unknown unit 'GiB'; use one of B/s"),
        ("latency: 5", "1:10", "'5' has no unit; add one of ns, us"),
        ("peak: 989 TFLOPS", "1:7", "unknown unit 'TFLOPS'; use one of GFLOP/s"),
        ("sizes: []", "1:8", "the list has 0 items; expected 1 to 3"),
        ("sizes: 4", "1:8", "found '4', expected a list"),
        ("sizes:\n- 1\n- x", "3:3", "found 'x'"),
        ("kind: nvswich", "1:7", "unknown value 'nvswich'; did you mean 'nvswitch'?"),
        ("kind: token-ring", "1:7", "unknown value 'token-ring'; expected one of nvswitch, nvlink, pcie"),
        ("inner: 4", "1:8", "found '4', expected an inner card as a mapping"),
        ("inner: {}", "1:8", "an inner card lacks the key 'width'"),
        ("inner: {widht: 4}", "1:9", "unknown key 'widht'; did you mean 'width'?"),
        ("name: !!python/object x", "1:7", "the tag tag:yaml.org,2002:python/object is not supported"),
        ("? [a, b]\n: c", "1:3", "a key is a word"),
        ("? {a: b}\n: c", "1:3", "a key is a word"),
        ("name: *ghost", "1:7", "the alias *ghost has no anchor"),
        ("inner: &loop {width: *loop}", "1:22", "the alias *loop has no anchor"),
        ("name: a\n---\nname: b", "2:1", "a second document begins here"),
        ("", "1:1", "the file is empty"),
        ("# only a comment\n\n", "1:1", "the file is empty"),
        ("- a\n- b", "1:1", "found a list, expected a card as a mapping"),
        ("just words", "1:1", "found 'just words', expected a card as a mapping"),
        ("---\n", "2:1", "found nothing, expected a card"),
        ("é: 1\nünknown: 2", "1:1", "unknown key 'é'"),
        ("name: \"a\\nb\"\nname: x", "2:1", "already given in line 1"),
    ]) func badInput(text: String, place: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try read(text) }
        let line = error?.description ?? ""
        #expect(line.hasPrefix("f.yaml:\(place): "), "\(line)")
        #expect(line.contains(message), "\(line)")
        #expect(!line.contains("\n"))
    }

    @Test func deepNestingStopsAtTheLimit() {
        for open in ["[", "{a: ", "- "] {
            let error = #expect(throws: DocumentError.self) { try read(String(repeating: open, count: 100_000)) }
            #expect(error?.problem == .tooDeep(limit: 64))
        }
    }

    @Test func aliasesThatMultiplyAreCounted() {
        var text = "l0: &l0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "l\(level): &l\(level) [\(Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        let error = #expect(throws: DocumentError.self) { try read(text) }
        #expect(error?.problem == .tooManyAliases(limit: 100_000))
        #expect(error?.location.line == 6)
    }

    @Test func errorsOfTextThatBreaksLinesStayOneLine() {
        let error = #expect(throws: DocumentError.self) { try read("\"a\\nb\\u2028c\": 1") }
        #expect(error?.description.contains(#"'a\nb\u{2028}c'"#) == true, "\(String(describing: error))")
        let long = #expect(throws: DocumentError.self) { try read(String(repeating: "k", count: 5000) + ": 1") }
        #expect((long?.description.count ?? 9999) < 300)
    }

    @Test(arguments: [
        "name: a\r\nlayers: 3\r\ninner:\r\n  width: 4\r\n", "\u{FEFF}name: a\nlayers: 3\n", "%YAML 1.1\n---\nname: a\n...\n",
        "name:\nlayers: ~\n", "name: 405\n", "inner: &i {width: 4}\nmemory: {value: 80 GiB}\n", "memory: '80GiB'", "layers: +8",
    ]) func goodInput(text: String) throws {
        try read(text)
    }
}
