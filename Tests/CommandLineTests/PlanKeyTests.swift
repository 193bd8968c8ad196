import ArgumentParser
import Documents
import Foundation
import Hardware
import Parallelism
import PlanStore
import Testing
import Workload

@testable import meshwright

/// The key under which an answer is remembered: whatever can change the answer must change the key.
@Suite struct PlanKeyTests {
    private static let library: ProfileLibrary = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        return ProfileLibrary(root: root.path(percentEncoded: false))
    }()

    private static let question = ["--model", "llama-3.2-1b", "--cluster", "dgx-h100", "--gpus", "16"]

    private func key(_ arguments: [String]) throws -> String {
        let command = try PlanCommand.parse(arguments)
        let question = try PlanQuestion(command.options, library: Self.library)
        return try question.key(explain: command.explain, comparison: command.compare, seed: command.search.seed)
    }

    /// Options that decide only how, where or how fast an answer is made or shown.
    private static let neutral: Set = [
        "threads", "format", "width", "colour", "no-colour", "map", "map-svg", "sweep-seq", "html", "cache", "no-cache", "help", "h", "job",
    ]

    /// Values of an option that mean different questions, and what they need beside them.
    private static let values: [String: [[String]]] = [
        "model": [["--model", "gpt-2"]],
        "global-batch-size": [["--global-batch-size", "64"], ["--global-batch-size", "128"]],
        "seq-len": [["--seq-len", "2048"], ["--seq-len", "4096"]],
        "precision": [["--precision", "fp16"], ["--precision", "fp8"]],
        "optimizer": [["--optimizer", "sgd"], ["--optimizer", "muon"], ["--optimizer", "lion"]],
        "grad-dtype": [["--grad-dtype", "bf16"]],
        "method": [["--method", "full"], ["--method", "lora"], ["--method", "qlora"]],
        "lora-rank": [["--method", "lora", "--lora-rank", "8"], ["--method", "lora", "--lora-rank", "32"]],
        "lora-alpha": [["--method", "lora", "--lora-alpha", "8"]],
        "lora-targets": [["--method", "lora", "--lora-targets", "attention"], ["--method", "lora", "--lora-targets", "q_proj"]],
        "lora-dropout": [["--method", "lora", "--lora-dropout", "0.1"]],
        "dora": [["--method", "lora", "--dora"]],
        "base-format": [["--method", "qlora", "--base-format", "int8"], ["--method", "qlora", "--base-format", "int4"]],
        "freeze": [["--method", "frozen", "--freeze", "embedding"], ["--method", "frozen", "--freeze", "layers:0-3"]],
        "tokens": [["--tokens", "1T"], ["--tokens", "2T"]],
        "expert-imbalance": [["--expert-imbalance", "1.5"], ["--expert-imbalance", "2"]],
        "routing": ["balanced", "zipf:1.1", "zipf:0.5"].map { ["--model", "gpt-oss-20b", "--routing", $0] },
        "routing-treatment": ["drop:1.25", "pad:1.25", "aux-free", "forced"].map {
            ["--model", "gpt-oss-20b", "--routing", "zipf:1.1", "--routing-treatment", $0]
        },
        "expert-map": [["--model", "gpt-oss-20b", "--routing", "zipf:1.1", "--expert-map", "load"]],
        "dispatcher": ["all-to-all", "hierarchical", "deep-ep", "hybrid-ep", "all-gather"].map {
            ["--model", "gpt-oss-20b", "--dispatcher", $0]
        },
        "dispatch-format": [["--model", "gpt-oss-20b", "--dispatch-format", "fp8"]],
        "route-nodes": ["2", "4"].map { ["--model", "gpt-oss-20b", "--route-nodes", $0] },
        "teacher": [
            ["--method", "distil", "--teacher", "llama-3.1-8b"], ["--method", "distil", "--teacher", "llama-3.1-70b"],
        ],
        "tp-overlap": [["--tp-overlap", "none"], ["--tp-overlap", "user-buffers"]],
        "ep-overlap": ["shared-experts", "batches"].map { ["--model", "deepseek-v2-lite", "--ep-overlap", $0] },
        "cluster": [["--cluster", "dgx-a100"]],
        "gpu": [["--gpu", "h100-80gb-sxm"], ["--gpu", "a100-40gb-sxm"]],
        "nodes": [["--nodes", "3"], ["--nodes", "5"]],
        "gpus": [["--gpus", "32"], ["--gpus", "64"]],
        "stack": [["--stack", "torchtitan"], ["--stack", "any"]],
        "release": [["--release", "24.07"], ["--release", "0.14"], ["--release", "2026-06"]],
        "objective": [["--objective", "cost"], ["--objective", "memory"]],
        "target-tokens-per-second": [
            ["--objective", "gpus", "--target-tokens-per-second", "100K"], ["--objective", "gpus", "--target-tokens-per-second", "200K"],
        ],
        "checkpoint": [["--tokens", "1T", "--checkpoint", "synchronous"], ["--tokens", "1T", "--checkpoint", "in-memory"]],
        "checkpoint-interval": [
            ["--tokens", "1T", "--checkpoint-interval", "30min"], ["--tokens", "1T", "--checkpoint-interval", "1h"],
        ],
        "spare-nodes": [["--tokens", "1T", "--spare-nodes", "0"], ["--tokens", "1T", "--spare-nodes", "1"]],
        "gpu-hour-price": [["--gpu-hour-price", "2"], ["--gpu-hour-price", "3"]],
        "max-memory": [["--max-memory", "60GiB"], ["--max-memory", "70GiB"]],
        "tp": [["--tp", "1"], ["--tp", "2"], ["--tp", "1...2"]],
        "pp": [["--pp", "1"], ["--pp", "2"]],
        "vpp": [["--vpp", "1"], ["--vpp", "2"]],
        "cp": [["--cp", "1"], ["--cp", "2"]],
        "ep": [["--ep", "1"], ["--ep", "2"]],
        "etp": [["--etp", "1"], ["--etp", "2"]],
        "dp": [["--dp", "1"], ["--dp", "2"]],
        "micro-batch-size": [["--micro-batch-size", "1"], ["--micro-batch-size", "2"]],
        "recompute": [["--recompute", "none"], ["--recompute", "full"], ["--recompute", "selective"]],
        "recompute-layers": [["--recompute-layers", "1"], ["--recompute-layers", "2"]],
        "recompute-modules": RecomputeModules.named.map { ["--recompute-modules", $0.name] },
        "schedule": [["--schedule", "1f1b"], ["--schedule", "interleaved"]],
        "optimizer-sharding": [["--optimizer-sharding", "none"], ["--optimizer-sharding", "zero1"]],
        "shard-group": [["--shard-group", "1"], ["--shard-group", "2"]],
        "group-size": [["--group-size", "2"], ["--group-size", "4"]],
        "sequence-parallel": [["--sequence-parallel", "on"], ["--sequence-parallel", "off"]],
        "cp-kind": [["--cp-kind", "ring"], ["--cp-kind", "ulysses"]],
        "lengths": [["--lengths", "github"], ["--lengths", "uniform"]],
        "packing": [["--lengths", "github", "--packing", "none"], ["--lengths", "github", "--packing", "pack"]],
        "length-draws": [["--lengths", "github", "--length-draws", "2"], ["--lengths", "github", "--length-draws", "3"]],
        "cp-inner": [["--cp-inner", "2"], ["--cp-inner", "4"]],
        "layout": [["--layout", "even"], ["--layout", "embedding-aware"], ["--layout", "8,8"]],
        "offload": ["never", "all", "optimizer", "activations"].map { ["--offload", $0] },
        "offload-percent": [["--offload-percent", "50"], ["--offload-percent", "100"]],
        "offload-stride": [["--offload-stride", "2"], ["--offload-stride", "3"]],
        "offload-layers": [["--offload-layers", "2"], ["--offload-layers", "3"]],
        "offload-modules": [["--offload-modules", "core_attn"], ["--offload-modules", "attn_norm"]],
        "placement": [["--placement", "none"], ["--placement", "anneal"]],
        "placement-file": [["--placement", "given", "--placement-file", "a"], ["--placement", "given", "--placement-file", "b"]],
        "top": [["--top", "2"], ["--top", "3"]],
        "variants": [["--variants"]],
        "seed": [["--seed", "1"], ["--seed", "2"]],
        "explain": [["--explain", "2"], ["--explain", "3"]],
        "compare": [["--compare", "tp=2"], ["--compare", "tp=4"], ["--compare", "tp=2,recompute-modules=mlp"]],
    ]

    /// The names of every option of `plan`, from its own description.
    private static let options: Set<String> = {
        let description = try? JSONSerialization.jsonObject(with: Data(PlanCommand._dumpHelp().utf8)) as? [String: Any]
        let arguments = (description?["command"] as? [String: Any])?["arguments"] as? [[String: Any]] ?? []
        return Set(arguments.flatMap { ($0["names"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String } })
    }()

    @Test func everyOptionIsEitherAQuestionOrNeutral() {
        #expect(Self.options.count > 40)
        #expect(Self.options == Set(Self.values.keys).union(Self.neutral))
    }

    @Test func `a job file states every option of job and method`() {
        let options = CommandOptions(of: JobOptions.self).names.union(CommandOptions(of: MethodOptions.self).names)
        let stated = JobFile.keys.map { "--\($0)" } + JobFile.adapterKeys.map { "--lora-\($0)" } + ["--dora", "--job", "--help", "-h"]
        #expect(options == Set(stated))
        #expect(Set(JobFile.placeKeys).isSubset(of: Self.values.keys))
    }

    @Test func everyOptionThatAsksChangesTheKey() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-key-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, order) in [("a", [0, 1]), ("b", [1, 0])] {
            let nodes = order.map { node in "{\"rank\": \(node), \"node\": \"n\(node)\", \"gpu\": 0}" }.joined(separator: ", ")
            try "{\"schema\": \"meshwright.placement/1\", \"ranks\": [\(nodes)]}".write(
                to: directory.appending(path: name), atomically: true, encoding: .utf8)
        }
        var keys = [try key(Self.question): "nothing"]
        for (option, choices) in Self.values.sorted(by: { $0.key < $1.key }) where option != "placement-file" {
            for choice in choices {
                // `--nodes` and `--gpus` exclude each other, `--gpu` and `--cluster` too; every other option goes on top of the question.
                let replaced: Set = ["nodes": ["--gpus"], "gpu": ["--cluster"]][option] ?? [choice[0]]
                let kept = stride(from: 0, to: Self.question.count, by: 2).filter { !replaced.contains(Self.question[$0]) }
                let arguments = kept.flatMap { Array(Self.question[$0...$0 + 1]) } + choice
                let words = choice.joined(separator: " ")
                let other = keys.updateValue(words, forKey: try key(arguments))
                #expect(other == nil, "\(words) is remembered as \(other ?? "")")
            }
        }
    }

    @Test func whatOnlyShowsTheAnswerKeepsTheKey() throws {
        let plain = try key(Self.question)
        for more in [["--threads", "1"], ["--format", "json"], ["--width", "80"], ["--no-colour"], ["--map"], ["--cache", "elsewhere"]] {
            #expect(try key(Self.question + more) == plain, "\(more)")
        }
    }

    /// Shipped files of each kind.
    private static let files = [
        "Models/deepseek-v3.yaml", "Models/gpt-oss-20b.yaml", "Models/gpt-2.yaml", "ClusterProfiles/dgx-h100.yaml",
        "ClusterProfiles/GPUs/h100-80gb-sxm.yaml", "ClusterProfiles/Stacks/megatron-core.yaml", "ClusterProfiles/Stacks/torchtitan.yaml",
    ]

    /// The key of what is read from a text of a file.
    private func key(of text: String, file: String) throws -> String {
        let value: Any
        if file.hasPrefix("Models") {
            value = try ModelDocument.parse(text: text, file: file)
        } else if file.contains("GPUs") {
            let place = FileManager.default.temporaryDirectory.appending(path: "meshwright-gpu-\(UUID()).yaml")
            defer { try? FileManager.default.removeItem(at: place) }
            try text.write(to: place, atomically: true, encoding: .utf8)
            value = try GPU.read(path: place.path, library: Self.library)
        } else if file.contains("Stacks") {
            value = try SoftwareStack.parse(text: text, file: file)
        } else {
            value = try ClusterProfile.parse(text: text, file: file, library: Self.library)
        }
        var key = CanonicalKey()
        try key.append("value", reflecting: value)
        return key.hexadecimal
    }

    /// Values that are for people alone and do not reach an answer by themselves.
    private static let notes: Set = ["source", "unverified", "note", "notes", "origin"]

    @Test func everyFieldOfEveryFileChangesTheKey() throws {
        for name in Self.files {
            let text = try String(contentsOfFile: "\(try #require(Self.library.root))/\(name)", encoding: .utf8)
            let plain = try key(of: text, file: name)
            var changed = 0
            let lines = text.components(separatedBy: "\n")
            for (index, line) in lines.enumerated() {
                guard let field = line.firstMatch(of: /^ *(?:- )?([A-Za-z0-9_-]+): *(?:\{value: *)?([0-9]+)/),
                    !Self.notes.contains(String(field.1))
                else {
                    continue
                }
                var mutated = lines
                let value = (Int(field.2) ?? 0) + 1
                mutated[index] = line.replacingCharacters(in: field.2.startIndex..<field.2.endIndex, with: "\(value)")
                // A change that the file's own rules refuse is no question.
                guard let other = try? key(of: mutated.joined(separator: "\n"), file: name) else { continue }
                changed += 1
                #expect(other != plain, "\(name):\(index + 1): \(line) and \(mutated[index]) are remembered as one")
            }
            #expect(changed >= 3, "\(name): only \(changed) fields could be changed")
        }
    }
}
