import Foundation
import Testing

/// Every folder of `Tests/Cases`: what a user has and types, and what is right; CONTRIBUTING.md says how to add one.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct CaseTests {
    @Test func thereAreCases() { #expect(!Case.folders.isEmpty) }

    @Test(arguments: Case.folders) func isRight(folder: URL) throws {
        let (example, tool) = (try Case(folder), try #require(BuiltTool.url))
        let files = FileManager.default
        let place = files.temporaryDirectory.appending(path: "meshwright-case-\(UUID())")
        defer { try? files.removeItem(at: place) }
        let (work, home) = (place.appending(path: "work"), place.appending(path: "home"))
        try files.createDirectory(at: home, withIntermediateDirectories: true)
        try files.copyItem(at: folder, to: work)
        let environment = [
            "HOME": home.path, "XDG_CACHE_HOME": home.appending(path: "cache").path, "LC_ALL": "C.UTF-8",
            "PATH": "\(tool.deletingLastPathComponent().path):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")",
        ]
        var last: BuiltTool.Run?
        for command in example.commands {
            if let before = last {
                try #require(before.status == 0, "an earlier command left with \(before.status): \(before.errors)")
            }
            last = try BuiltTool.run(
                ["-c", "cd '\(work.path)' && { \(command)\n}"], of: URL(filePath: "/bin/sh"), environment: environment)
        }
        let run = try #require(last)
        #expect(Int(run.status) == example.status, "\(example.why)\n\(run.output)\n\(run.errors)")
        for text in example.output { #expect(run.output.contains(text), "\(example.why)") }
        for text in example.outputLacks { #expect(!run.output.contains(text), "\(example.why)") }
        for text in example.errors { #expect(run.errors.contains(text), "\(example.why)") }
        for text in example.errorsLacks { #expect(!run.errors.contains(text), "\(example.why)") }
        guard !example.json.isEmpty else { return }
        let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8), options: .fragmentsAllowed)
        for (path, value) in example.json {
            let found = CaseValue.value(at: path, in: document)
            #expect(value.holds(for: found), "\(path) is \(found ?? "absent"), not \(value): \(example.why)")
        }
    }
}
