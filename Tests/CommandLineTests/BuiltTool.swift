import Foundation

/// The built `meshwright`, run as a user runs it.
enum BuiltTool {
    /// What a run left behind.
    struct Run {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The executable beside the test bundle; `nil` where the tests were built without it.
    static let url: URL? = {
        var directory = URL(filePath: Bundle.main.executablePath ?? CommandLine.arguments[0]).deletingLastPathComponent()
        while directory.path != "/" {
            let candidate = directory.appending(path: "meshwright")
            if FileManager.default.isExecutableFile(atPath: candidate.path), !directory.path.hasSuffix("Sources") { return candidate }
            directory.deleteLastPathComponent()
        }
        return nil
    }()

    /// Arguments with more of them, whose options take the place of those that were there: an option given twice is refused.
    static func arguments(_ before: [String], with more: [String]) -> [String] {
        var kept = before
        for option in more where option.hasPrefix("--") {
            if let index = kept.firstIndex(of: option), index + 1 < kept.count { kept.removeSubrange(index...index + 1) }
        }
        return kept + more
    }

    /// Runs the tool, or the `program` in its stead, to its end.
    static func run(_ arguments: [String], of program: URL? = nil, environment: [String: String] = [:]) throws -> Run {
        let process = Process()
        process.executableURL = program ?? url
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let files = FileManager.default
        let directory = files.temporaryDirectory.appending(path: "meshwright-run-\(UUID())")
        try files.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: directory) }
        // Files rather than pipes: a full pipe would hold up the tool while the test waits for it.
        let output = directory.appending(path: "output")
        let errors = directory.appending(path: "errors")
        try Data().write(to: output)
        try Data().write(to: errors)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}
