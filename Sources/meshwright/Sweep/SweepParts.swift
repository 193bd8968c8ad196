import Foundation

/// A study that is searched in parts by a scheduler, each with a store of its own.
struct SweepParts {
    /// The study's file.
    let study: String
    /// How many parts.
    let shards: Int
    /// Cores of a part; nil for two.
    let threads: Int?

    /// Cores of a part.
    var cores: Int { threads ?? 2 }

    /// The folder, made where it is missing, as an absolute path.
    func folder(_ path: String) throws -> String {
        let place = URL(filePath: path).standardizedFileURL.path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), !isFolder.boolValue {
            throw CommandFailure(.usage, "\(path) is a file; name a folder for the parts, which is made where it is missing")
        }
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        return place
    }
}
