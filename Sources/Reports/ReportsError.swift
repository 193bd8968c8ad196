/// What can go wrong while a report is written.
public enum ReportsError: Error, Equatable, Sendable {
    /// A file could not be written; the reason is the operating system's.
    case unwritable(path: String, reason: String)
}

extension ReportsError: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        switch self {
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        }
    }
}
