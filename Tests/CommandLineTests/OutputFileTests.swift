import Foundation
import Testing

@testable import meshwright

/// What files a command may replace.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
final class OutputFileTests {
    let directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-output-\(UUID())")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func file(_ name: String, _ text: String) throws -> String {
        let path = directory.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private static let config = """
        {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 64, "num_attention_heads": 4, "intermediate_size": 128,
         "vocab_size": 100, "max_position_embeddings": 32}
        """

    @Test func anImportReplacesNoFileUnlessForced() throws {
        let config = try file("config.json", Self.config)
        let taken = try file("mine.yaml", "mine\n")
        let refused = try BuiltTool.run(["model", "import", config, "--output", taken])
        #expect(refused.status == 65)
        #expect(refused.errors == "meshwright: \(taken) exists; name another file with --output, or replace it with --force\n")
        #expect(try text(taken) == "mine\n")
        #expect(try BuiltTool.run(["model", "import", config, "--output", taken, "--force"]).status == 0)
        #expect(try text(taken).contains("layers: 2"))
    }

    @Test func nothingReplacesWhatTheRunReads() throws {
        let config = try file("config.json", Self.config)
        let link = directory.appending(path: "link.json").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: config)
        let model = directory.appending(path: "model.yaml").path
        #expect(try BuiltTool.run(["model", "import", config, "--output", model]).status == 0)
        let times = try file("times.csv", "forward,backward_input,backward_weight\n1,1,1\n1,1,1\n")
        let abstract = ["simulate", "--schedule", "1f1b", "--pp", "2", "--micro-batches", "4"]
        let plan = ["plan", "--model", model, "--cluster", "dgx-h100", "--nodes", "1", "--no-cache"]
        let runs: [(arguments: [String], input: String)] = [
            (["model", "import", config, "--output", config, "--force"], config),
            (["model", "import", config, "--output", link, "--force"], link),
            (abstract + ["--stage-times", times, "--svg", times], times),
            (["simulate", "--model", model, "--cluster", "dgx-h100", "--html", model], model),
            (plan + ["--map-svg", model], model),
            (plan + ["--compare", "from:megatron:\(config)", "--map-svg", config], config),
            (["validate", times, "--plot", times], times),
            (["validate", "--log", "megatron:\(times)", "--append", times], times),
            (["calibrate", "gemm", times, "--gpu", "h100-80gb-sxm", "--output", times, "--force"], times),
            (["calibrate", "runs", times, "--stack", "fsdp", "--output", times, "--force"], times),
            (["calibrate", "training", times, "--output", times, "--force"], times),
            (
                ["cluster", "import", "--from", "nccl-tests:\(times)", "--gpu", "h100-80gb-sxm", "--name", "x", "-o", times, "--force"],
                times
            ),
        ]
        for (arguments, input) in runs {
            let before = try text(input)
            let run = try BuiltTool.run(arguments)
            #expect(run.status == 65)
            #expect(run.errors.hasSuffix(" \(input): is read by this run; name another file\n"), "\(run.errors)")
            #expect(try text(input) == before)
        }
    }

    @Test func picturesAreDrawnAnewButNotOverEachOther() throws {
        let picture = try file("a.svg", "old")
        let simulate = ["simulate", "--schedule", "1f1b", "--pp", "2", "--micro-batches", "4", "--svg", picture]
        #expect(try BuiltTool.run(simulate).status == 0)
        #expect(try text(picture) != "old")
        let twice = try BuiltTool.run(simulate + ["--trace", picture])
        #expect(twice.status == 64)
        #expect(twice.errors == "meshwright: --svg and --trace name the same file; name another for one of them\n")
        // A device is no file that anything is lost in.
        #expect(try BuiltTool.run(["model", "import", file("c.json", Self.config), "--output", "/dev/null"]).status == 0)
    }
}
