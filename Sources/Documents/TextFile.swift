#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads whole text files, and says what is wrong with those that are none.
public enum TextFile {
    /// The largest file read, in MiB; a 2048×2048 matrix of bandwidths has 30.
    static let limit = 64

    /// The text of a UTF-8 file without its byte-order mark, if it has one.
    ///
    /// Pipes are read to their end; `-` is standard input.
    public static func read(path: String) throws(DocumentError) -> String {
        try text(of: bytes(path: path), file: path)
    }

    /// The text of a file in which bytes that spell nothing in UTF-8 become U+FFFD: a log may be cut anywhere.
    public static func readLossily(path: String) throws(DocumentError) -> String { String(decoding: try bytes(path: path), as: UTF8.self) }

    /// Hands out the text of a file of any size in parts that end with a line feed, the last one excepted; bytes that spell nothing in UTF-8
    /// become U+FFFD. Of a line longer than 64 MiB what lies beyond is refused.
    public static func readLossily(path: String, inParts body: (String) throws(DocumentError) -> Void) throws(DocumentError) {
        var pending: [UInt8] = []
        try forEachBlock(path: path, size: 1 << 20) { block throws(DocumentError) in
            guard let end = block.lastIndex(of: 0x0A) else {
                pending += block
                guard pending.count <= limit << 20 else { throw DocumentError(SourceLocation(file: path), .tooLarge(mebibytes: limit)) }
                return
            }
            pending += block[...end]
            try body(String(decoding: pending, as: UTF8.self))
            pending = Array(block[(end + 1)...])
        }
        if !pending.isEmpty { try body(String(decoding: pending, as: UTF8.self)) }
    }

    /// The text that bytes spell in UTF-8, or the place of the first byte that spells nothing.
    public static func text(of bytes: [UInt8], file: String) throws(DocumentError) -> String {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: body, as: UTF8.self) else {
            throw DocumentError(firstInvalid(of: body, file: file), .notUTF8)
        }
        return text
    }

    private static func firstInvalid(of bytes: ArraySlice<UInt8>, file: String) -> SourceLocation {
        var location = SourceLocation(file: file)
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { location.advance(past: scalar) }
        return location
    }

    /// The bytes of a file, which need not be text.
    ///
    /// Pipes are read to their end; `-` is standard input. More than `limit` MiB are refused.
    public static func bytes(path: String, limit: Int = 64) throws(DocumentError) -> [UInt8] {
        var contents: [UInt8] = []
        try forEachBlock(path: path, size: 1 << 16) { block throws(DocumentError) in
            contents += block
            guard contents.count <= limit << 20 else { throw DocumentError(SourceLocation(file: path), .tooLarge(mebibytes: limit)) }
        }
        return contents
    }

    /// Hands out the bytes of a file in blocks of at most `size`.
    private static func forEachBlock(path: String, size: Int, _ body: (ArraySlice<UInt8>) throws(DocumentError) -> Void)
        throws(DocumentError)
    {
        let whole = SourceLocation(file: path)
        // A path with a NUL would silently name another file.
        guard !path.utf8.contains(0), !path.isEmpty else { throw DocumentError(whole, .missingFile) }
        let descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DocumentError(whole, errno == ENOENT ? .missingFile : .unreadable(reason()))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DocumentError(whole, .unreadable(reason())) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw DocumentError(whole, .isDirectory) }
        var buffer = [UInt8](repeating: 0, count: size)
        while true {
            let count = readRetrying(descriptor, &buffer)
            if count == 0 { return }
            guard count > 0 else { throw DocumentError(whole, .unreadable(reason())) }
            try body(buffer[..<count])
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

/// `read(2)`, repeated when a signal interrupts it.
private func readRetrying(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count >= 0 || errno != EINTR { return count }
    }
}

extension SourceLocation {
    /// Moves past a character: to the next line after a line feed, to the next column otherwise.
    mutating func advance(past scalar: Unicode.Scalar) {
        if scalar == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }
}
