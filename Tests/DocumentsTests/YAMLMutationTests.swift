import Documents
import Testing

/// No sequence of bytes makes the readers trap or give an error of several lines.
@Suite struct YAMLMutationTests {
    private static let seedText = """
        name: &n a100-80gb-sxm   # a comment
        memory: {value: 80 GiB, source: "data sheet", unverified: true}
        list: [1, 2.5e-3, -7, .inf, 'it''s', *n]
        nested:
          - a: |
              block
              text
            b: >-
              folded
          - {x: [[1, 2], [3, 4]], y: !!str z}
        ? complex
        : null
        """

    @Test(arguments: 1...8) func mutatedDocumentsNeverTrap(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let tokens = [
            "\t", "- ", ": ", "[", "{", "}", "]", "&n ", "*n", "'", "\"", "\n", "\r", "\0", "\u{FEFF}", "😀", "---\n", "|", "!a ", "%", "? ",
        ]
        for _ in 0..<400 {
            var bytes = Array(Self.seedText.utf8)
            for _ in 0...random.below(6) {
                let place = random.below(bytes.count)
                switch random.below(5) {
                case 0: bytes.remove(at: place)
                case 1: bytes[place] = UInt8(random.below(256))
                case 2: bytes.insert(contentsOf: tokens[random.below(tokens.count)].utf8, at: place)
                case 3: bytes.removeSubrange(place..<min(bytes.count, place + random.below(20)))
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(40))], at: random.below(bytes.count))
                }
                if bytes.isEmpty { bytes = [UInt8(ascii: "a")] }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(complaints(about: text).allSatisfy { $0.hasPrefix("m:") && !$0.contains("\n") }, "seed \(seed)")
        }
    }

    /// What the YAML and CSV readers say about a text; nothing where they read it.
    private func complaints(about text: String) -> [String] {
        var lines: [String] = []
        do throws(DocumentError) {
            try YAMLDocument.parse(text: text, file: "m").object(as: "a file") { file throws(DocumentError) in
                _ = try file.optional("name", .string)
                _ = try file.optionalSourced("memory", .bytes)
                _ = try file.optional("list", .list(of: .positive))
            }
        } catch { lines.append(error.description) }
        do throws(DocumentError) {
            let table = try CSVTable.parse(text: text, file: "m")
            for row in 0..<table.rows { _ = try table.value(table.column("name"), row: row, .positive) }
        } catch { lines.append(error.description) }
        return lines
    }
}
