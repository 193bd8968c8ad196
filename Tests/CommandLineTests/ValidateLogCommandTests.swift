import Foundation
import Testing

/// `meshwright validate --log` as a user runs it: from a trial's plan, from another configuration, and on files that are no logs.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
final class ValidateLogCommandTests {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-tests-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func path(_ name: String) -> String { directory.appending(path: name).path }

    @discardableResult
    private func write(_ text: String, _ name: String) throws -> String {
        try Data(text.utf8).write(to: directory.appending(path: name))
        return path(name)
    }

    /// Twenty steps of 12 s after a slow first one, and their memory.
    private let steps = (1...20).map { step in
        " [2026-11-02 10:00:00.000000] iteration \(step)/ 20 | consumed samples: 1 | elapsed time per iteration (ms): "
            + "\(step == 1 ? 30_000 : 12_000).0 | loss scale: 1.0 |\n"
            + "[Rank 0] (after \(step) iterations) memory (MB) | allocated: 1.0 | max allocated: 40960.0 | reserved: 1.0 | max reserved: 51200.0\n"
    }.joined()

    /// A folder with a trial of two plans.
    private func trial(_ target: String = "megatron-lm") throws {
        let run = try BuiltTool.run([
            "export", "--model", "llama-3.2-1b", "--cluster", "dgx-h100", "--gpus", "8", "--tp", "1,2", "--pp", "1", "--cp", "1",
            "--micro-batch-size", "1", "--trial", "2", "--target", target, "--output", path("trial"),
        ])
        try #require(run.status == 0, "\(run.errors)")
    }

    @Test func `a trial's log finds its plan, and its row goes into a table`() throws {
        try trial()
        let log = try write(steps, "trial/plan-2.4711.log")
        let run = try BuiltTool.run(["validate", "--log", "megatron:\(log)", "--append", path("my.csv")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors == "meshwright: \(path("my.csv")): 1 row added\n")
        for line in [
            "  configuration from plan 2 of \(path("trial/trial.plan.json"))\n",
            "  median of 19 iterations (2–20), 12 to 12 s, 1 warm-up left out\n", "\nmemory, reserved", "50.0 GiB",
            "of the prediction). Any one of these alone would explain it:\n", "\nmatrix products",
        ] { #expect(run.output.contains(line), "\(line) in\n\(run.output)") }
        let table = try BuiltTool.run(["validate", path("my.csv"), "--rows"])
        #expect(table.status == 0 && table.output.contains("own-plan-2.4711  llama-3.2-1b"), "\(table.output)\(table.errors)")
        let fit = try BuiltTool.run(["calibrate", "runs", path("my.csv"), "--stack", "megatron-core"])
        #expect(fit.status == 0 && fit.output.contains("1 runs fitted"), "\(fit.output)\(fit.errors)")
        let again = try BuiltTool.run(["validate", "--log", "megatron:\(log)", "--append", path("my.csv")])
        #expect(again.status == 65)
        #expect(again.errors.contains("my.csv:2:1: the table has the run 'own-plan-2.4711' already"))
    }

    @Test func `JSON has the prediction, the measurement and what explains the gap`() throws {
        try trial()
        let log = try write(steps, "trial/plan-1.1.log")
        let run = try BuiltTool.run(["validate", "--log", "megatron:\(log)", "--warm-up", "1", "--format", "json"])
        let answer = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(answer["schema"] as? String == "meshwright.logs/1")
        let first = try #require((answer["logs"] as? [[String: Any]])?.first)
        #expect(first["measured_step_time_s"] as? Double == 12)
        #expect((first["steps"] as? [String: Int]) == ["counted": 19, "warm_up": 1])
        #expect(first["measured_memory_gib"] as? Double == 50 && first["memory_kind"] as? String == "reserved")
        #expect((first["causes"] as? [[String: Any]])?.isEmpty == false)
    }

    @Test func `running out of memory is a result`() throws {
        try trial()
        let log = try write("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n", "trial/plan-1.1.log")
        let run = try BuiltTool.run(["validate", "--log", "megatron:\(log)", "--append", path("my.csv")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("The run ran out of memory. Predicted: "))
        let row = try String(contentsOfFile: path("my.csv"), encoding: .utf8)
        #expect(row.contains(",,,,,1,") || row.contains(",1,llama-3.2-1b,dgx-h100,megatron-core,"))
    }

    @Test func `TorchTitan's rates become step times`() throws {
        try trial("torchtitan")
        let lines = (1...8).map {
            "[titan] 2026 - root - INFO - step: \($0)  loss: 9.1  grad_norm: 1.0  memory: 40.00GiB(50.00%)  tps: 8,192  tflops: 1\n"
        }
        let log = try write(lines.joined(), "trial/plan-1.1.log")
        let run = try BuiltTool.run(["validate", "--log", "torchtitan:\(log)", "--format", "json"])
        let first = try #require(
            ((JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])?["logs"] as? [[String: Any]])?.first,
            "\(run.errors)")
        let rate = try #require(first["measured_tokens_per_s_per_gpu"] as? Double)
        #expect(abs(rate - 8192) < 1e-6)
        #expect(first["stack"] as? String == "torchtitan")
    }

    @Test func `a log beside a user's own configuration`() throws {
        let script = try write(
            """
            --tensor-model-parallel-size 2 --sequence-parallel --micro-batch-size 1 --global-batch-size 64 --seq-length 4096 --bf16
            --num-layers 16 --hidden-size 2048 --num-attention-heads 32 --swiglu --disable-bias-linear --normalization RMSNorm
            --position-embedding-type rope --vocab-size 32000 --use-distributed-optimizer
            """, "pretrain.sh")
        let log = try write(steps, "run.log")
        let arguments = ["validate", "--log", "megatron:\(log)"]
        let run = try BuiltTool.run(arguments + ["--from", "megatron:\(script)", "--cluster", "dgx-h100", "--gpus", "8"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("tp 2, pp 1, dp "))
        let bare = try BuiltTool.run(arguments)
        #expect(bare.status == 65)
        #expect(bare.errors.contains("run.log: the log does not say how the run was configured; name its plan with --plan"))
    }

    @Test func `a log of the warm-up alone measures nothing`() throws {
        try trial()
        let log = try write(steps.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n", "trial/plan-1.1.log")
        let run = try BuiltTool.run(["validate", "--log", "megatron:\(log)", "--append", path("my.csv")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("  1 step, which is warm-up\n  the log has only warm-up steps"), "\(run.output)")
        #expect(!run.output.contains("alone would explain") && run.output.contains(/\nstep time .* 30\.?0* s *\n/), "\(run.output)")
        #expect(run.errors.contains("no row is added for \(log), which has only warm-up steps"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: path("my.csv")))
    }

    @Test func `a plan that did not run is refused`() throws {
        try trial()
        let arguments = """
            ------------------------ arguments ------------------------
              global_batch_size ............................... 64
              tensor_model_parallel_size ...................... 4
            -------------------- end of arguments ---------------------

            """
        let log = try write(arguments + steps, "trial/plan-1.1.log")
        let run = try BuiltTool.run(["validate", "--log", "megatron:\(log)"])
        #expect(run.status == 65)
        #expect(run.errors.contains("the run had tp 4, and plan 1 of "), "\(run.errors)")
    }

    @Test func `wrong usage`() throws {
        let log = try write(steps, "run.log")
        for arguments in [
            [], ["my.csv", "--log", "megatron:\(log)"], ["--log", "megatron:\(log)", "--rows"], ["my.csv", "--append", "x.csv"],
            ["--log", "megatron:\(log)", "--from", "megatron:x.sh"], ["--log", "megatron:\(log)", "--rank", "2"],
            ["--log", "megatron:\(log)", "--append", "x.yaml"],
        ] { #expect(try BuiltTool.run(["validate"] + arguments).status == 64, "\(arguments)") }
        let empty = try write("", "empty.log")
        let run = try BuiltTool.run(["validate", "--log", "megatron:\(empty)", "--cluster", "dgx-h100"])
        #expect(run.status == 65 && run.errors == "meshwright: \(empty):1:1: the log is empty; name one that training wrote\n")
        #expect(try BuiltTool.run(["validate", "--log", "megatron:\(path("none.log"))"]).status == 65)
        let other = try BuiltTool.run(["validate", "--log", "torchtitan:\(log)"])
        #expect(other.errors.contains("run.log:1:1: this is a step of megatron, not of torchtitan; write megatron:"))
    }
}
