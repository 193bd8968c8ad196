import Foundation
import PlanStore
import Testing

@testable import meshwright

/// `meshwright cache` as a user runs it, and its exit statuses.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
final class CacheCommandTests {
    let directory: URL
    var path: String { directory.appending(path: "plans.sqlite").path }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-tests-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func fill(_ count: Int) throws {
        let database = try PlanDatabase(path: path)
        for index in 0..<count {
            try database.save(
                CachedPlan(
                    key: SHA256.hexadecimal(of: "\(index)".utf8), model: "gpt-2", cluster: "dgx-h100", toolVersion: "0.1.0",
                    result: Data(repeating: 1, count: 50_000)))
        }
        try database.close()
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func aMissingCacheIsAnEmptyOneAndIsNotCreated() throws {
        for action in ["info", "list", "clear", "vacuum"] {
            let run = try BuiltTool.run(["cache", action, "--cache", path])
            #expect(run.status == 0 && run.errors.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func infoTellsTheStandardPlaceAndTheCounts() throws {
        let run = try BuiltTool.run(["cache", "info", "--format", "json"], environment: ["XDG_CACHE_HOME": directory.path])
        let empty = try json(run.output)
        #expect(empty["path"] as? String == directory.path + "/meshwright/plans.sqlite")
        #expect(empty["entries"] as? Int == 0)
        try fill(2)
        let filled = try json(try BuiltTool.run(["cache", "info", "--cache", path, "--format", "json"]).output)
        #expect(filled["schema"] as? String == "meshwright.cache-info/1")
        #expect(filled["entries"] as? Int == 2)
        #expect(filled["result_bytes"] as? Int == 100_000)
    }

    @Test func listNamesEachPlan() throws {
        try fill(2)
        let text = try BuiltTool.run(["cache", "list", "--cache", path]).output.split(separator: "\n")
        #expect(text.count == 3)
        #expect(text[1].hasPrefix("6b86b273ff34  gpt-2  dgx-h100  0.1.0"))
        let plans = try json(try BuiltTool.run(["cache", "list", "--cache", path, "--format", "json"]).output)["plans"] as? [[String: Any]]
        #expect(plans?.map { $0["bytes"] as? Int } == [50_000, 50_000])
    }

    @Test func clearForgetsAllAndShrinksTheFile() throws {
        try fill(10)
        let run = try BuiltTool.run(["cache", "clear", "--cache", path])
        #expect(run.output == "forgot 10 plans\n")
        #expect(try PlanDatabase(path: path).summary().fileBytes < 100_000)
    }

    @Test func aDamagedFileIsBadInputUntilClearMovesItAside() throws {
        try Data(repeating: 0x5a, count: 10_000).write(to: URL(filePath: path))
        for action in ["info", "list", "vacuum"] {
            let run = try BuiltTool.run(["cache", action, "--cache", path])
            #expect(run.status == 65)
            #expect(
                run.errors
                    == "meshwright: \(path): not a cache of plans, or a damaged one; 'meshwright cache clear' moves it aside\n")
        }
        let run = try BuiltTool.run(["cache", "clear", "--cache", path])
        #expect(run.status == 0)
        #expect(run.output == "the damaged file is now \(path).corrupt-1\n")
        #expect(FileManager.default.fileExists(atPath: path + ".corrupt-1"))
    }

    @Test func wrongUsageIs64() throws {
        #expect(try BuiltTool.run(["cache", "polish"]).status == 64)
        #expect(try BuiltTool.run(["cache", "info", "--format", "xml"]).status == 64)
        #expect(try BuiltTool.run(["--no-such-flag"]).status == 64)
    }

    @Test(arguments: [["--help"], ["help"], ["cache", "--help"], ["help", "cache"], ["cache"], []])
    func helpGoesToStandardOutput(arguments: [String]) throws {
        let run = try BuiltTool.run(arguments)
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(run.output.contains("USAGE: meshwright"))
    }

    @Test func theVersionIsStatedOnce() throws {
        let run = try BuiltTool.run(["--version"])
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(run.output.split(separator: ".").count == 3)
    }

    @Test func sizesForPeople() {
        #expect(
            [0, 1_023, 1_024, 1_536, 256 << 20, 5 << 40].map(ByteText.string) == [
                "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "256.0 MiB", "5.0 TiB",
            ])
    }
}
