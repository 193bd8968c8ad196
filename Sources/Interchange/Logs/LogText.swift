#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Searching lines of logs byte by byte: files are large, and nothing in them is looked for but ASCII.
extension Substring {
    /// The place of the first occurrence of an ASCII text, and what follows it; nil where there is none.
    func find(_ needle: StaticString) -> (start: Index, rest: Substring)? {
        let view = utf8
        let offset: Int?? = view.withContiguousStorageIfAvailable { bytes -> Int? in
            let length = needle.utf8CodeUnitCount
            guard length > 0, bytes.count >= length, let start = bytes.baseAddress else { return nil }
            let first = Int32(needle.utf8Start.pointee)
            var from = 0
            while from + length <= bytes.count {
                guard let hit = memchr(start + from, first, bytes.count - length + 1 - from) else { return nil }
                let place = hit - UnsafeMutableRawPointer(mutating: start)
                if memcmp(hit, needle.utf8Start, length) == 0 { return place }
                from = place + 1
            }
            return nil
        }
        guard case .some(.some(let place)) = offset else { return nil }
        let start = view.index(startIndex, offsetBy: place)
        return (start, self[view.index(start, offsetBy: needle.utf8CodeUnitCount)...])
    }

    /// What follows the first occurrence of an ASCII text.
    func after(_ needle: StaticString) -> Substring? { find(needle)?.rest }

    /// Whether an ASCII text occurs.
    func has(_ needle: StaticString) -> Bool { find(needle) != nil }

    /// The number that the text begins with, after spaces, and what follows it; commas between digits are passed over, an exponent is read.
    var leadingNumber: (value: Double, rest: Substring)? {
        let view = utf8
        var start = view.startIndex
        while start < view.endIndex, view[start] == 0x20 || view[start] == 0x09 { start = view.index(after: start) }
        var end = start
        var hasComma = false
        while end < view.endIndex {
            let byte = view[end]
            if byte == UInt8(ascii: ",") {
                let next = view.index(after: end)
                guard next < view.endIndex, view[next].isDigit else { break }
                hasComma = true
            } else if !byte.isDigit, byte != UInt8(ascii: ".") {
                break
            }
            end = view.index(after: end)
        }
        guard end > start else { return nil }
        if end < view.endIndex, view[end] == UInt8(ascii: "e") || view[end] == UInt8(ascii: "E") {
            var next = view.index(after: end)
            if next < view.endIndex, view[next] == UInt8(ascii: "+") || view[next] == UInt8(ascii: "-") { next = view.index(after: next) }
            if next < view.endIndex, view[next].isDigit {
                end = next
                while end < view.endIndex, view[end].isDigit { end = view.index(after: end) }
            }
        }
        let text = self[start..<end]
        guard let value = hasComma ? Double(String(text.filter { $0 != "," })) : Double(text), value.isFinite else { return nil }
        return (value, self[end...])
    }

    /// The whole number that the text begins with, after spaces; nil past nine digits, which is damage.
    var leadingCount: (value: Int, rest: Substring)? {
        guard let (value, rest) = leadingNumber, value < 1e9, value.rounded() == value else { return nil }
        return (Int(value), rest)
    }

    /// A number that may end in K, M, G, B or T, as programs shorten it for people; `unit` is the step between letters.
    func leadingShortNumber(unit: Double = 1000) -> Double? {
        guard let (value, rest) = leadingNumber else { return nil }
        switch rest.utf8.first {
        case UInt8(ascii: "K"), UInt8(ascii: "k"): return value * unit
        case UInt8(ascii: "M"): return value * unit * unit
        case UInt8(ascii: "G"), UInt8(ascii: "B"): return value * unit * unit * unit
        case UInt8(ascii: "T"): return value * unit * unit * unit * unit
        default: return value
        }
    }

    /// Whether a byte occurs.
    private func hasByte(_ byte: UInt8) -> Bool {
        utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            return memchr(start, Int32(byte), bytes.count) != nil
        } ?? utf8.contains(byte)
    }

    /// The place of the first line feed.
    var lineFeed: Index? {
        let view = utf8
        let place: Int?? = view.withContiguousStorageIfAvailable { bytes -> Int? in
            guard let start = bytes.baseAddress, let hit = memchr(start, 0x0A, bytes.count) else { return nil }
            return hit - UnsafeMutableRawPointer(mutating: start)
        }
        guard let place else { return view.firstIndex(of: 0x0A) }
        return place.map { view.index(startIndex, offsetBy: $0) }
    }

    /// What progress bars wrote over each other, one after another; the text itself where there is no carriage return.
    var overwrites: [Substring] {
        hasByte(0x0D) ? utf8.split(separator: 0x0D).map { Substring($0) } : [self]
    }

    /// The text without the colours of terminals.
    var withoutColours: Substring {
        guard hasByte(0x1B) else { return self }
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

extension UInt8 {
    /// Whether the byte is a decimal digit.
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}
