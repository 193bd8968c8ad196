import Foundation

/// The file of a database beside SQLite: its directory, identity and size, and getting it out of the way.
struct DatabaseFile: Sendable {
    /// The absolute path.
    let path: String

    /// A file by its path, which may be relative to the current directory.
    ///
    /// SQLite takes names such as `:memory:` or `file:…` for more than a file; an absolute path is always just one.
    init(path: String) throws(PlanStoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .unreachable(path: path, reason: "not a file's path") }
        self.path = URL(filePath: path).standardizedFileURL.path
    }

    /// The directory that holds the file.
    var directory: String { URL(filePath: path).deletingLastPathComponent().path }

    /// Creates the directory where it is missing, for the user alone as the cache tells what they work on.
    func createDirectory() throws(PlanStoreError) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unreachable(path: path, reason: "the directory cannot be created")
        }
    }

    /// Whether the file exists.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Whether there is a file that something else than SQLite has written; an empty one is SQLite's to begin.
    var isOtherFile: Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        guard let start = try? file.read(upToCount: 16), !start.isEmpty else { return false }
        return start != Data("SQLite format 3\0".utf8)
    }

    /// What tells this file from one put in its place later; `nil` when there is none.
    var identity: UInt64? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        return (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
    }

    /// The bytes of the file and its write-ahead log.
    var bytes: Int {
        [path, path + "-wal"].reduce(0) { sum, path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
    }

    /// Renames the file and its log to the first free `.corrupt-N` and says under which name it lies now.
    ///
    /// The shared-memory index is only valid for the old name and goes.
    func moveAside() throws(PlanStoreError) -> String {
        let files = FileManager.default
        var number = 1
        while files.fileExists(atPath: "\(path).corrupt-\(number)") { number += 1 }
        let target = "\(path).corrupt-\(number)"
        do {
            try files.moveItem(atPath: path, toPath: target)
        } catch {
            throw .unwritable(path: path, reason: "damaged, and cannot be moved aside")
        }
        for suffix in ["-wal", "-journal"] where files.fileExists(atPath: path + suffix) {
            try? files.moveItem(atPath: path + suffix, toPath: target + suffix)
        }
        try? files.removeItem(atPath: path + "-shm")
        return target
    }
}
