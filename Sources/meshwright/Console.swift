import Foundation
import Synchronization

/// Standard output and standard error, which nothing else in the program writes to.
///
/// Results are gathered and written at the end, or before a message, so that both appear in the order in which they were said. A result that
/// cannot be written fails the run; a message that cannot be written is nobody's loss and is dropped.
enum Console {
    /// Results that are not written yet, and why the first that could not be written could not.
    private struct Pending: Sendable {
        var bytes: [UInt8] = []
        var problem: Int32?
    }

    private static let pending = Mutex(Pending())

    /// Makes the descriptors of a process whose caller closed some of them, or left no reader behind them, safe to write to.
    static func prepare() {
        // A reader that has gone shows as EPIPE instead of ending the process: it may be that of messages, while the result is still wanted.
        signal(SIGPIPE, SIG_IGN)
        // A closed standard descriptor would be the next file that is opened, and results and messages would land in it. Opened so, the wrong
        // way round, it fails every use as a closed one does.
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// A result or a part of one, followed by `terminator`.
    static func print(_ text: String, terminator: String = "\n") {
        pending.withLock { pending in
            pending.bytes += text.utf8
            pending.bytes += terminator.utf8
        }
    }

    /// A part of a result that is too long to gather: it is written at once, behind what is pending.
    static func print(bytes: [UInt8]) {
        flush()
        pending.withLock { pending in
            if pending.problem == nil { pending.problem = write(bytes, to: STDOUT_FILENO) }
        }
    }

    /// Writes one line to standard error, behind the results that were said before it.
    static func complain(_ line: String) {
        flush()
        _ = write(Array("\(line)\n".utf8), to: STDERR_FILENO)
    }

    /// Writes text that is no line, such as a bar of progress, to standard error.
    static func draw(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

    /// Writes what is pending, unless an earlier part could not be written.
    static func flush() {
        pending.withLock { pending in
            if pending.problem == nil { pending.problem = write(pending.bytes, to: STDOUT_FILENO) }
            pending.bytes = []
        }
    }

    /// Writes what is pending and ends the process with `status`, or as one whose results are lost where they are.
    static func exit(_ status: Int32 = EXIT_SUCCESS) -> Never {
        flush()
        switch pending.withLock({ $0.problem }) {
        case nil: Foundation.exit(status)
        case EPIPE?:
            // The reader, such as head, has read enough: what ends a process then is this signal.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
            Foundation.exit(ExitStatus.unwritable.rawValue)
        case let problem?:
            complain("meshwright: cannot write to standard output: \(String(cString: strerror(problem)))")
            Foundation.exit(ExitStatus.unwritable.rawValue)
        }
    }

    /// Writes all bytes; the error number where that fails.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { all in
            var rest = all[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    // The descriptor is shared with a program that made it non-blocking.
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}
