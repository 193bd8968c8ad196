/// Names of models on Hugging Face's hub.
enum HubModels {
    /// Our name of the model that a path such as `meta-llama/Llama-3.1-8B-Instruct` means; nil where none is shipped.
    static func shipped(_ path: String) -> String? {
        var name = (path.split(separator: "/").last.map(String.init) ?? path).lowercased().replacing("_", with: "-")
        if name.hasPrefix("meta-") { name.removeFirst("meta-".count) }
        while let ending = endings.first(where: name.hasSuffix) { name.removeLast(ending.count) }
        return aliases[name] ?? (names.contains(name) ? name : nil)
    }

    /// What says how a model was trained or is stored, and nothing of its shape.
    private static let endings = [
        "-instruct", "-chat", "-hf", "-base", "-it", "-pt", "-bnb-4bit", "-unsloth", "-gptq", "-awq", "-int4", "-thinking", "-dpo", "-sft",
        "-fp8",
        "-bf16", "-2507", "-2501", "-0324", "-v0.1",
    ]

    /// Names as the hub has them that we ship by the same name.
    private static let names: Set = [
        "deepseek-v2", "deepseek-v2-lite", "deepseek-v3", "deepseek-v3.2", "falcon-180b", "gemma-2-27b", "gemma-3-12b", "gemma-3-27b",
        "glm-4.5", "glm-4.5-air", "glm-5", "gpt-oss-120b", "gpt-oss-20b", "grok-1", "kimi-k2", "llama-2-13b", "llama-2-70b", "llama-2-7b",
        "llama-3.1-405b", "llama-3.1-70b", "llama-3.1-8b", "llama-3.2-1b", "minimax-m2", "mistral-7b", "mixtral-8x22b", "mixtral-8x7b",
        "moonlight-16b-a3b", "nemotron-4-340b", "olmo-2-32b", "olmo-2-7b", "olmo-3-32b", "olmo-3-7b", "phi-4", "qwen2.5-32b",
        "qwen2.5-72b", "qwen2.5-7b", "qwen3-0.6b", "qwen3-235b-a22b", "qwen3-30b-a3b", "qwen3-32b", "qwen3-8b", "qwen3-coder-480b-a35b",
        "qwen3-next-80b-a3b", "qwen3.5-122b-a10b", "qwen3.5-27b", "qwen3.5-35b-a3b", "qwen3.5-397b-a17b", "smollm3-3b",
    ]

    /// Other names; Llama 3 and 3.3 have the shape of 3.1, Qwen2 that of 2.5.
    private static let aliases = [
        "llama-3-8b": "llama-3.1-8b", "llama-3-70b": "llama-3.1-70b", "llama-3.3-70b": "llama-3.1-70b",
        "deepseek-r1": "deepseek-v3", "deepseek-r1-distill-llama-8b": "llama-3.1-8b", "deepseek-r1-distill-llama-70b": "llama-3.1-70b",
        "qwen2-7b": "qwen2.5-7b", "qwen2-72b": "qwen2.5-72b", "qwen2.5-coder-7b": "qwen2.5-7b", "qwen2.5-coder-32b": "qwen2.5-32b",
        "bloom": "bloom-176b", "gpt2": "gpt-2",
        "llama-4-scout-17b-16e": "llama-4-scout", "llama-4-maverick-17b-128e": "llama-4-maverick",
        "olmo-2-1124-7b": "olmo-2-7b", "olmo-2-0325-32b": "olmo-2-32b", "mistral-small-24b": "mistral-small-24b",
        "olmoe-1b-7b-0924": "olmoe-1b-7b", "nemotron-h-8b-8k": "nemotron-h-8b", "nemotron-h-56b-8k": "nemotron-h-56b",
    ]
}
