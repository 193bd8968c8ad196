import Foundation
import PlanStore
import Testing

/// Ctrl-C during a long search: the best found so far, marked incomplete, status 130, and nothing remembered.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct PlanInterruptionTests {
    @Test(.timeLimit(.minutes(4))) func returnsTheBestSoFar() async throws {
        let files = FileManager.default
        let directory = files.temporaryDirectory.appending(path: "meshwright-interrupt-\(UUID())")
        try files.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: directory) }
        let output = directory.appending(path: "output")
        let cache = directory.appending(path: "plans.sqlite").path
        try Data().write(to: output)

        let process = Process()
        process.executableURL = BuiltTool.url
        // A space that takes any build far longer than the signal needs to arrive.
        process.arguments = [
            "plan", "--model", "deepseek-v3", "--cluster", "dgx-h100", "--gpus", "16384", "--stack", "any", "--top", "1000", "--variants",
            "--cache", cache, "--format", "json",
        ]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // The cache is opened once Ctrl-C is being listened for.
        while !files.fileExists(atPath: cache), process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        try await Task.sleep(for: .milliseconds(300))
        process.interrupt()
        process.waitUntilExit()

        #expect(process.terminationReason == .exit && process.terminationStatus == 130)
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: output)) as? [String: Any])
        let search = try #require(answer["search"] as? [String: Any])
        #expect(search["complete"] as? Bool == false)
        #expect(try PlanDatabase(path: cache).list().isEmpty)
    }
}
