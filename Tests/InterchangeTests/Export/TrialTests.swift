import Foundation
import Hardware
import Interchange
import Parallelism
import Testing
import Workload

/// The batch script that tries several plans, run by bash with a pretended Slurm and a pretended trainer.
@Suite final class TrialTests {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "trial \(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Three plans of two names: tensor parallelism of 1, 2 and 4 on 32 GPUs.
    private func trial(
        _ target: ExportTarget, nodeNames: [String] = ExportFixtures.names, change: (inout LaunchConfiguration) -> Void = { _ in }
    ) throws -> LaunchFiles {
        let plans = try [1, 2, 4].enumerated().map { index, tensor in
            var plan = try ExportFixtures.sharded(nodeNames: nodeNames)
            plan.strategy = ParallelStrategy(
                tensor: tensor, data: 32 / tensor, shardGroup: 32 / tensor, microBatch: 1, microBatches: 4 * tensor,
                sequenceParallel: tensor > 1, sharding: .zero1)
            change(&plan)
            return TrialFiles.Plan(rank: index + 1, launch: plan, stepTime: 2)
        }
        return try TrialFiles(plans, target: target, steps: 8, document: "{}").files()
    }

    private func write(_ text: String, _ name: String) throws {
        let file = directory.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    /// Runs the trial with a pretended `srun` that starts one process, `PYTHON` being `trainer`.
    private func run(_ files: LaunchFiles, trainer: String, arguments: [String] = []) throws -> (status: Int32, output: String) {
        for file in files.files { try write(file.text, file.name) }
        try write("#!/bin/bash\nwhile [[ $1 == --* ]]; do shift; done\nSLURM_PROCID=0 SLURM_LOCALID=0 exec \"$@\"\n", "bin/srun")
        try write("#!/bin/bash\nprintf '%s\\n' host1 host2 host3 host4\n", "bin/scontrol")
        try write("#!/bin/bash\n\(trainer)\n", "bin/trainer")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["trial.sbatch"] + arguments
        process.currentDirectoryURL = directory
        process.environment = [
            "PATH": "\(directory.path)/bin:/usr/bin:/bin", "PYTHON": "trainer", "MEGATRON_LM": "/none", "SLURM_JOB_ID": "7",
            "SLURM_JOB_NODELIST": "host[1-4]",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test(arguments: [ExportTarget.megatronLM, .torchTitan, .torchTitan03])
    func `the files of a trial`(target: ExportTarget) throws {
        let files = try trial(target).files
        #expect(files.count == 2 + 3 * 4)
        #expect(Set(files.map(\.name)).count == files.count)
        let script = try #require(files.first { $0.name == "trial.sbatch" })
        try GoldenFile.expect(script.text, in: "trial/\(target.rawValue).sbatch")
    }

    @Test func `a plan that fails does not keep the others from running`() throws {
        let steps = (1...8).map { step in
            " [2026-01-01 00:00:00.000000] iteration \(step)/ 8 | consumed samples: 1 | elapsed time per iteration (ms): "
                + "\(step < 3 ? 9000 : 1000 + step).0 | loss scale: 1.0 |"
        }
        let trainer = """
            case "$*" in
            *"--tensor-model-parallel-size 2"*) echo "torch.OutOfMemoryError: CUDA out of memory. Tried"; exit 1 ;;
            *"--tensor-model-parallel-size 4"*) echo broken; exit 3 ;;
            esac
            echo "$RANK of $WORLD_SIZE at $MASTER_ADDR: $*"
            cat <<'LOG'
            \(steps.joined(separator: "\n"))
            LOG
            """
        let run = try run(trial(.megatronLM), trainer: trainer)
        #expect(run.status == 2, "\(run.output)")
        let summary = run.output.split(separator: "\n").suffix(4)
        #expect(summary.first == "1 of 3 plans ran:")
        // Steps 3 to 8 remain of 8: the median of 1003 to 1008 ms.
        #expect(summary.contains { $0.hasPrefix("plan 1: 1.006 s a step (median), 8 steps: tp 1, ") && $0.hasSuffix("(plan-1.7.log)") })
        #expect(summary.contains { $0.hasPrefix("plan 2: FAILED: out of memory after 0 steps: tp 2, ") })
        #expect(summary.contains { $0.hasPrefix("plan 3: FAILED: status 3 after 0 steps: tp 4, ") })
        let log = try String(contentsOf: directory.appending(path: "plan-1.7.log"), encoding: .utf8)
        #expect(log.hasPrefix("0 of 32 at alpha: /none/pretrain_gpt.py "))
        #expect(log.contains("--mock-data") && log.contains("--train-iters 8"))
    }

    @Test func `arguments go to every plan, and a plan that takes too long is named`() throws {
        try write("#!/bin/bash\nshift 2\n\"$@\"\nexit 124\n", "bin/timeout")
        let run = try run(trial(.megatronLM, nodeNames: []), trainer: "printf '%s|' \"$@\"", arguments: ["--data-path", "a b"])
        #expect(run.status == 3)
        #expect(run.output.contains("plan 2: FAILED: not done after 11 minutes, 0 steps"))
        let log = try String(contentsOf: directory.appending(path: "plan-2.7.log"), encoding: .utf8)
        #expect(log.hasSuffix("|--data-path|a b|--train-iters|8|--log-interval|1|--log-throughput|"), "\(log.suffix(120))")
        let hosts = try String(contentsOf: directory.appending(path: "plan-2/slurm.hosts.7"), encoding: .utf8)
        #expect(hosts.split(separator: "\n").count == 32 && hosts.hasPrefix("host1\n"))
    }

    @Test func `TorchTitan's tokens per second become seconds`() throws {
        let trainer = "for s in 1 2 3 4; do echo \"[titan] step:  $s  loss: 1.0  memory: 40.22GiB(50.61%)  tps: 4,096  tflops: 1.0\"; done"
        let run = try run(trial(.torchTitan), trainer: trainer)
        #expect(run.status == 0, "\(run.output)")
        // 128 sequences of 8192 tokens on 32 GPUs at 4096 tokens a second and GPU.
        #expect(run.output.contains("plan 3: 8.000 s a step (median), 4 steps"))
    }

    @Test(arguments: [ExportTarget.megatronLM, .torchTitan])
    func `hostile names reach no shell`(target: ExportTarget) throws {
        let name = "x$(touch owned)`touch owned`'\"; touch owned #\n touch owned"
        let files = try trial(target, nodeNames: ["a;touch", "b$(id)", "c&d", "e*"]) {
            $0.model.name = name
            $0.cluster.name = name
        }
        let run = try run(files, trainer: "echo \"$MASTER_ADDR\"")
        #expect(run.status == 3)
        #expect(!run.output.contains("command not found"), "\(run.output)")
        #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "owned").path))
        #expect(try String(contentsOf: directory.appending(path: "plan-1.7.log"), encoding: .utf8) == "a;touch\n")
    }

    @Test(
        arguments: ExportTarget.allCases.filter {
            ![.megatronLM, .megatronCore019, .megatronCore015, .torchTitan, .torchTitan03].contains($0)
        })
    func `other targets are refused with the reason`(target: ExportTarget) {
        #expect { try self.trial(target) } throws: { "\($0)".contains("cannot be tried with \(target.rawValue): ") }
    }
}
