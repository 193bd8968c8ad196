public import Documents
import Foundation

/// Reads how long sequences are from a file: a histogram (CSV), a list of lengths, or the token counts of a dataset (JSON lines).
public enum LengthsFile {
    /// The distribution that a file holds.
    ///
    /// - Throws: `DocumentError` with the line where the file is none of these, or its numbers mean nothing.
    public static func read(path: String) throws(DocumentError) -> LengthDistribution {
        var lines = try LengthLines(path: path)
        guard let first = try lines.first() else {
            throw DocumentError(SourceLocation(file: path), .invalid("no line holds a length", remedy: LengthLines.kinds))
        }
        switch first {
        case .object:
            return try counted(&lines, path: path, what: "token counts of its lines") { line, number throws(DocumentError) in
                try JSONLength.read(line, at: SourceLocation(file: path, line: number))
            }
        case .number:
            return try counted(&lines, path: path, what: "its list of lengths") { line, number throws(DocumentError) in
                try wholeNumber(line, at: SourceLocation(file: path, line: number))
            }
        case .words: return try histogram(path)
        }
    }

    /// A distribution of one length a line.
    private static func counted(
        _ lines: inout LengthLines, path: String, what: String, _ length: (UnsafeRawBufferPointer, Int) throws(DocumentError) -> Int
    ) throws(DocumentError) -> LengthDistribution {
        var counts: [Int: Double] = [:]
        var total = 0
        try lines.forEach { line, number throws(DocumentError) in
            counts[try length(line, number), default: 0] += 1
            total += 1
        }
        let lengths = counts.keys.sorted()
        guard
            let made = LengthDistribution(
                name: path, source: "\(what), \(total) samples", lengths: lengths, weights: lengths.map { counts[$0] ?? 0 })
        else { throw DocumentError(SourceLocation(file: path), .invalid("no line holds a length", remedy: LengthLines.kinds)) }
        return made
    }

    /// A table of lengths with the share or the number of samples of each.
    private static func histogram(_ path: String) throws(DocumentError) -> LengthDistribution {
        let table = try CSVTable.read(path: path)
        guard let lengthColumn = table.optionalColumn("length") else {
            throw DocumentError(
                table.start, .invalid("no column length", remedy: "name the columns length and share, or length and count"))
        }
        let counts = table.optionalColumn("count")
        guard counts == nil || table.optionalColumn("share") == nil else {
            throw DocumentError(table.start, .invalid("both a column share and a column count", remedy: "keep one of them"))
        }
        let shareColumn = try counts == nil ? table.column("share") : nil
        var (lengths, weights): ([Int], [Double]) = ([], [])
        for row in 0..<table.rows {
            let length = try table.value(lengthColumn, row: row, .int(in: 1...LengthLimits.longest))
            if let last = lengths.last, last >= length {
                throw DocumentError(
                    table.location(lengthColumn, row: row),
                    .invalid(
                        last == length ? "length \(length) stands twice" : "length \(length) follows \(last)",
                        remedy: "list each length once, the shortest first"))
            }
            lengths.append(length)
            weights.append(try table.value(shareColumn ?? counts ?? lengthColumn, row: row, .nonNegative))
        }
        guard table.rows > 0 else {
            throw DocumentError(SourceLocation(file: path), .invalid("no row holds a length", remedy: "a length and its share a row"))
        }
        let sum = weights.reduce(0, +)
        if shareColumn != nil, abs(sum - 1) > 1e-6 {
            throw DocumentError(
                SourceLocation(file: path),
                .invalid("the shares sum to \(sum)", remedy: "they must sum to 1 within 1e-6, or be named count"))
        }
        guard
            let made = LengthDistribution(name: path, source: "a histogram of \(lengths.count) lengths", lengths: lengths, weights: weights)
        else { throw DocumentError(SourceLocation(file: path), .invalid("no length has a sample", remedy: "give shares above 0")) }
        return made
    }

    private static func wholeNumber(_ line: UnsafeRawBufferPointer, at place: SourceLocation) throws(DocumentError) -> Int {
        var value = 0
        for byte in line {
            guard (48...57).contains(byte), value <= LengthLimits.longest else {
                throw DocumentError(
                    place, .wrongType(found: "'\(String(decoding: line.prefix(40), as: UTF8.self))'", expected: "a length in tokens"))
            }
            value = 10 * value + Int(byte) - 48
        }
        return try LengthLimits.checked(value, at: place)
    }
}

/// Lengths that a sequence may have.
enum LengthLimits {
    /// The longest, in tokens.
    static let longest = 1 << 30

    /// A length in that range.
    static func checked(_ length: Int, at place: SourceLocation) throws(DocumentError) -> Int {
        guard (1...longest).contains(length) else {
            throw DocumentError(place, .invalid("a length of \(length) tokens", remedy: "from 1 to \(longest)"))
        }
        return length
    }
}
