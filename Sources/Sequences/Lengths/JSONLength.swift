import Documents

/// The token count of one line of JSON: a number under a usual key, or the elements of a list of tokens.
enum JSONLength {
    /// Keys whose number is the count.
    static let counts = ["length", "num_tokens", "token_count", "n_tokens", "tokens", "seq_len", "input_length"]
    /// Keys whose list has as many elements.
    static let lists = ["input_ids", "tokens", "token_ids"]

    private static let countKeys = counts.map { Array($0.utf8) }
    private static let listKeys = lists.map { Array($0.utf8) }

    /// The count of a line.
    static func read(_ line: UnsafeRawBufferPointer, at place: SourceLocation) throws(DocumentError) -> Int {
        guard line.first == UInt8(ascii: "{") else {
            throw DocumentError(
                place, .wrongType(found: "'\(String(decoding: line.prefix(40), as: UTF8.self))'", expected: "a JSON object a line"))
        }
        guard line.last == UInt8(ascii: "}") else {
            throw DocumentError(
                place,
                .invalid(
                    "the object has no end: '…\(String(decoding: line.suffix(20), as: UTF8.self))'",
                    remedy: "a whole JSON object a line; the file may be cut off"))
        }
        var index = 1
        var depth = 1
        while index < line.count, depth > 0 {
            switch line[index] {
            case UInt8(ascii: "\""):
                let start = index + 1
                index = end(ofText: line, from: start)
                guard depth == 1, let value = valueStart(line, after: index + 1) else { break }
                let key = UnsafeRawBufferPointer(rebasing: line[start..<min(index, line.count)])
                if (48...57).contains(line[value]), countKeys.contains(where: { key.elementsEqual($0) }) {
                    return try LengthLimits.checked(number(line, value, at: place), at: place)
                }
                if line[value] == UInt8(ascii: "["), listKeys.contains(where: { key.elementsEqual($0) }) {
                    return try LengthLimits.checked(elements(line, value), at: place)
                }
                index = value - 1
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            index += 1
        }
        throw DocumentError(
            place,
            .invalid(
                "no token count",
                remedy: "a number under \(counts.joined(separator: ", ")), or a list under \(lists.joined(separator: ", "))"))
    }

    /// The place of the quote that ends a text.
    private static func end(ofText line: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < line.count, line[index] != UInt8(ascii: "\"") { index += line[index] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(index, line.count)
    }

    /// Where the value of a key begins that ends before `index`; nil where no colon follows, as behind a text that is itself a value.
    private static func valueStart(_ line: UnsafeRawBufferPointer, after index: Int) -> Int? {
        var index = index
        while index < line.count, line[index] <= 32 { index += 1 }
        guard index < line.count, line[index] == UInt8(ascii: ":") else { return nil }
        index += 1
        while index < line.count, line[index] <= 32 { index += 1 }
        return index < line.count ? index : nil
    }

    /// The whole number at a place, with a point and zeros behind it or without, as tables write columns that miss values; what has an exponent is none.
    private static func number(_ line: UnsafeRawBufferPointer, _ start: Int, at place: SourceLocation) throws(DocumentError) -> Int {
        var (value, index) = (0, start)
        while index < line.count, (48...57).contains(line[index]), value <= LengthLimits.longest {
            value = 10 * value + Int(line[index]) - 48
            index += 1
        }
        if value <= LengthLimits.longest, index + 1 < line.count, line[index] == UInt8(ascii: "."), line[index + 1] == UInt8(ascii: "0") {
            index += 1
            while index < line.count, line[index] == UInt8(ascii: "0") { index += 1 }
        }
        if value <= LengthLimits.longest, index < line.count, line[index] > 32, line[index] != UInt8(ascii: ","),
            line[index] != UInt8(ascii: "}")
        {
            throw DocumentError(
                place,
                .wrongType(
                    found: "'\(String(decoding: line[start..<min(line.count, start + 20)], as: UTF8.self))'",
                    expected: "a whole number of tokens"))
        }
        return value
    }

    /// Elements of a list of numbers.
    private static func elements(_ line: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var (commas, index, isEmpty) = (0, start + 1, true)
        while index < line.count, line[index] != UInt8(ascii: "]") {
            if line[index] == UInt8(ascii: ",") { commas += 1 } else if line[index] > 32 { isEmpty = false }
            index += 1
        }
        return isEmpty ? 0 : commas + 1
    }
}
