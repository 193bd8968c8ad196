/// torchtune's builders of models.
enum TorchtuneModels {
    /// Our name of the model that a builder such as `torchtune.models.llama3_1.llama3_1_8b` makes; nil where none is shipped.
    static func shipped(_ component: String) -> String? {
        var name = component.split(separator: ".").last.map(String.init) ?? component
        for ending in ["_instruct", "_base"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
        return names[name]
    }

    /// Llama 3 and 3.3 have the shape of 3.1.
    private static let names: [String: String] = [
        "llama2_7b": "llama-2-7b", "llama2_13b": "llama-2-13b", "llama2_70b": "llama-2-70b", "llama3_8b": "llama-3.1-8b",
        "llama3_70b": "llama-3.1-70b", "llama3_1_8b": "llama-3.1-8b", "llama3_1_70b": "llama-3.1-70b", "llama3_1_405b": "llama-3.1-405b",
        "llama3_2_1b": "llama-3.2-1b", "llama3_3_70b": "llama-3.1-70b", "llama4_scout_17b_16e": "llama-4-scout",
        "gemma2_27b": "gemma-2-27b", "qwen3_0_6b": "qwen3-0.6b", "qwen3_8b": "qwen3-8b", "qwen3_32b": "qwen3-32b",
    ]
}
