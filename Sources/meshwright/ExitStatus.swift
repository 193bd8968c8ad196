import ArgumentParser

/// What the process tells its caller, after `sysexits.h` where that has a word for it.
enum ExitStatus: Int32, Error {
    /// A check found what it looks for; the findings have been printed.
    case found = 1
    /// The command line itself is wrong: an unknown flag, a missing value.
    case usage = 64
    /// A file, a name or a value given by the user is wrong.
    case badInput = 65
    /// The question is well formed and no configuration answers it.
    case infeasible = 69
    /// Meshwright itself is at fault.
    case `internal` = 70
    /// The result is found and cannot be written to standard output.
    case unwritable = 74
    /// The user stopped the run (128 + SIGINT); what was found so far has been printed.
    case interrupted = 130
}

/// A failure that a command words itself: one line for the user and the status to leave with.
struct CommandFailure: Error, CustomStringConvertible {
    /// The status the process exits with.
    var status: ExitStatus
    /// What is wrong and what would be right, in one line.
    var description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
