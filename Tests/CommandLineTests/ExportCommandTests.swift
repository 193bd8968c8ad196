import Foundation
import Testing

/// `meshwright export` as a user runs it, and its exit statuses.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
final class ExportCommandTests {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-tests-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func path(_ name: String) -> String { directory.appending(path: name).path }

    /// A plan of few candidates, written to `plan.json` after `change`.
    private func plan(
        tensor: String = "1", microBatch: String = "1", objective: String = "throughput", _ change: (String) -> String = { $0 }
    ) throws -> String {
        let run = try BuiltTool.run([
            "plan", "--model", "llama-3.2-1b", "--cluster", "dgx-h100", "--gpus", "8", "--tp", tensor, "--pp", "1", "--cp", "1",
            "--micro-batch-size", microBatch, "--top", "2", "--objective", objective, "--format", "json",
            "--no-cache",
        ])
        try #require(run.status == 0, "\(run.errors)")
        try Data(change(run.output).utf8).write(to: directory.appending(path: "plan.json"))
        return path("plan.json")
    }

    @Test func `a plan becomes files that start each other`() throws {
        let run = try BuiltTool.run([
            "export", "--plan", plan(), "--target", "slurm", "--target", "megatron-lm", "--output", path("launch"),
        ])
        #expect(run.status == 0)
        #expect(run.output.split(separator: "\n").count == 4)
        let script = try String(contentsOfFile: path("launch/slurm.sbatch"), encoding: .utf8)
        #expect(script.contains("set -- bash ./megatron-lm.sh\n"))
        #expect(FileManager.default.isExecutableFile(atPath: path("launch/megatron-lm.sh")))
    }

    @Test func `existing files stay as they are without force`() throws {
        let plan = try plan()
        try FileManager.default.createDirectory(atPath: path("launch"), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: directory.appending(path: "launch/megatron-lm.args"))
        let arguments = ["export", "--plan", plan, "--target", "megatron-lm", "--output", path("launch")]
        let refused = try BuiltTool.run(arguments)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("megatron-lm.args exists"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("launch")) == ["megatron-lm.args"])
        #expect(try BuiltTool.run(arguments + ["--force"]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("launch")).count == 2)
    }

    @Test func `a trial has a folder for each plan, and no more plans than there are`() throws {
        let plan = try plan(tensor: "1,2")
        let arguments = ["export", "--plan", plan, "--target", "megatron-lm", "--output", path("trial")]
        let few = try BuiltTool.run(arguments + ["--trial", "3"])
        #expect(few.status == 65)
        #expect(few.errors == "meshwright: --trial 3: there are 2 plans; try at most 2, or make plans with --top 3\n")
        #expect(!FileManager.default.fileExists(atPath: path("trial")))
        let run = try BuiltTool.run(arguments + ["--trial", "2", "--steps", "5", "--minutes", "7"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: path("trial"))) == [
                "trial.sbatch", "trial.plan.json", "plan-1", "plan-2",
            ])
        let script = try String(contentsOfFile: path("trial/trial.sbatch"), encoding: .utf8)
        #expect(script.contains("\nexport TRIAL_STEPS=5 ") && script.contains("\n#SBATCH --time=19\n"))
        #expect(try Data(contentsOf: URL(filePath: path("trial/trial.plan.json"))) == Data(contentsOf: URL(filePath: plan)))
        #expect(try BuiltTool.run(arguments + ["--trial", "2"]).status == 65)
        #expect(try BuiltTool.run(arguments + ["--trial", "2", "--rank", "2"]).status == 64)
        #expect(try BuiltTool.run(arguments + ["--steps", "2"]).status == 64)
    }

    @Test func `a trial begins with the plan that tells most`() throws {
        let plan = try plan(tensor: "1,2")
        var document = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: plan))) as? [String: Any])
        var plans = try #require(document["plans"] as? [[String: Any]])
        (plans[0]["chance_right_after_trial"], plans[1]["chance_right_after_trial"]) = (0.6, 0.9)
        document["plans"] = plans
        try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: plan))
        let run = try BuiltTool.run(["export", "--plan", plan, "--target", "megatron-lm", "--output", path("trial"), "--trial", "1"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("trial")).contains("plan-2"))
        #expect(!FileManager.default.fileExists(atPath: path("trial/plan-1")))
    }

    @Test(arguments: [
        ("meshwright.plan/1", "meshwright.plan/9", "plan.json:2:13: the plan is written as meshwright.plan/9"),
        ("\"tp\": 1", "\"tp\": 0", "expected a whole number"),
        ("\"tp\": 1", "\"tp\": 65536", "is not the 8 GPUs"),
        ("\"schedule\": \"1f1b\"", "\"schedule\": \"1f2b\"", "1f2b"),
    ])
    func `a plan that was changed is refused with its place`(old: String, new: String, message: String) throws {
        let plan = try plan { $0.replacing(old, with: new) }
        let run = try BuiltTool.run(["export", "--plan", plan, "--target", "megatron-lm", "--output", path("launch")])
        #expect(run.status == 65)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: path("launch")))
    }

    @Test func `a model that has changed since is refused`() throws {
        let plan = try plan { text in
            text.replacing(/"model": \{\s*"name": "llama-3.2-1b",\s*"sha256": "[0-9a-f]+"/) { _ in
                #""model": {"name": "llama-3.2-1b", "sha256": "00""#
            }
        }
        let run = try BuiltTool.run(["export", "--plan", plan, "--target", "deepspeed", "--output", path("launch")])
        #expect(run.status == 65)
        #expect(run.errors.contains("run plan again"), "\(run.errors)")
    }

    @Test func `a user's own cluster file is found again`() throws {
        let shipped = try #require(FileManager.default.contents(atPath: Self.profiles + "/dgx-h100.yaml"))
        let own = String(decoding: shipped, as: UTF8.self).replacing("name: dgx-h100", with: "name: mine")
        try Data(own.utf8).write(to: directory.appending(path: "mine.yaml"))
        let cache = ["XDG_CACHE_HOME": path("cache")]
        let planned = try BuiltTool.run(
            [
                "plan", "--model", "llama-3.2-1b", "--cluster", path("mine.yaml"), "--gpus", "8", "--tp", "1", "--pp", "1", "--cp", "1",
                "--micro-batch-size", "1", "--top", "1", "--format", "json",
            ], environment: cache)
        try #require(planned.status == 0, "\(planned.errors)")
        try Data(planned.output.utf8).write(to: directory.appending(path: "plan.json"))
        let arguments = ["export", "--plan", path("plan.json"), "--target", "megatron-lm", "--force", "--output", path("launch")]
        let run = try BuiltTool.run(arguments)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        for plan in [path("plan.json"), "1"] {
            let simulated = try BuiltTool.run(["simulate", "--plan", plan], environment: cache)
            #expect(simulated.status == 0 && simulated.errors.isEmpty, "\(simulated.errors)")
        }
        // What was exported is read back as the plan.
        let read = try BuiltTool.run([
            "simulate", "--from", "megatron:" + path("launch/megatron-lm.args"), "--cluster", path("mine.yaml"), "--gpus", "8", "--format",
            "json",
        ])
        let again = try BuiltTool.run(["simulate", "--plan", path("plan.json"), "--format", "json"])
        func step(_ text: String) throws -> Double? {
            (try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])?["step_time_s"] as? Double
        }
        #expect(try step(read.output) == step(again.output), "\(read.errors)")
        #expect(read.errors.contains("that of llama-3.2-1b is assumed"), "\(read.errors)")
        // Moved along with the plan, it is found beside it; gone, the option that names it is said.
        try FileManager.default.createDirectory(atPath: path("moved"), withIntermediateDirectories: true)
        for name in ["plan.json", "mine.yaml"] { try FileManager.default.moveItem(atPath: path(name), toPath: path("moved/\(name)")) }
        let moved = ["export", "--plan", path("moved/plan.json"), "--target", "megatron-lm", "--force", "--output", path("launch")]
        #expect(try BuiltTool.run(moved).status == 0)
        try FileManager.default.moveItem(atPath: path("moved/mine.yaml"), toPath: path("other.yaml"))
        let gone = try BuiltTool.run(moved)
        #expect(gone.status == 65)
        #expect(gone.errors.contains("mine.yaml that the plan was made from is gone; name it with --cluster FILE"), "\(gone.errors)")
        let named = try BuiltTool.run(moved + ["--cluster", path("other.yaml")])
        #expect(named.status == 0 && named.errors.isEmpty, "\(named.errors)")
        let changed = try BuiltTool.run(moved + ["--cluster", "dgx-a100"])
        #expect(
            changed.errors.contains("dgx-a100.yaml is the cluster 'dgx-a100', and the plan was made for 'mine'"), "\(changed.errors)")
    }

    private static let profiles = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../ClusterProfiles").standardized
        .path

    @Test func `the fastest plan is the first, or said where plans are ordered by memory`() throws {
        let output = ["--target", "megatron-lm", "--force", "--output", path("launch")]
        func written(_ arguments: [String]) throws -> String {
            let run = try BuiltTool.run(arguments)
            #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
            return try String(contentsOfFile: path("launch/megatron-lm.args"), encoding: .utf8)
        }
        let byTime = try ["export", "--plan", plan(tensor: "1,2")] + output
        let fastest = try written(byTime)
        #expect(try written(byTime + ["--fastest"]) == fastest)

        // By memory the second plan needs more than the first and is a little faster.
        let byMemory = try ["export", "--plan", plan(tensor: "1,2", microBatch: "1,2", objective: "memory")] + output
        let leanest = try BuiltTool.run(byMemory)
        #expect(leanest.status == 0)
        #expect(leanest.errors.contains("--fastest writes it"), "\(leanest.errors)")
        #expect(try String(contentsOfFile: path("launch/megatron-lm.args"), encoding: .utf8) != fastest)
        #expect(try written(byMemory + ["--fastest"]) != written(byMemory + ["--rank", "1"]))
        #expect(try BuiltTool.run(byMemory + ["--rank", "1", "--fastest"]).status == 64)
    }

    @Test func `the stack that the targets run is said, and two of them are not mixed`() throws {
        let arguments = [
            "export", "--model", "llama-3.2-1b", "--cluster", "dgx-h100", "--gpus", "8", "--tp", "1", "--pp", "1", "--cp", "1",
            "--micro-batch-size", "1", "--output", path("launch"), "--target", "torchtitan",
        ]
        let both = try BuiltTool.run(arguments + ["--target", "megatron-lm"])
        #expect(both.status == 64)
        #expect(
            both.errors.contains(
                "--target torchtitan carries out plans of the stack torchtitan, and --target megatron-lm those of megatron-core"),
            "\(both.errors)")
        let one = try BuiltTool.run(arguments + ["--target", "slurm"])
        #expect(one.status == 0)
        #expect(one.errors.contains("the plan is for the stack torchtitan, which --target torchtitan runs"), "\(one.errors)")
    }

    @Test func `wrong usage`() throws {
        #expect(try BuiltTool.run(["export"]).status == 64)
        let unknown = try BuiltTool.run(["export", "--plan", "x.json", "--target", "megatorn-lm"])
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("did you mean 'megatron-lm'"))
        #expect(try BuiltTool.run(["export", "--plan", "x.json", "--target", "slurm", "--pp", "2"]).status == 64)
        #expect(
            try BuiltTool.run(["export", "--model", "llama-3.2-1b", "--cluster", "dgx-h100", "--pq", "2", "--target", "slurm"]).status == 64
        )
        #expect(try BuiltTool.run(["export", "--plan", path("absent.json"), "--target", "slurm"]).status == 65)
        let list = try BuiltTool.run(["export", "--list"])
        #expect(list.status == 0)
        #expect(list.output.contains("torchtitan-0.3\n"))
    }
}
