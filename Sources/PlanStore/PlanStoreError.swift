import GRDB

/// Why the cache cannot be used.
public enum PlanStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or its directory cannot be opened or created.
    case unreachable(path: String, reason: String)
    /// Another process holds the file for longer than the busy timeout.
    case locked(path: String)
    /// The file is no SQLite database or a damaged one.
    case damaged(path: String)
    /// The bytes of one answer are no longer those that were saved; all others can still be read.
    case altered(path: String)
    /// A file that was named for a database is another program's.
    case otherFile(path: String)
    /// An empty file where plans are to be read.
    case empty(path: String)
    /// A newer release has changed the file's schema.
    case newer(path: String)
    /// The file is the database of another program.
    case foreign(path: String)
    /// The file cannot be written to: the disk is full, the file read-only.
    case unwritable(path: String, reason: String)
    /// SQLite failed in another way.
    case failed(path: String, reason: String)

    /// One line for the user: the file, what is wrong with it, and what would help.
    public var description: String {
        switch self {
        case .unreachable(let path, let reason): "\(path): \(reason)"
        case .locked(let path): "\(path): in use by another process"
        case .damaged(let path): "\(path): not a cache of plans, or a damaged one; 'meshwright cache clear' moves it aside"
        case .altered(let path): "\(path): an answer was altered on disk and is forgotten"
        case .otherFile(let path): "\(path): no SQLite database, left alone; name another file"
        case .empty(let path): "\(path): nothing was ever written to it"
        case .newer(let path): "\(path): written by a newer meshwright; '--cache PATH' keeps a cache of this version elsewhere"
        case .foreign(let path): "\(path): the database of another program, left alone"
        case .unwritable(let path, let reason): "\(path): \(reason)"
        case .failed(let path, let reason): "\(path): \(reason)"
        }
    }

    /// The error of a failed statement, by SQLite's primary result code.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as PlanStoreError:
            self = error
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
                self = .locked(path: path)
            // The statements are fixed and tested, so one that does not compile or decode met tables that are not ours.
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_ERROR, .SQLITE_SCHEMA:
                self = .damaged(path: path)
            case .SQLITE_FULL:
                self = .unwritable(path: path, reason: "no space left")
            case .SQLITE_READONLY, .SQLITE_PERM:
                self = .unwritable(path: path, reason: "read-only")
            case .SQLITE_CANTOPEN:
                self = .unreachable(path: path, reason: "cannot be opened or created")
            default:
                self = .failed(path: path, reason: error.message ?? "SQLite error \(error.resultCode.rawValue)")
            }
        default:
            self = .failed(path: path, reason: "\(error)")
        }
    }
}
