import ArgumentParser
import Foundation
import Hardware

extension CompletionKind {
    /// The shipped names of a kind and YAML files, both of which its options take.
    static func shipped(_ kind: ProfileLibrary.Kind) -> CompletionKind {
        .custom { _, _, typed in ProfileLibrary.installed.names(of: kind) + files(typed) }
    }

    /// The folders and YAML files that a path begun could go on to.
    private static func files(_ typed: String) -> [String] {
        let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.sorted().compactMap { name in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: folder + name, isDirectory: &isFolder)
            if isFolder.boolValue { return "\(folder)\(name)/" }
            return name.hasSuffix(".yaml") || name.hasSuffix(".yml") ? folder + name : nil
        }
    }
}
