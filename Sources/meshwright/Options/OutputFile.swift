import ArgumentParser
import Foundation
import Hardware

/// Leave to replace a file that people edit.
struct ForceOption: ParsableArguments {
    @Flag(help: "Replace the file of --output if it exists.")
    var force = false
}

/// A file that a command writes, looked at before the work that goes into it begins.
///
/// One rule for all commands: pictures and traces, which another run draws again, replace what was there; files that people go on to edit do so
/// with `--force` alone; and nothing replaces a file that the same run reads.
struct OutputFile {
    /// The option that names it, for messages.
    let option: String
    /// Where it goes; nil where the option was not given.
    let path: String?
    /// Whether it may take the place of another file.
    var replaces = true

    /// The path of an option whose result goes to standard output unless it names a file; `-` names standard output.
    static func path(_ given: String?) -> String? { given == "-" ? nil : given }

    /// Throws where one of the files cannot be written by the rule above; `inputs` are what the run reads: paths, or names that are none.
    static func check(_ files: [OutputFile], inputs: [String?]) throws {
        var seen: [(option: String, path: String)] = []
        for file in files {
            guard let path = file.path else { continue }
            guard path != "-" else {
                throw CommandFailure(.usage, "\(file.option) -: this goes to a file; name one")
            }
            if let other = seen.first(where: { isSame($0.path, path) }) {
                throw CommandFailure(.usage, "\(other.option) and \(file.option) name the same file; name another for one of them")
            }
            seen.append((file.option, path))
            guard let kind = kind(of: path), kind.isRegular else { continue }
            if inputs.contains(where: { $0.flatMap(Self.kind)?.identity == kind.identity }) {
                throw CommandFailure(.badInput, "\(file.option) \(path): is read by this run; name another file")
            }
            if !file.replaces {
                throw CommandFailure(.badInput, "\(path) exists; name another file with \(file.option), or replace it with --force")
            }
        }
    }

    /// The file of a text such as `megatron:pretrain.sh`.
    static func file(ofSpec spec: String?) -> String? { spec?.split(separator: ":", maxSplits: 1).last.map(String.init) }

    /// The file of a shipped name or a path; nil for names that are unknown.
    static func file(_ kind: ProfileLibrary.Kind, _ name: String?) -> String? {
        name.flatMap { try? ProfileLibrary.installed.path(of: kind, named: $0) }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        func whole(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
        guard let kind = kind(of: one) else { return whole(one) == whole(other) }
        return kind.isRegular && kind.identity == Self.kind(of: other)?.identity
    }

    /// What a path leads to, links followed; nil where there is nothing.
    private static func kind(of path: String) -> (isRegular: Bool, identity: [UInt64])? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return (status.st_mode & S_IFMT == S_IFREG, [UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino)])
    }
}
