import Documents
import Quantities
import Testing

/// What is written is read back as the same values.
@Suite struct YAMLWriterTests {
    @Test func documentsReadLikeTheOnesPeopleWrite() {
        let content: YAMLContent = [
            "name": "dgx-h100", "nodes": 4, "price": 2.5, "checked": true,
            "memory": .inline([.init("value", "80 GiB"), .init("source", "a: b")]),
            "sizes": [1, 2], "rows": [[1.0, 0.5], [0.5, 1.0]], "groups": [["gpu": "a", "tiers": [["name": "leaf"]]]], "none": [],
            "empty": [:],
        ]
        #expect(
            YAMLWriter.text(content, comment: ["A cluster"]) == """
                # A cluster
                name: dgx-h100
                nodes: 4
                price: 2.5
                checked: true
                memory: {value: 80 GiB, source: "a: b"}
                sizes: [1, 2]
                rows:
                  - [1.0, 0.5]
                  - [0.5, 1.0]
                groups:
                  - gpu: a
                    tiers:
                      - name: leaf
                none: []
                empty: {}

                """)
    }

    @Test(arguments: [
        "", " ", "a ", "- a", "a: b", "a:", "a #b", "#", "yes", "No", "null", "~", "1", "1e3", "0x1F", "1_000", "2024-01-01", ".inf",
        ".NaN",
        "80 GiB", "80GB", "2.5 µs", "a\nb", "\t", "\u{85}\u{2028}\u{FEFF}\u{7F}\u{0}", "\"quoted\"", "it's", "[a]", "{a}", "*a", "&a", "!a",
        "%a", "@a", "`a", "|", ">", "a,b", "日本", "😀", "1 2", "12:30", "---", "...", "?", "a\\b", "e\u{301}", "=", "<<",
    ]) func everyTextSurvives(text: String) throws {
        for content in [YAMLContent.text(text), [.text(text), "x"], [text: .text(text)], .inline([.init(text, .text(text))]), [[text: 1]]]
            as [YAMLContent]
        {
            #expect(Bare(try YAMLDocument.parse(text: YAMLWriter.text(content), file: "w.yaml")) == Bare(content))
        }
    }

    @Test(arguments: [0, -0.0, 1, 0.1, Double.leastNonzeroMagnitude, 1.797e308, 2.44e-6, 1e16, 123456789.125, 1 / 3] as [Double])
    func everyNumberSurvives(number: Double) throws {
        let node = try YAMLDocument.parse(text: YAMLWriter.text(.number(number)), file: "w.yaml")
        #expect(try YAMLType.double(in: -Double.greatestFiniteMagnitude ... .greatestFiniteMagnitude).read(node) == number)
    }

    @Test(arguments: [2.44e-6, 200e-6, 764e-6, 1e-3, 5e-3, 1, 0, 1 / 3, 3e-9, 12345.678] as [Double])
    func everyQuantitySurvives(number: Double) throws {
        func text(_ content: YAMLContent) throws -> YAMLNode { try YAMLDocument.parse(text: YAMLWriter.text(content), file: "w.yaml") }
        #expect(try YAMLType.time(allowsZero: true).read(text(.time(Seconds(number)))).value == number)
        #expect(try YAMLType.bytes(allowsZero: true).read(text(.memory(Bytes(number * 1e9)))).count == number * 1e9)
        guard number > 0 else { return }
        #expect(try YAMLType.byteRate.read(text(.byteRate(BytesPerSecond(number * 1e9)))).value == number * 1e9)
    }

    @Test func quantitiesAreWrittenAsPeopleDo() {
        #expect(YAMLContent.time(.microseconds(2.44)) == "2.44 us")
        #expect(YAMLContent.time(Seconds(200 * 1e-6)) == "200 us")
        #expect(YAMLContent.memory(.gibibytes(1.5)) == "1.5 GiB")
        #expect(YAMLContent.byteRate(.gigabytesPerSecond(450)) == "450 GB/s")
    }

    @Test func randomDocumentsSurvive() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<500 {
            let content = random.content(depth: 4)
            let text = YAMLWriter.text(content)
            #expect(Bare(try YAMLDocument.parse(text: text, file: "w.yaml")) == Bare(content), "\(text)")
        }
    }
}

/// A document's values without places and styles, to compare what was written with what was read.
private indirect enum Bare: Equatable {
    case scalar(String)
    case list([Bare])
    case mapping([String], [Bare])

    init(_ node: YAMLNode) {
        switch node {
        case .scalar(let scalar): self = .scalar(scalar.text)
        case .sequence(let items, _): self = .list(items.map(Bare.init))
        case .mapping(let entries, _): self = .mapping(entries.map(\.key.text), entries.map { Bare($0.value) })
        }
    }

    init(_ content: YAMLContent) {
        switch content {
        case .text(let text): self = .scalar(text)
        case .integer(let number): self = .scalar(String(number))
        case .number(let number): self = .scalar(number.description)
        case .flag(let flag): self = .scalar(String(flag))
        case .null: self = .scalar("null")
        case .list(let items): self = .list(items.map(Bare.init))
        case .mapping(let fields), .inline(let fields): self = .mapping(fields.map(\.key), fields.map { Bare($0.value) })
        }
    }
}

extension SplitMix64 {
    fileprivate mutating func content(depth: Int) -> YAMLContent {
        switch below(depth > 0 ? 9 : 5) {
        case 0: .text(text())
        case 1: .integer(below(2_000_000) - 1_000_000)
        case 2: .number(Double(below(1 << 40)) / 977)
        case 3: .flag(below(2) == 0)
        case 4: .null
        case 5, 6: .list((0..<below(4)).map { _ in content(depth: depth - 1) })
        case 7: .mapping(fields(depth: depth - 1))
        default: .inline(fields(depth: depth - 1))
        }
    }

    private mutating func fields(depth: Int) -> [YAMLField] {
        (0..<below(4)).map { YAMLField("\($0)\(text())", content(depth: depth)) }
    }

    private mutating func text() -> String {
        let alphabet = Array(" ab1:#-,[]{}\"'\\\n\t&*!|>%@`?~é\u{2028}".unicodeScalars)
        var text = ""
        for _ in 0..<below(8) { text.unicodeScalars.append(alphabet[below(alphabet.count)]) }
        return text
    }
}
