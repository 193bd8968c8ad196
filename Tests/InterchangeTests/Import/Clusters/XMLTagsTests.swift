import Documents
import Foundation
import Testing

@testable import Interchange

/// Tags of XML, with Python's expat as judge where there is a Python.
@Suite struct XMLTagsTests {
    @Test func `tags keep attributes, depth and line`() throws {
        let text = "<?xml version='1.0'?>\n<!-- a > b -->\n<system version=\"1\">\n <cpu a='x &gt; &#x41;' b = \"\"/>\n</system>\n"
        let tags = try XMLTags(text, "t.xml").tags
        #expect(tags.map(\.name) == ["system", "cpu"])
        #expect(tags[1].attributes == ["a": "x > A", "b": ""])
        #expect(tags.map(\.depth) == [0, 1] && tags.map(\.line) == [3, 4])
    }

    @Test(arguments: [
        "<a", "<a b=1/>", "<a b='1'c='2'/>", "<a b='1' b='2'/>", "<a b='<'/>", "<a b='&x;'/>", "<a b='&lt'/>", "<a></b>", "<a>", "</a>",
        "<1/>", "< a/>", "<a/><b/>", "<a b/>", "<a ='1'/>",
    ])
    func `what is not well-formed is refused`(text: String) {
        #expect(throws: DocumentError.self) { try XMLTags(text, "t.xml") }
    }

    private static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Asks expat for the tags of every text; nil where it refuses one.
    private static func expat(_ texts: [String]) throws -> [[[String]]?] {
        let program = """
            import json, sys
            from xml.parsers import expat
            def tags(text):
                found = []
                parser = expat.ParserCreate()
                parser.StartElementHandler = lambda name, attributes: found.append(
                    [name] + [item for pair in sorted(attributes.items()) for item in pair])
                try:
                    parser.Parse(text, True)
                except expat.ExpatError:
                    return None
                return found
            json.dump([tags(text) for text in json.load(sys.stdin)], sys.stdout)
            """
        let process = Process()
        process.executableURL = try URL(filePath: #require(python))
        process.arguments = ["-c", program]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(texts))
        try input.fileHandleForWriting.close()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([[[String]]?].self, from: answer)
    }

    @Test(.enabled(if: python != nil, "needs python3"))
    func `expat reads the same`() throws {
        var random = SplitMix(seed: 20_260_801)
        let valid =
            "<system version='1'><cpu id=\"0 &amp; 1\"><pci busid='a:b'><gpu dev='0'/><nvlink count='4'/></pci></cpu><net/></system>"
        let pieces = ["<", ">", "/", "'", "\"", "=", " ", "a", "&", ";", "lt;", "1", "<b/>", "x='y'", "<!-- -->", "</cpu>"]
        let texts = (0..<1600).map { _ in
            var text = Array(valid)
            for _ in 0...random.below(2) {
                let place = random.below(text.count)
                if random.below(2) == 0 { text.remove(at: place) }
                text.insert(contentsOf: pieces[random.below(pieces.count)], at: min(place, text.count))
            }
            return String(text)
        }
        var agreed = 0
        for (text, expected) in zip(texts, try Self.expat(texts)) {
            let found = (try? XMLTags(text, "t.xml").tags)?.map { tag in
                [String(tag.name)] + tag.attributes.sorted { $0.key < $1.key }.flatMap { [String($0.key), $0.value] }
            }
            guard let expected else { continue }
            agreed += 1
            #expect(found == expected, "\(text)")
        }
        #expect(agreed > 100)
    }
}

/// Steele, Lea and Flood's SplitMix64, for texts that are the same on every machine.
private struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    /// A number from 0 to below a limit.
    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }
}
