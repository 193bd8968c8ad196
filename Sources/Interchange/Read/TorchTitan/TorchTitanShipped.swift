import Documents

/// Configurations that TorchTitan 0.3.0 ships (`torchtitan/models/*/config_registry.py`), as far as a plan can say them.
///
/// Main of August 2026 has the same, its batches in tokens.
struct TorchTitanShipped {
    /// The model's name and flavour.
    let model: (name: String, flavour: String)
    /// Sequences of a rank, and tokens of each.
    let batch: (sequences: Int, length: Int)
    /// `none`, `selective` or `full`.
    let recompute: String
    /// Settings that differ from the framework's defaults, by their keys.
    let others: [String: String]

    /// The configuration of a function in the registry of a module; nil where it is not known.
    static func configuration(_ module: String, _ function: String) -> TorchTitanShipped? {
        let name = module.split(separator: ".").last { $0 != "config_registry" }.map(String.init) ?? module
        return all["\(name) \(function)"]
    }

    /// The functions of a module that are known, sorted.
    static func functions(of module: String) -> [String] {
        all.keys.compactMap { key in
            let sides = key.split(separator: " ")
            return sides[0] == module ? String(sides[1]) : nil
        }.sorted()
    }

    /// Modules with known functions, sorted.
    static var modules: [String] { Set(all.keys.compactMap { $0.split(separator: " ").first.map(String.init) }).sorted() }

    /// The module whose function has a name; nil where none or several have.
    static func module(with function: String) -> String? {
        let found = all.keys.filter { $0.hasSuffix(" \(function)") }
        return found.count == 1 ? found[0].split(separator: " ").first.map(String.init) : nil
    }

    /// Its settings by their keys; batches in tokens, as main has them, or in sequences.
    func settings(inTokens: Bool) -> [(key: String, value: String)] {
        var settings = [("model.name", model.name), ("model.flavor", model.flavour)]
        settings += Self.batch(batch.sequences, batch.length, inTokens: inTokens)
        settings += [("activation_checkpoint.mode", recompute)]
        if recompute == "selective" { settings.append(("activation_checkpoint.selective_ac_option", "op")) }
        return settings + others.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A batch of a rank as 0.3 states it, or in tokens.
    static func batch(_ sequences: Int, _ length: Int, inTokens: Bool) -> [(key: String, value: String)] {
        inTokens
            ? [
                ("training.num_tokens_per_microbatch_per_dp_rank", String(sequences * length)),
                ("training.max_context_length", String(length)),
            ] : [("training.local_batch_size", String(sequences)), ("training.seq_len", String(length))]
    }

    private init(
        _ name: String, _ flavour: String, _ sequences: Int, _ length: Int, _ recompute: String, _ others: [String: String] = [:]
    ) {
        model = (name, flavour)
        batch = (sequences, length)
        self.recompute = recompute
        self.others = others
    }

    private static func degrees(_ sizes: [String: Int], schedule: String? = nil, _ others: [String: String] = [:]) -> [String: String] {
        var settings = others
        for (key, size) in sizes { settings["parallelism.\(key)_parallel_degree"] = String(size) }
        settings["parallelism.pipeline_parallel_schedule"] = schedule
        return settings
    }

    private static let float8 = ["model.converters": "float8"]
    private static let lossCompiled = ["compile.enable": "true", "compile.components": "loss"]

    private static let all: [String: TorchTitanShipped] = [
        "llama3 llama3_debugmodel": .init("llama3", "debugmodel", 8, 2048, "selective", degrees([:], schedule: "Interleaved1F1B")),
        "llama3 llama3_8b": .init("llama3", "8B", 1, 8192, "selective"),
        "llama3 llama3_8b_mxfp8": .init(
            "llama3", "8B", 1, 8192, "selective", ["model.converters": "mx", "compile.enable": "true", "compile.components": "model"]),
        "llama3 llama3_70b": .init("llama3", "70B", 8, 8192, "full", degrees(["tensor": 8])),
        "llama3 llama3_405b": .init(
            "llama3", "405B", 2, 8192, "full",
            degrees(
                ["tensor": 8],
                ["model.converters": "float8", "compile.enable": "true", "compile.enable_async_tensor_parallel": "true"])),
        "qwen3 qwen3_0_6b": .init("qwen3", "0.6B", 4, 4096, "selective"),
        "qwen3 qwen3_1_7b": .init("qwen3", "1.7B", 4, 4096, "selective"),
        "qwen3 qwen3_14b": .init("qwen3", "14B", 4, 4096, "full"),
        "qwen3 qwen3_30b_a3b": .init("qwen3", "30B-A3B", 2, 4096, "full"),
        "qwen3 qwen3_32b": .init("qwen3", "32B", 2, 4096, "full"),
        "qwen3_5 qwen35_0_8b": .init("qwen3_5", "0.8B", 4, 4096, "selective"),
        "qwen3_5 qwen35_2b": .init("qwen3_5", "2B", 4, 4096, "selective"),
        "qwen3_5 qwen35_4b": .init("qwen3_5", "4B", 4, 4096, "full"),
        "qwen3_5 qwen35_9b": .init("qwen3_5", "9B", 4, 4096, "full", degrees(["tensor": 2])),
        "qwen3_5 qwen35_27b": .init("qwen3_5", "27B", 4, 4096, "full", degrees(["tensor": 4])),
        "qwen3_5 qwen35_35b_a3b": .init("qwen3_5", "35B-A3B", 4, 4096, "full", degrees(["tensor": 2, "expert": 8])),
        "qwen3_5 qwen35_122b_a10b": .init("qwen3_5", "122B-A10B", 4, 4096, "full", degrees(["tensor": 4, "expert": 8])),
        "qwen3_5 qwen35_397b_a17b": .init("qwen3_5", "397B-A17B", 4, 4096, "full", degrees(["tensor": 8, "expert": 16])),
        "deepseek_v3 deepseek_v3_16b": .init(
            "deepseek_v3", "16B", 4, 4096, "selective", degrees(["expert": 8], schedule: "Interleaved1F1B", lossCompiled)),
        "deepseek_v3 deepseek_v3_671b": .init(
            "deepseek_v3", "671B", 4, 4096, "selective", degrees(["expert": 2], schedule: "Interleaved1F1B", lossCompiled)),
        "deepseek_v3 deepseek_v3_671b_float8": .init(
            "deepseek_v3", "671B", 4, 4096, "selective",
            degrees(["expert": 2], schedule: "Interleaved1F1B", lossCompiled.merging(float8) { own, _ in own })),
        "gpt_oss gpt_oss_20b": .init("gpt_oss", "20b", 1, 8192, "full"),
        "gpt_oss gpt_oss_120b": .init("gpt_oss", "120b", 1, 8192, "full"),
        "kimi_k2_7 moonlight_16b_a3b": .init("kimi_k2_7", "moonlight-16B-A3B", 4, 4096, "full", degrees(["expert": 8])),
    ]
}
