import Foundation
import PlanStore
import Testing

@testable import meshwright

/// `meshwright plan` as a user runs it, on cases small enough for a debug build.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
final class PlanCommandTests {
    private let directory: URL
    private var cache: String { directory.appending(path: "plans.sqlite").path }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-plan-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// A case that takes a fraction of a second.
    private static let small = [
        "plan", "--model", "llama-3.2-1b", "--cluster", "dgx-h100", "--gpus", "8", "--tp", "1,2", "--pp", "1,2", "--cp", "1",
        "--global-batch-size", "64", "--seq-len", "2048",
    ]

    private func plan(_ more: [String], environment: [String: String] = [:]) throws -> BuiltTool.Run {
        try BuiltTool.run(BuiltTool.arguments(Self.small, with: more), environment: environment)
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// A JSON answer without the line-by-line facts of the run.
    private func withoutRun(_ text: String) throws -> String {
        let start = try #require(text.range(of: "\n  \"run\": {", options: .backwards))
        return String(text[..<start.lowerBound])
    }

    @Test func answersWithTheContract() throws {
        let run = try plan(["--no-cache", "--format", "json"])
        #expect(run.status == 0 && run.errors.isEmpty)
        let answer = try json(run.output)
        #expect(answer["schema"] as? String == "meshwright.plan/1")
        #expect(answer["model"] as? String == "llama-3.2-1b" && answer["cluster"] as? String == "dgx-h100")
        let plans = try #require(answer["plans"] as? [[String: Any]])
        #expect((1...5).contains(plans.count) && plans.compactMap { $0["rank"] as? Int } == Array(1...plans.count))
        for plan in plans {
            let strategy = try #require(plan["strategy"] as? [String: Any])
            let sizes = ["tp", "pp", "cp", "dp"].compactMap { strategy[$0] as? Int }
            #expect(sizes.reduce(1, *) == 8)
            let batch = ["micro_batch_size", "micro_batches", "dp"].compactMap { strategy[$0] as? Int }
            #expect(batch.reduce(1, *) == 64)
            let step = try #require(plan["step_time_s"] as? Double)
            let parts = try #require(plan["breakdown_s"] as? [String: Double])
            #expect(abs(parts.values.reduce(0, +) - step) < 1e-9 * step)
            let memory = try #require(plan["memory_gib"] as? [String: Any])
            let memoryParts = try #require(memory["breakdown"] as? [String: Double])
            let high = try #require(memory["high"] as? Double)
            #expect(abs(memoryParts.values.reduce(0, +) - high) < 1e-9 * high && high <= 80)
            let rate = try #require(plan["tokens_per_s_per_gpu"] as? Double)
            #expect(abs(rate * step * 8 - 64 * 2048) < 1e-6 * 64 * 2048)
            let mfu = try #require(plan["mfu"] as? Double)
            #expect(mfu > 0 && mfu < 1)
        }
        let timing = try #require(answer["run"] as? [String: Any])
        #expect(timing["cache"] as? String == "off")
    }

    @Test func theDigestIsTheFiles() throws {
        let file = directory.appending(path: "model.yaml")
        let shipped = try #require(ProfileFiles.text("Models/llama-3.2-1b.yaml"))
        try shipped.write(to: file, atomically: true, encoding: .utf8)
        var arguments = Self.small
        arguments[2] = file.path
        let answer = try json(try BuiltTool.run(arguments + ["--no-cache", "--format", "json"]).output)
        let model = try #require((answer["inputs"] as? [String: Any])?["model"] as? [String: Any])
        #expect(model["sha256"] as? String == SHA256.hexadecimal(of: shipped.utf8))
    }

    @Test func isTheSameForAnyNumberOfThreads() throws {
        let one = try plan(["--no-cache", "--format", "json", "--threads", "1"])
        let three = try plan(["--no-cache", "--format", "json", "--threads", "3"])
        #expect(one.status == 0)
        #expect(try withoutRun(one.output) == withoutRun(three.output))
    }

    @Test func aHitIsTheSameByteForByteInEveryFormat() throws {
        let fresh = try plan(["--cache", cache, "--format", "json"])
        let again = try plan(["--cache", cache, "--format", "json", "--threads", "3"])
        #expect(fresh.output.contains("\"cache\": \"miss\"") && again.output.contains("\"cache\": \"hit\""))
        #expect(try withoutRun(fresh.output) == withoutRun(again.output))
        let remembered = try plan(["--cache", cache, "--format", "csv"])
        let computed = try plan(["--no-cache", "--format", "csv"])
        #expect(remembered.output == computed.output)
        #expect(try PlanDatabase(path: cache).list().map(\.hits) == [2])
    }

    @Test(arguments: [
        ["--top", "4"], ["--explain", "2"], ["--seed", "1"], ["--max-memory", "60GiB"], ["--compare", "tp=2"], ["--stack", "no-overlap"],
    ])
    func whateverChangesTheAnswerIsAnotherQuestion(change: [String]) throws {
        _ = try plan(["--cache", cache, "--format", "csv"])
        let other = try plan(["--cache", cache, "--format", "json"] + change)
        #expect(other.output.contains("\"cache\": \"miss\""))
    }

    @Test func anUnusableCacheCostsOneWarning() throws {
        let run = try plan(["--cache", "/dev/null/plans.sqlite", "--format", "json"])
        #expect(run.status == 0)
        #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains("the cache is not used"))
        #expect(run.output.contains("\"cache\": \"off\""))
    }

    @Test func theTableStatesWhatWasAssumedAndFitsItsWidth() throws {
        let run = try plan(["--no-cache", "--width", "80"], environment: ["NO_COLOR": "1"])
        #expect(run.output.contains("assumed  --precision bf16 --optimizer adam --grad-dtype fp32 --stack"))
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        for title in ["Plan 1", "Step ", "Memory ", "What bounds it", "One change away", "search "] {
            #expect(run.output.contains("\n\(title)"), "\(title)")
        }
    }

    @Test func pricesAConfigurationOfOnesOwn() throws {
        let answer = try json(try plan(["--no-cache", "--format", "json", "--compare", "tp=8,micro-batch-size=1"]).output)
        let comparison = try #require(answer["comparison"] as? [String: Any])
        let differences = try #require(comparison["differences_s"] as? [String: Double])
        let mine = try #require(comparison["step_time_s"] as? Double)
        let best = try #require(((answer["plans"] as? [[String: Any]])?.first)?["step_time_s"] as? Double)
        #expect(mine > best && abs(differences.values.reduce(0, +) - (mine - best)) < 1e-9)
        #expect(comparison["fits"] as? Bool == true && (comparison["reasons"] as? [String])?.isEmpty == false)
    }

    @Test func `a configuration of the user's own brings its job along`() throws {
        func file(_ layers: Int) throws -> String {
            let text = """
                --num-layers \(layers) --hidden-size 2048 --num-attention-heads 32 --group-query-attention --num-query-groups 8
                --ffn-hidden-size 8192 --swiglu --tensor-model-parallel-size 2 --micro-batch-size 1 --global-batch-size 32
                --seq-length 1024 --fp16 --use-distributed-optimizer
                """
            let path = directory.appending(path: "own-\(layers).sh").path
            try Data(text.utf8).write(to: URL(filePath: path))
            return path
        }
        let arguments = [
            "plan", "--model", "llama-3.2-1b", "--cluster", "dgx-h100", "--gpus", "8", "--tp", "1,2", "--pp", "1", "--no-cache",
        ]
        let own = try file(16)
        let run = try BuiltTool.run(arguments + ["--seq-len", "2048", "--format", "json", "--compare", "from:megatron:\(own)"])
        #expect(run.status == 0, "\(run.errors)")
        let job = try #require(try json(run.output)["job"] as? [String: Any])
        #expect(job["global_batch_size"] as? Int == 32 && job["precision"] as? String == "fp16" && job["sequence_length"] as? Int == 2048)
        let taken = "--global-batch-size 32 --precision fp16 --optimizer adam --grad-dtype bf16"
        #expect(run.errors.contains("\(taken) are taken from the file for all plans"), "\(run.errors)")
        #expect(run.errors.contains("the file states 1024; --seq-len 2048 is used, for yours too"), "\(run.errors)")
        let other = try BuiltTool.run(arguments + ["--compare", "from:megatron:\(try file(32))"])
        #expect(other.status == 65)
        #expect(other.errors.contains("another model than llama-3.2-1b: layers 32 rather than 16"), "\(other.errors)")
    }

    @Test func costsAWholeTraining() throws {
        let answer = try json(try plan(["--no-cache", "--format", "json", "--tokens", "1B", "--gpu-hour-price", "2"]).output)
        let plan = try #require((answer["plans"] as? [[String: Any]])?.first)
        let whole = try #require(plan["training"] as? [String: Any])
        let training = whole.compactMapValues { $0 as? Double }
        let steps = (1e9 / (64.0 * 2048)).rounded(.up)
        let step = try #require(plan["step_time_s"] as? Double)
        #expect(training["steps"] == steps)
        let hours = steps * step / 3600 * 8
        #expect(abs((training["gpu_hours"] ?? 0) - hours) < 1e-9 * hours && abs((training["cost"] ?? 0) - 2 * hours) < 1e-9 * hours)
        let failures = try #require(whole["failures"] as? [String: Any])
        let (days, goodput) = ((failures["days"] as? Double) ?? 0, (failures["goodput"] as? Double) ?? 0)
        #expect(goodput < 1 && abs(days * goodput / (training["days"] ?? 1) - 1) < 1e-9)
    }

    @Test func findsTheFewestGPUsForATarget() throws {
        let target = ["--no-cache", "--format", "json", "--objective", "gpus", "--target-tokens-per-second"]
        let answer = try json(try plan(target + ["100K"]).output)
        let sizes = try #require(answer["sizes"] as? [[String: Any]])
        let rates = sizes.map { $0["tokens_per_s"] as? Double ?? 0 }
        #expect(rates.dropLast().allSatisfy { $0 < 1e5 } && (rates.last ?? 0) >= 1e5)
        let cluster = try #require((answer["inputs"] as? [String: Any])?["cluster"] as? [String: Any])
        #expect(cluster["gpus"] as? Int == sizes.last?["gpus"] as? Int)
        let beyond = try plan(target + ["1T"])
        #expect(beyond.status == 69 && beyond.errors.contains("no size up to 8 GPUs reaches"))
    }

    @Test func anyStackMarksWhatNoneCanLaunch() throws {
        let pins = ["--pp", "2", "--tp", "1", "--schedule", "zb-v", "--stack", "any", "--no-cache", "--format", "json"]
        let answer = try json(try BuiltTool.run(BuiltTool.arguments(Self.small, with: pins)).output)
        let plan = try #require((answer["plans"] as? [[String: Any]])?.first)
        let stacks = try #require(plan["launchable_by"] as? [String])
        #expect(!stacks.contains("megatron-core"))
    }

    @Test func whenNothingFitsItSaysWhatWould() throws {
        let run = try plan(["--no-cache", "--format", "json", "--max-memory", "6GiB", "--recompute", "none", "--tp", "1", "--pp", "1"])
        #expect(run.status == 69)
        #expect(run.errors.split(separator: "\n").count == 1)
        let answer = try json(run.output)
        #expect((answer["plans"] as? [Any])?.isEmpty == true)
        let rejected = try #require((answer["search"] as? [String: Any])?["rejected"] as? [String: Int])
        #expect(rejected.keys.contains { $0.hasPrefix("memory: ") })
        let remedies = try #require(answer["remedies"] as? [[String: Any]])
        #expect(remedies.first?["change"] as? String == "allow the GPU's whole memory, 79.1 GiB")
    }
}

/// The shipped files of this checkout.
enum ProfileFiles {
    static func text(_ path: String) -> String? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        return try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
