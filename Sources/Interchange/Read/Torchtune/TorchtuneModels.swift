/// A model that torchtune builds.
struct TorchtuneModel: Hashable, Sendable {
    /// Our name of it.
    let name: String
    /// The module of `torchtune.models` that has its builders.
    let family: String
    /// The builder of the whole model; those of adapters begin with `lora_` and `qlora_`.
    let builder: String
    /// Layers, by which a user's own model of the same name is told apart.
    let layers: Int
    /// The component that makes its tokenizer.
    let tokenizer: String
    /// Files of the tokenizer: keys of that component, and their names beside the weights.
    let tokenizerFiles: [String: String]
    /// What the checkpointer calls its weights.
    let weights: String
    /// Whether its builders know DoRA.
    var hasDecomposed = true

    /// The builder's component.
    func component(_ prefix: String = "") -> String { "torchtune.models.\(family).\(prefix)\(builder)" }
}

/// torchtune's builders of models.
enum TorchtuneModels {
    /// Our name of the model that a builder such as `torchtune.models.llama3_1.lora_llama3_1_8b` makes; nil where none is shipped.
    static func shipped(_ component: String) -> String? {
        var name = component.split(separator: ".").last.map(String.init) ?? component
        for start in ["qlora_", "lora_"] where name.hasPrefix(start) { name.removeFirst(start.count) }
        for ending in ["_instruct", "_base"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
        return names[name]
    }

    /// The model that torchtune 0.6 builds of our name; nil where it has no code for it.
    static func named(_ name: String, layers: Int) -> TorchtuneModel? { models.first { $0.name == name && $0.layers == layers } }

    /// The models that are written, by our names.
    static let written = models.map(\.name)

    /// Llama 3 and 3.3 have the shape of 3.1.
    private static let names: [String: String] = [
        "llama2_7b": "llama-2-7b", "llama2_13b": "llama-2-13b", "llama2_70b": "llama-2-70b", "llama3_8b": "llama-3.1-8b",
        "llama3_70b": "llama-3.1-70b", "llama3_1_8b": "llama-3.1-8b", "llama3_1_70b": "llama-3.1-70b", "llama3_1_405b": "llama-3.1-405b",
        "llama3_2_1b": "llama-3.2-1b", "llama3_3_70b": "llama-3.1-70b", "llama4_scout_17b_16e": "llama-4-scout",
        "gemma2_27b": "gemma-2-27b", "mistral_7b": "mistral-7b", "phi4_14b": "phi-4", "qwen2_5_7b": "qwen2.5-7b",
        "qwen2_5_32b": "qwen2.5-32b", "qwen2_5_72b": "qwen2.5-72b", "qwen3_0_6b": "qwen3-0.6b", "qwen3_8b": "qwen3-8b",
        "qwen3_32b": "qwen3-32b",
    ]

    private static let models: [TorchtuneModel] = [
        llama2("llama-2-7b", "llama2_7b", 32), llama2("llama-2-13b", "llama2_13b", 40), llama2("llama-2-70b", "llama2_70b", 80),
        llama3("llama-3.1-8b", "llama3_1", "llama3_1_8b", 32), llama3("llama-3.1-70b", "llama3_1", "llama3_1_70b", 80),
        llama3("llama-3.1-405b", "llama3_1", "llama3_1_405b", 126, hasDecomposed: false),
        llama3("llama-3.2-1b", "llama3_2", "llama3_2_1b", 16),
        TorchtuneModel(
            name: "gemma-2-27b", family: "gemma2", builder: "gemma2_27b", layers: 46, tokenizer: "torchtune.models.gemma.gemma_tokenizer",
            tokenizerFiles: ["path": "tokenizer.model"], weights: "GEMMA2"),
        TorchtuneModel(
            name: "mistral-7b", family: "mistral", builder: "mistral_7b", layers: 32,
            tokenizer: "torchtune.models.mistral.mistral_tokenizer", tokenizerFiles: ["path": "tokenizer.model"], weights: "MISTRAL"),
        TorchtuneModel(
            name: "phi-4", family: "phi4", builder: "phi4_14b", layers: 40, tokenizer: "torchtune.models.phi4.phi4_tokenizer",
            tokenizerFiles: ["vocab_path": "vocab.json", "merges_path": "merges.txt"], weights: "PHI4"),
        qwen("qwen2.5-7b", "qwen2_5_7b_instruct", 28), qwen("qwen2.5-32b", "qwen2_5_32b_instruct", 64),
        qwen("qwen2.5-72b", "qwen2_5_72b_instruct", 80),
    ]

    private static func llama2(_ name: String, _ builder: String, _ layers: Int) -> TorchtuneModel {
        TorchtuneModel(
            name: name, family: "llama2", builder: builder, layers: layers, tokenizer: "torchtune.models.llama2.llama2_tokenizer",
            tokenizerFiles: ["path": "tokenizer.model"], weights: "LLAMA2")
    }

    private static func llama3(_ name: String, _ family: String, _ builder: String, _ layers: Int, hasDecomposed: Bool = true)
        -> TorchtuneModel
    {
        TorchtuneModel(
            name: name, family: family, builder: builder, layers: layers, tokenizer: "torchtune.models.llama3.llama3_tokenizer",
            tokenizerFiles: ["path": "original/tokenizer.model"], weights: family == "llama3_2" ? "LLAMA3_2" : "LLAMA3",
            hasDecomposed: hasDecomposed)
    }

    private static func qwen(_ name: String, _ builder: String, _ layers: Int) -> TorchtuneModel {
        TorchtuneModel(
            name: name, family: "qwen2_5", builder: builder, layers: layers, tokenizer: "torchtune.models.qwen2_5.qwen2_5_tokenizer",
            tokenizerFiles: ["path": "vocab.json", "merges_file": "merges.txt"], weights: "QWEN2")
    }
}
