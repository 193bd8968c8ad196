import Foundation
import Interchange

/// Writes files into a folder, all of them or none.
enum LaunchFolder {
    /// Writes `files` into the folder at `path`, which is made where it is missing.
    ///
    /// Everything is written beside the folder first and moved into it at the end.
    ///
    /// - Throws: `CommandFailure` where a file exists and `replaces` is false, or the folder cannot be written.
    static func write(_ files: [LaunchFile], to path: String, replaces: Bool) throws {
        let manager = FileManager.default
        let folder = URL(filePath: path).standardizedFileURL
        var isFolder: ObjCBool = false
        let exists = manager.fileExists(atPath: folder.path, isDirectory: &isFolder)
        guard !exists || isFolder.boolValue else { throw CommandFailure(.badInput, "--output \(path): is a file; name a folder") }
        if let taken = files.first(where: { manager.fileExists(atPath: folder.appending(path: $0.name).path) }), !replaces {
            throw CommandFailure(.badInput, "\(path)/\(taken.name) exists; name another folder, or replace it with --force")
        }
        do {
            try manager.createDirectory(at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
            let staging = folder.deletingLastPathComponent().appending(path: ".\(folder.lastPathComponent).\(getpid()).partial")
            try manager.createDirectory(at: staging, withIntermediateDirectories: false)
            defer { try? manager.removeItem(at: staging) }
            for file in files {
                let target = staging.appending(path: file.name)
                try manager.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: target)
                try manager.setAttributes([.posixPermissions: file.isExecutable ? 0o755 : 0o644], ofItemAtPath: target.path)
            }
            guard exists else { return try manager.moveItem(at: staging, to: folder) }
            for file in files {
                let source = staging.appending(path: file.name).path
                let target = folder.appending(path: file.name).path
                try manager.createDirectory(
                    at: folder.appending(path: file.name).deletingLastPathComponent(), withIntermediateDirectories: true)
                guard rename(source, target) == 0 else { throw CommandFailure(.badInput, "\(target): \(String(cString: strerror(errno)))") }
            }
        } catch let error as CocoaError {
            throw CommandFailure(.badInput, "--output \(path): cannot be written (\(error.localizedDescription))")
        }
    }
}
