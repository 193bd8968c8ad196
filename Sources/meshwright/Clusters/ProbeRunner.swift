import Foundation
import Interchange

/// Runs programs of a node, each for so long and for so much output, and never waits for one that does not end.
struct ProbeRunner {
    /// Seconds that a program may take, and that one which measures may.
    let timeout, measuringTimeout: Int
    /// Bytes of output that are read.
    static let most = 4 << 20

    /// What came of a program.
    enum Outcome {
        /// It is not on PATH.
        case missing
        /// It ended with status 0.
        case done(String)
        /// It did not, with the reason.
        case failed(String)
    }

    /// The path of a program on PATH; nil where it is on none of its folders.
    static func path(of program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a probe.
    func run(_ probe: Probe) -> Outcome {
        let words = probe.words
        guard let program = Self.path(of: words[0]) else { return .missing }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = Array(words.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do { try process.run() } catch { return .failed("cannot be started") }
        try? pipe.fileHandleForWriting.close()
        let limit = probe.measures ? measuringTimeout : timeout
        let deadline = Date().addingTimeInterval(Double(limit))
        let (bytes, end) = Self.read(pipe.fileHandleForReading.fileDescriptor, until: deadline)
        // A program may close its output and go on.
        let rest = max(0.1, deadline.timeIntervalSinceNow)
        guard end == .closed, ended.wait(timeout: .now() + rest) == .success else {
            Self.stop(process, ended)
            try? pipe.fileHandleForReading.close()
            return .failed(
                end == .tooMuch ? "printed more than \(Self.most >> 20) MiB and was stopped" : "took more than \(limit) s and was stopped")
        }
        try? pipe.fileHandleForReading.close()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            return .failed("left with status \(process.terminationStatus)")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.allSatisfy(\.isWhitespace) ? .failed("printed nothing") : .done(text)
    }

    private enum End { case closed, late, tooMuch }

    private static func read(_ descriptor: Int32, until deadline: Date) -> ([UInt8], End) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let left = deadline.timeIntervalSinceNow
            guard left > 0 else { return (bytes, .late) }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, Int32(min(left * 1000 + 1, 1e6)))
            if ready < 0, errno != EINTR { return (bytes, .closed) }
            guard ready > 0 else { continue }
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (bytes, .closed) }
            bytes += buffer[..<count]
            if bytes.count > most { return (bytes, .tooMuch) }
        }
    }

    /// Ends a program and what it started; one that no signal ends, as drivers that hang make them, is left to the system.
    private static func stop(_ process: Process, _ ended: DispatchSemaphore) {
        // A child begins a group of its own, in which what it starts stays.
        let child = process.processIdentifier
        let target = getpgid(child) == child ? -child : child
        kill(target, SIGTERM)
        _ = ended.wait(timeout: .now() + 0.5)
        kill(target, SIGKILL)
        _ = ended.wait(timeout: .now() + 0.5)
    }
}
