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
    /// Pipes and `/dev/stdin` are read to their end.
    public static func read(path: String) throws(DocumentError) -> String {
        try text(of: bytes(path: path), file: path)
    }

    /// The text of a file in which bytes that spell nothing in UTF-8 become U+FFFD: a log may be cut anywhere.
    public static func readLossily(path: String) throws(DocumentError) -> String { String(decoding: try bytes(path: path), as: UTF8.self) }

    /// The text that bytes spell in UTF-8, or the place of the first byte that spells nothing.
    static func text(of bytes: [UInt8], file: String) throws(DocumentError) -> String {
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

    private static func bytes(path: String) throws(DocumentError) -> [UInt8] {
        let whole = SourceLocation(file: path)
        // A path with a NUL would silently name another file.
        guard !path.utf8.contains(0), !path.isEmpty else { throw DocumentError(whole, .missingFile) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DocumentError(whole, errno == ENOENT ? .missingFile : .unreadable(reason()))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DocumentError(whole, .unreadable(reason())) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw DocumentError(whole, .isDirectory) }

        var contents: [UInt8] = []
        contents.reserveCapacity(Int(clamping: status.st_size) + 1)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = readRetrying(descriptor, &buffer)
            if count == 0 { return contents }
            guard count > 0 else { throw DocumentError(whole, .unreadable(reason())) }
            contents += buffer[..<count]
            guard contents.count <= limit << 20 else { throw DocumentError(whole, .tooLarge(mebibytes: limit)) }
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
