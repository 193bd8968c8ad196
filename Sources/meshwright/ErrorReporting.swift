import ArgumentParser
import Foundation
import Synchronization

/// The one place where an error becomes a line on standard error and an exit status.
///
/// A command's `run()` just throws: library errors as they come, `CommandFailure` for what the command words itself, a bare `ExitStatus` when
/// everything to be said has been printed.
enum ErrorReporting {
    /// What a failed run leaves behind.
    struct Outcome: Equatable {
        /// The line for standard error; `nil` when there is nothing left to say.
        var message: String?
        /// The status the process exits with.
        var status: ExitStatus
    }

    /// The outcome of an error thrown by a command, or `nil` when it belongs to the argument parser (help, version, wrong usage).
    ///
    /// The libraries describe their errors in the user's words and only ever fail on input, hence `badInput`. An error without a description of
    /// its own was not meant for users: a fault of ours.
    static func outcome(of error: any Error) -> Outcome? {
        switch error {
        // The parser's own errors, requests for help among them, are the ones that it has a status for.
        case _ where Meshwright.exitCode(for: error) != .failure, is ExitCode:
            nil
        case let status as ExitStatus:
            Outcome(message: nil, status: status)
        case let failure as CommandFailure:
            Outcome(message: failure.description, status: failure.status)
        case is CancellationError:
            Outcome(message: nil, status: .interrupted)
        case let error as CocoaError:
            Outcome(message: filePhrase(error), status: .badInput)
        case let error as any CustomStringConvertible & Error:
            Outcome(message: error.description, status: .badInput)
        default:
            Outcome(message: "internal error: \(error)", status: .internal)
        }
    }

    /// Reports an error thrown while parsing or running and ends the process.
    static func exit(with error: any Error) -> Never {
        guard let outcome = outcome(of: error) else { exitAsParser(error, Meshwright.exitCode(for: error)) }
        if let message = outcome.message { warn(message) }
        Console.exit(outcome.status.rawValue)
    }

    /// Reports a refused command line: the parser's own text, and status 64 whatever the type of error a `validate()` threw.
    static func exitAfterParsing(_ error: any Error) -> Never {
        if let failure = error as? CommandFailure, failure.status != .usage { exit(with: failure) }
        let code = Meshwright.exitCode(for: error)
        guard code == .failure else { exitAsParser(error, code) }
        warn(Meshwright.message(for: error))
        Console.exit(ExitStatus.usage.rawValue)
    }

    /// Says what the argument parser has to say: help and the version as a result, the rest as a message.
    ///
    /// The parser describes the whole command to tell the status of an error as well as its text, so each is asked for once.
    private static func exitAsParser(_ error: any Error, _ code: ExitCode) -> Never {
        let text = Meshwright.fullMessage(for: error)
        guard code.isSuccess else {
            if !text.isEmpty { Console.complain(text) }
            Console.exit(code.rawValue)
        }
        if !text.isEmpty { Console.print(text) }
        Console.exit()
    }

    /// Writes one line to standard error, prefixed with the tool's name; standard output is for results only.
    ///
    /// What was said already is not said again: the cells of a sweep read the same files.
    static func warn(_ message: String) {
        guard said.withLock({ $0.insert(message).inserted }) else { return }
        Console.complain("meshwright: \(message)")
    }

    private static let said = Mutex(Set<String>())

    /// A file error of Foundation in the form `path: reason`.
    private static func filePhrase(_ error: CocoaError) -> String {
        let reason =
            switch error.code {
            case .fileNoSuchFile, .fileReadNoSuchFile: "no such file"
            case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
            case .fileWriteOutOfSpace: "no space left on the device"
            case .fileWriteVolumeReadOnly: "the volume is read-only"
            case .fileReadInapplicableStringEncoding, .fileReadUnknownStringEncoding: "not UTF-8 text"
            default: "cannot be read or written (\(error.code.rawValue))"
            }
        return if let path = error.filePath ?? error.url?.path { "\(path): \(reason)" } else { reason }
    }
}
