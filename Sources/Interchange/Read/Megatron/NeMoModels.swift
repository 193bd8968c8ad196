/// NeMo 2's classes of model configurations.
enum NeMoModels {
    /// Our name of the model that a class such as `nemo.collections.llm.gpt.model.llama.Llama31Config8B` describes; nil where none is shipped.
    static func shipped(_ target: String) -> String? { names[target.split(separator: ".").last.map(String.init) ?? target] }

    /// Llama 3 has the shape of 3.1.
    private static let names: [String: String] = [
        "Llama2Config7B": "llama-2-7b", "Llama2Config13B": "llama-2-13b", "Llama2Config70B": "llama-2-70b",
        "Llama3Config8B": "llama-3.1-8b", "Llama3Config70B": "llama-3.1-70b", "Llama31Config8B": "llama-3.1-8b",
        "Llama31Config70B": "llama-3.1-70b", "Llama31Config405B": "llama-3.1-405b", "Llama32Config1B": "llama-3.2-1b",
        "MixtralConfig8x7B": "mixtral-8x7b", "MixtralConfig8x22B": "mixtral-8x22b", "DeepSeekV2Config": "deepseek-v2",
        "DeepSeekV3Config": "deepseek-v3", "Gemma2Config27B": "gemma-2-27b", "Qwen3Config600M": "qwen3-0.6b",
        "Qwen3Config8B": "qwen3-8b", "Qwen3Config32B": "qwen3-32b", "Qwen3Config30B_A3B": "qwen3-30b-a3b",
        "Qwen3Config235B_A22B": "qwen3-235b-a22b",
    ]
}
