import Foundation
import Testing

/// `simulate --model`: the same price as `plan`, drawn operation by operation.
@Suite("simulate of a configuration", .enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct SimulateModelTests {
    private static let sizes = [
        "--model", "llama-3.1-8b", "--cluster", "dgx-h100", "--gpus", "64", "--tp", "2", "--pp", "4", "--dp", "8", "--cp", "1",
        "--micro-batch-size", "1", "--recompute", "none", "--global-batch-size", "128",
    ]

    private static func json(_ arguments: [String]) throws -> [String: Any] {
        let run = try BuiltTool.run(arguments)
        #expect(run.status == 0, "\(run.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    @Test(arguments: [["--schedule", "1f1b"], ["--vpp", "2", "--schedule", "interleaved"]])
    func agreesWithPlan(schedule: [String]) throws {
        let simulated = try Self.json(["simulate"] + Self.sizes + schedule + ["--format", "json"])
        let planned = try Self.json(["plan", "--no-cache", "--top", "1"] + Self.sizes + schedule + ["--format", "json"])
        let plan = try #require((planned["plans"] as? [[String: Any]])?.first)
        let step = try #require(plan["step_time_s"] as? Double)
        #expect(abs(try #require(simulated["step_time_s"] as? Double) / step - 1) < 1e-9)
        let memory = try #require((plan["memory_gib"] as? [String: Any])?["expected"] as? Double)
        let ranks = try #require(simulated["ranks"] as? [[String: Any]])
        let peak = ranks.compactMap { $0["peak_memory_gib"] as? Double }.max()
        #expect(abs(try #require(peak) / memory - 1) < 1e-9)
        let parts = try #require(simulated["breakdown_s"] as? [String: Double])
        #expect(abs(parts.values.reduce(0, +) / step - 1) < 1e-9)
    }

    /// 70 billion parameters on eight GPUs of 79.1 GiB.
    @Test func saysWhatDoesNotFit() throws {
        let large = [
            "simulate", "--model", "llama-3.1-70b", "--cluster", "dgx-h100", "--gpus", "8", "--tp", "8", "--global-batch-size", "8",
        ]
        let run = try BuiltTool.run(large)
        #expect(run.output.contains("it does not fit: ") && run.output.contains("and a GPU has 79.1"))
        let memory = try #require(try Self.json(large + ["--format", "json"])["memory_gib"] as? [String: Double])
        let (expected, gpu) = (try #require(memory["expected"]), try #require(memory["gpu"]))
        #expect(gpu == 79.1 && expected > gpu)
        #expect(run.output.contains(String(format: "it does not fit: %.1f GiB are expected", expected)))
        #expect(try !BuiltTool.run(["simulate"] + Self.sizes).output.contains("not fit"))
    }

    @Test func simulatesAPlanFromItsFile() throws {
        let run = try BuiltTool.run(
            ["plan", "--no-cache", "--top", "2"] + Self.sizes.filter { $0 != "--pp" && $0 != "4" } + ["--format", "json"])
        let path = FileManager.default.temporaryDirectory.appending(path: "meshwright-plan-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(run.output.utf8).write(to: URL(filePath: path))
        let plans = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])["plans"]
        for (index, plan) in try #require(plans as? [[String: Any]]).enumerated() {
            let simulated = try Self.json(["simulate", "--plan", path, "--rank", "\(index + 1)", "--format", "json"])
            let step = try #require(plan["step_time_s"] as? Double)
            #expect(abs(try #require(simulated["step_time_s"] as? Double) / step - 1) < 1e-9)
        }
        #expect(try BuiltTool.run(["simulate", "--plan", path, "--rank", "9"]).status == 65)
        #expect(try BuiltTool.run(["simulate", "--plan", path, "--tp", "2"]).status == 64)
    }

    @Test func simulatesAPlanThatIsRemembered() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "meshwright-cache-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let environment = ["XDG_CACHE_HOME": folder]
        let none = try BuiltTool.run(["simulate", "--plan", "1"], environment: environment)
        #expect(none.status == 65 && none.errors.contains("run plan first"))
        let run = try BuiltTool.run(["plan"] + Self.sizes + ["--top", "1", "--format", "json"], environment: environment)
        let plans = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])["plans"]
        let step = try #require((plans as? [[String: Any]])?.first?["step_time_s"] as? Double)
        let simulated = try BuiltTool.run(["simulate", "--plan", "1", "--format", "json"], environment: environment)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(simulated.output.utf8)) as? [String: Any])
        #expect(abs(try #require(document["step_time_s"] as? Double) / step - 1) < 1e-9)
        #expect(try BuiltTool.run(["simulate", "--plan", "7"], environment: environment).status == 65)
    }

    @Test func simulatesWhatNoStackLaunches() throws {
        let simulated = try Self.json(["simulate"] + Self.sizes + ["--schedule", "zb-h1", "--format", "json"])
        #expect(simulated["schedule"] as? String == "zb-h1")
    }

    private static let refusals: [(arguments: [String], status: Int32)] = [
        (["--model", "llama-3.1-8b"], 64),
        (["--tp", "2", "--schedule", "1f1b", "--pp", "2", "--micro-batches", "4"], 64),
        (["--model", "llama-3.1-8b", "--cluster", "dgx-h100", "--gpus", "64", "--tp", "3"], 65),
        (["--model", "no-such-model", "--cluster", "dgx-h100"], 65),
    ]

    @Test(arguments: refusals)
    func refusesWhatCannotBe(arguments: [String], status: Int32) throws {
        let result = try BuiltTool.run(["simulate"] + arguments)
        #expect(result.status == status)
        #expect(result.output.isEmpty)
        #expect(!result.errors.isEmpty)
    }
}
