import Foundation
import Testing

/// `meshwright validate` and `meshwright calibrate` as a user runs them.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct CalibrateCommandTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let published = root.appending(path: "Tests/CalibrationTests/PublishedRuns.yaml").path

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let run = try BuiltTool.run(arguments + ["--format", "json"])
        #expect(run.status == 0, "\(run.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    /// Runs `body` with a folder that is removed afterwards.
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "meshwright-calibrate-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func publishedRunsAreValidated() throws {
        let document = try json(["validate", Self.published])
        #expect(document["schema"] as? String == "meshwright.validate/1")
        let rows = try #require(document["rows"] as? [[String: Any]])
        #expect(rows.count == 86)
        let summary = try #require(document["summary"] as? [String: Any])
        let overall = try #require(summary["overall"] as? [String: Any])
        #expect(try #require(overall["macro_mape_pct"] as? Double) < 6)
        #expect((summary["by_source"] as? [String: Any])?.count == 14)
    }

    @Test func selectionsNarrowTheRuns() throws {
        try withFolder { folder in
            let ids = folder.appending(path: "ids.txt").path
            try "korth-0001\nsc21-0001\n".write(toFile: ids, atomically: true, encoding: .utf8)
            let some = try json(["validate", Self.published, "--ids", ids])
            #expect(try #require(some["rows"] as? [[String: Any]]).count == 2)
            let complete = try #require(try json(["validate", Self.published, "--quality", "A"])["rows"] as? [[String: Any]])
            #expect((1..<86).contains(complete.count))
            let unseen = try #require(try json(["validate", Self.published, "--unseen", "3"])["rows"] as? [[String: Any]])
            #expect((20..<86).contains(unseen.count))
            try "korth-9999\n".write(toFile: ids, atomically: true, encoding: .utf8)
            let wrong = try BuiltTool.run(["validate", Self.published, "--ids", ids])
            #expect(wrong.status == 65)
            #expect(wrong.errors.contains("ids.txt:1:1") && wrong.errors.contains("has no run 'korth-9999'"), "\(wrong.errors)")
        }
    }

    @Test func aStackTakesRunsInAndIsUsed() throws {
        try withFolder { folder in
            let own = folder.appending(path: "own.yaml").path
            let document = try json(["calibrate", "runs", Self.published, "--stack", "torchtitan", "--use", "2", "--output", own])
            #expect(document["kind"] as? String == "runs")
            let constants = try #require(document["constants"] as? [[String: Any]])
            #expect(!constants.isEmpty && constants.count <= 12)
            for constant in constants {
                let before = try #require(constant["deviation_before_pct"] as? Double)
                let after = try #require(constant["deviation_after_pct"] as? Double)
                #expect(0 < after && after < before * 1.001)
            }
            let text = try String(contentsOfFile: own, encoding: .utf8)
            #expect(text.contains("name: torchtitan-own"))
            #expect(text.contains("own runs in PublishedRuns.yaml") && text.contains("own_runs:"))
            let again = try BuiltTool.run(["calibrate", "runs", Self.published, "--stack", own, "--use", "1"])
            #expect(again.status == 0, "\(again.errors)")
        }
    }

    @Test func productsAreFittedAndUsed() throws {
        try withFolder { folder in
            let data = folder.appending(path: "gemm.csv").path
            var text = "dtype,m,n,k,time_us\n"
            for m in [512, 1024, 2048, 4096, 8192] {
                for n in [1024, 4096, 8192] {
                    for k in [1024, 4096, 8192] {
                        text += "bf16,\(m),\(n),\(k),\(3 + 2e-12 * Double(m) * Double(n) * Double(k) / 0.0006)\n"
                    }
                }
            }
            try text.write(toFile: data, atomically: true, encoding: .utf8)
            let card = folder.appending(path: "card.yaml").path
            let run = try BuiltTool.run(["calibrate", "gemm", data, "--gpu", "h100-80gb-sxm", "--output", card])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("16-bit, m, n, k ≥ 1024"), "\(run.output)")
            #expect(try BuiltTool.run(["gpu", "show", card]).status == 0)
            #expect(try String(contentsOfFile: card, encoding: .utf8).contains("fit on GEMM timings in gemm.csv"))
        }
    }

    @Test(
        arguments: [
            (["validate", "./none.csv"], 65, "./none.csv:1:1: there is no such file"),
            (["validate", "./none.csv", "--quality", "D"], 64, "one or more of the letters A, B, C"),
            (["calibrate", "gemm", "./none.csv", "--gpu", "h1000"], 65, "there is no GPU type 'h1000'"),
            (["calibrate", "attention", "./none.csv", "--gpu", "gb200"], 65, "./none.csv:1:1: there is no such file"),
            (["calibrate", "runs", "./none.csv", "--stack", "megatron"], 65, "there is no software stack 'megatron'"),
            (["calibrate", "runs", "./none.csv", "--stack", "fsdp", "--use", "0"], 64, "at least one configuration"),
        ] as [([String], Int32, String)])
    func mistakesAreNamed(arguments: [String], status: Int32, message: String) throws {
        let run = try BuiltTool.run(arguments)
        #expect(run.status == status)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }
}
