extension PipelineLayoutText {
    /// Layers of each stage in a layout, with `x*n` and `(…)*n` written out; nil where it is none.
    static func counts(_ text: String) -> [Int]? {
        guard let plain = unrolled(text.replacing(",", with: "")) else { return nil }
        let stages = plain.split(separator: "|", omittingEmptySubsequences: false)
        guard stages.allSatisfy({ $0.allSatisfy { "EtmL".contains($0) } }), plain.contains("t") else { return nil }
        return stages.map { $0.count { $0 == "t" } }
    }

    private static func unrolled(_ text: String) -> String? {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            var unit = String(character)
            if character == "(" {
                guard let close = rest.firstIndex(of: ")"), let inner = unrolled(String(rest[..<close])) else { return nil }
                unit = inner
                rest = rest[rest.index(after: close)...]
            }
            var times = 1
            if rest.first == "*" {
                let digits = rest.dropFirst().prefix { $0.isNumber }
                guard let count = Int(digits), (1...4096).contains(count) else { return nil }
                times = count
                rest = rest.dropFirst(1 + digits.count)
            }
            result += String(repeating: unit, count: times)
            guard result.utf8.count <= 65_536 else { return nil }
        }
        return result
    }
}
