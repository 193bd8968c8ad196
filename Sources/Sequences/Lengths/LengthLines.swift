import Documents
import Foundation

/// The lines of a file one by one, without all of it in memory; blank ones and those that begin with `#` are passed over.
struct LengthLines {
    /// What the first line begins with.
    enum First {
        case object, number, words
    }

    /// The forms that a file may have, for messages.
    static let kinds = "give a CSV histogram, a length a line, or JSON lines"

    private let path: String
    private let handle: FileHandle
    private static let piece = 1 << 20

    init(path: String) throws(DocumentError) {
        self.path = path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw DocumentError(SourceLocation(file: path), .invalid("is a folder", remedy: "name a file in it"))
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw DocumentError(
                SourceLocation(file: path),
                .invalid(
                    "no such file, and no shipped distribution of that name",
                    remedy: "name a file, or one of \(ShippedLengths.names.joined(separator: ", "))"))
        }
        self.handle = handle
    }

    /// What the file begins with; nil where it is empty. Throws where it is no text.
    mutating func first() throws(DocumentError) -> First? {
        let place = SourceLocation(file: path)
        let head: Data
        do { head = try handle.read(upToCount: Self.piece) ?? Data() } catch {
            throw DocumentError(place, .invalid("cannot be read", remedy: "name a file that can: \(error.localizedDescription)"))
        }
        if head.starts(with: Array("PAR1".utf8)) {
            throw DocumentError(
                place,
                .invalid(
                    "is Parquet, which is not read",
                    remedy: "write its lengths one a line, such as python3 -c \"import pandas; "
                        + "pandas.read_parquet('FILE')['input_ids'].map(len).to_csv('lengths.txt', index=False, header=False)\""))
        }
        if let place = head.firstIndex(where: { $0 == 0 }) {
            throw DocumentError(
                SourceLocation(file: path),
                .invalid("byte \(place) is 0: this is no text", remedy: Self.kinds))
        }
        try? handle.seek(toOffset: 0)
        var isComment = false
        for byte in head {
            if byte == UInt8(ascii: "\n") { isComment = false; continue }
            if isComment || byte <= 32 { continue }
            if byte == UInt8(ascii: "#") { isComment = true; continue }
            if byte == UInt8(ascii: "{") { return .object }
            return (48...57).contains(byte) || byte == UInt8(ascii: "-") ? .number : .words
        }
        return nil
    }

    /// Hands every line on, without spaces around it, with its number from 1.
    mutating func forEach(_ body: (UnsafeRawBufferPointer, Int) throws(DocumentError) -> Void) throws(DocumentError) {
        var buffer: [UInt8] = []
        var number = 0
        while true {
            let piece = (try? handle.read(upToCount: Self.piece)) ?? Data()
            if piece.isEmpty { break }
            buffer.append(contentsOf: piece)
            var start = 0
            try buffer.withUnsafeBufferPointer { (elements) throws(DocumentError) in
                let bytes = UnsafeRawBufferPointer(elements)
                while let end = Self.newline(bytes, from: start) {
                    number += 1
                    try Self.hand(bytes, start, end, number, body)
                    start = end + 1
                }
            }
            buffer.removeFirst(start)
        }
        try buffer.withUnsafeBufferPointer { (elements) throws(DocumentError) in
            try Self.hand(UnsafeRawBufferPointer(elements), 0, elements.count, number + 1, body)
        }
    }

    private static func newline(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
        else { return nil }
        return found - UnsafeMutableRawPointer(mutating: base)
    }

    private static func hand(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ number: Int,
        _ body: (UnsafeRawBufferPointer, Int) throws(DocumentError) -> Void
    ) throws(DocumentError) {
        var (first, last) = (start, end)
        while first < last, bytes[first] <= 32 { first += 1 }
        while last > first, bytes[last - 1] <= 32 { last -= 1 }
        guard first < last, bytes[first] != UInt8(ascii: "#") else { return }
        try body(UnsafeRawBufferPointer(rebasing: bytes[first..<last]), number)
    }
}
