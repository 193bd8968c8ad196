import Documents
import Foundation

/// A file that says everything about a job, so that a command line stays short: keys are the options of `plan` about job and method, what may move
/// beside the GPU, and where it runs.
///
/// ```yaml
/// model: llama-3.1-70b
/// method: qlora
/// global-batch-size: 64
/// seq-len: 4K
/// lora: {rank: 32, targets: [q_proj, v_proj]}
/// offload: [optimizer, parameters]
/// cluster: dgx-h100
/// gpus: 8
/// ```
/// All of it may stand under a `job` key.
/// What the command line says too, the command line decides.
enum JobFile {
    /// The options that a key of the file stands for.
    static let keys = [
        "model", "global-batch-size", "seq-len", "precision", "optimizer", "grad-dtype", "tokens", "expert-imbalance", "routing",
        "routing-treatment",
        "expert-map", "lengths", "packing", "length-draws", "method",
        "base-format", "freeze", "teacher",
    ]
    /// Options of what may move beside the GPU and of where the job runs, for which a key stands too.
    static let placeKeys = [
        "offload", "offload-percent", "offload-stride", "offload-layers", "offload-modules", "stack", "cluster", "gpu", "nodes", "gpus",
    ]
    /// Options of which one says what the other would, so that the command line's stands for both.
    private static let alternatives = ["--cluster": "--gpu", "--gpu": "--cluster", "--nodes": "--gpus", "--gpus": "--nodes"]
    /// Keys under `lora`, beside `dora`, which takes true or false.
    static let adapterKeys = ["rank", "alpha", "targets", "dropout"]

    /// Arguments in which `--job FILE` has become the options that the file states and the arguments do not, but for those that a command has
    /// no use for, which is said.
    static func expanded(_ arguments: [String], leavingOut useless: [String: String] = [:]) throws -> [String] {
        guard let path = path(arguments) else { return arguments }
        let given = Set(arguments.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) })
        do throws(DocumentError) {
            let stated = try read(path).filter { option in
                !given.contains(option[0]) && !(Self.alternatives[option[0]].map(given.contains) ?? false)
            }
            for option in stated {
                guard let why = useless[option[0]] else { continue }
                ErrorReporting.warn("--job: \(option[0].dropFirst(2)) \(option[1]) is left out: \(why)")
            }
            return arguments + stated.filter { useless[$0[0]] == nil }.flatMap { $0 }
        } catch {
            throw CommandFailure(.badInput, "\(error)")
        }
    }

    /// The file that arguments name, before the words that end options.
    private static func path(_ arguments: [String]) -> String? {
        for (place, argument) in arguments.enumerated() {
            if argument == "--" { return nil }
            if argument.hasPrefix("--job=") { return String(argument.dropFirst(6)) }
            if argument == "--job", place + 1 < arguments.count { return arguments[place + 1] }
        }
        return nil
    }

    /// The options of a file, each with its value.
    private static func read(_ path: String) throws(DocumentError) -> [[String]] {
        try job(YAMLDocument.read(path: path)).object(as: "a job") { reader throws(DocumentError) in
            var options: [[String]] = []
            for key in keys + placeKeys {
                // Files of the tool write keys with underscores, options have hyphens; both mean the same.
                let written = reader.has(key) ? key : key.replacing("-", with: "_")
                if let value = try reader.optional(written, .node) { options.append(["--\(key)", try text(value)]) }
            }
            let adapters = try reader.optionalObject("lora", as: "adapters") { reader throws(DocumentError) in
                var options: [[String]] = []
                for key in adapterKeys {
                    if let value = try reader.optional(key, .node) { options.append(["--lora-\(key)", try text(value)]) }
                }
                if try reader.optional("dora", .bool) == true { options.append(["--dora"]) }
                return options
            }
            return options + (adapters ?? [])
        }
    }

    /// What stands under `job`, where that is all that a file states.
    private static func job(_ node: YAMLNode) -> YAMLNode {
        guard case .mapping(let fields, _) = node, fields.count == 1, let only = fields.first, only.key.text == "job" else { return node }
        return only.value
    }

    /// A scalar, or a list of them joined by commas.
    private static func text(_ node: YAMLNode) throws(DocumentError) -> String {
        switch node {
        case .scalar(let scalar): return scalar.text
        case .sequence(let items, _):
            var words: [String] = []
            for item in items { words.append(try text(item)) }
            return words.joined(separator: ",")
        case .mapping: throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a value or a list of values"))
        }
    }
}
