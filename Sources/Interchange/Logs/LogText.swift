/// Searching lines of logs byte by byte: files are large, and nothing in them is looked for but ASCII.
extension Substring {
    /// The place of the first occurrence of an ASCII text, and what follows it; nil where there is none.
    func find(_ needle: String) -> (start: Index, rest: Substring)? {
        let wanted = Array(needle.utf8)
        guard let first = wanted.first else { return nil }
        let view = utf8
        let offset: Int?? = view.withContiguousStorageIfAvailable { bytes in
            guard bytes.count >= wanted.count else { return nil }
            return (0...(bytes.count - wanted.count)).first { start in
                bytes[start] == first && wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
            }
        }
        guard case .some(.some(let place)) = offset else { return nil }
        let start = view.index(startIndex, offsetBy: place)
        return (start, self[view.index(start, offsetBy: wanted.count)...])
    }

    /// What follows the first occurrence of an ASCII text.
    func after(_ needle: String) -> Substring? { find(needle)?.rest }

    /// Whether an ASCII text occurs.
    func has(_ needle: String) -> Bool { find(needle) != nil }

    /// The number that the text begins with, after spaces, and what follows it; commas between digits are passed over.
    var leadingNumber: (value: Double, rest: Substring)? {
        let body = drop { $0 == " " }
        let digits = body.utf8.prefix { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ","): true
            default: false
            }
        }
        let text = String(Substring(digits)).replacing(",", with: "")
        guard let value = Double(text), value.isFinite else { return nil }
        return (value, body[digits.endIndex...])
    }

    /// The whole number that the text begins with, after spaces; nil past nine digits, which is damage.
    var leadingCount: (value: Int, rest: Substring)? {
        guard let (value, rest) = leadingNumber, value < 1e9, value.rounded() == value else { return nil }
        return (Int(value), rest)
    }

    /// The text without the colours of terminals.
    var withoutColours: Substring {
        guard utf8.contains(0x1B) else { return self }
        var result = ""
        var rest = self
        while let (start, after) = rest.find("\u{1B}[") {
            result += rest[..<start]
            let end = after.utf8.firstIndex { (0x40...0x7E).contains($0) }
            rest = end.map { after[after.utf8.index(after: $0)...] } ?? ""
        }
        return Substring(result + rest)
    }
}
