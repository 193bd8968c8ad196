#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file that appears under its name only when it is complete.
///
/// The bytes go into a hidden file beside the target, which takes the target's place at the end; whoever reads the path sees the old
/// content or the new, never half of it. A path that names a device or a pipe, such as `/dev/stdout`, is written straight to.
public struct AtomicFile: ~Copyable {
    private let path: String
    private let target: String
    private let beside: String?
    private let descriptor: Int32
    private var isOpen = true

    private init(path: String) throws(ReportsError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            guard status.st_mode & S_IFMT != S_IFDIR else { throw Self.failure(path, EISDIR) }
            self.init(path: path, target: path, beside: nil, descriptor: try Self.opened(path, path, O_WRONLY, 0))
            return
        }
        // A symbolic link keeps pointing where it did: the file it names is replaced, not the link.
        let target = exists ? Self.resolved(path) : path
        guard !exists || access(target, W_OK) == 0 else { throw Self.failure(path, errno) }
        let slash = target.lastIndex(of: "/").map(target.index(after:)) ?? target.startIndex
        let beside = "\(target[..<slash]).\(target[slash...]).\(getpid()).partial"
        let mode = exists ? status.st_mode & 0o7777 : 0o666
        let descriptor = try Self.opened(path, beside, O_WRONLY | O_CREAT | O_TRUNC, mode)
        self.init(path: path, target: target, beside: beside, descriptor: descriptor)
    }

    private init(path: String, target: String, beside: String?, descriptor: Int32) {
        self.path = path
        self.target = target
        self.beside = beside
        self.descriptor = descriptor
    }

    deinit {
        guard isOpen else { return }
        _ = close(descriptor)
        if let beside { unlink(beside) }
    }

    /// Writes a whole file at once.
    ///
    /// - Throws: `ReportsError.unwritable` with the path and the system's reason; the target is then as it was.
    public static func write(_ bytes: [UInt8], to path: String) throws(ReportsError) {
        var file = try AtomicFile(path: path)
        let problem = bytes.withUnsafeBytes { file.append($0) }
        if let problem { throw problem }
        try file.finish()
    }

    /// Writes a file piece by piece: `body` hands over the pieces in order.
    ///
    /// - Throws: `ReportsError.unwritable` with the path and the system's reason; the target is then as it was.
    public static func write(
        to path: String, _ body: (_ append: (UnsafeRawBufferPointer) throws(ReportsError) -> Void) throws(ReportsError) -> Void
    ) throws(ReportsError) {
        var file = try AtomicFile(path: path)
        try body { (piece) throws(ReportsError) in
            if let problem = file.append(piece) { throw problem }
        }
        try file.finish()
    }

    private func append(_ bytes: UnsafeRawBufferPointer) -> ReportsError? {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = systemWrite(descriptor, base, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return Self.failure(path, errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return nil
    }

    private mutating func finish() throws(ReportsError) {
        // Some file systems report a full disk only here.
        guard close(descriptor) == 0 else {
            let problem = Self.failure(path, errno)
            isOpen = false
            if let beside { unlink(beside) }
            throw problem
        }
        isOpen = false
        guard let beside, rename(beside, target) != 0 else { return }
        let problem = Self.failure(path, errno)
        unlink(beside)
        throw problem
    }

    private static func opened(_ path: String, _ name: String, _ flags: Int32, _ mode: mode_t) throws(ReportsError) -> Int32 {
        let descriptor = open(name, flags, mode)
        guard descriptor >= 0 else { throw failure(path, errno) }
        return descriptor
    }

    private static func failure(_ path: String, _ code: Int32) -> ReportsError {
        .unwritable(path: path, reason: String(cString: strerror(code)))
    }

    private static func resolved(_ path: String) -> String {
        guard let whole = realpath(path, nil) else { return path }
        defer { free(whole) }
        return String(cString: whole)
    }
}

/// `write(2)`, under a name that does not collide with the methods above.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, bytes, count) }
