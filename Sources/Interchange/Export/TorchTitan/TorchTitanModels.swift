/// TorchTitan's names of models.
enum TorchTitanModels {
    /// The model and flavour of v0.2.2 that has a shape, by our name of it.
    static func flavour(_ name: String) -> (model: String, flavour: String)? { flavours[name] }

    /// The module and configuration function of 0.3 that has a shape, by our name of it.
    static func function(_ name: String) -> (module: String, function: String)? { functions[name] }

    /// Our name of the model that a flavour of v0.2.2 has.
    static func shipped(model: String, flavour: String) -> String? {
        flavours.filter { $0.value == (model, flavour) }.map(\.key).min()
    }

    /// Whether a model, by our name of it, is a mixture of experts.
    static func hasExperts(_ name: String) -> Bool { mixtures.contains(name) }

    /// Layers of a model, by our name of it.
    static func layers(_ name: String) -> Int? { layers[name] }

    private static let layers: [String: Int] = [
        "llama-3.1-8b": 32, "llama-3.1-70b": 80, "llama-3.1-405b": 126, "qwen3-0.6b": 28, "qwen3-8b": 36, "qwen3-32b": 64,
        "qwen3-30b-a3b": 48, "qwen3-235b-a22b": 94, "deepseek-v2": 60, "deepseek-v3": 61, "gpt-oss-20b": 24, "gpt-oss-120b": 36,
        "llama-4-scout": 48,
    ]

    /// The models that it names.
    static var names: [String] { flavours.keys.sorted() }

    private static let mixtures: Set<String> = [
        "qwen3-30b-a3b", "qwen3-235b-a22b", "deepseek-v2", "deepseek-v3", "gpt-oss-20b", "gpt-oss-120b", "llama-4-scout",
    ]

    private static let flavours: [String: (String, String)] = [
        "llama-3.1-8b": ("llama3", "8B"), "llama-3.1-70b": ("llama3", "70B"), "llama-3.1-405b": ("llama3", "405B"),
        "qwen3-0.6b": ("qwen3", "0.6B"), "qwen3-8b": ("qwen3", "8B"), "qwen3-32b": ("qwen3", "32B"), "qwen3-30b-a3b": ("qwen3", "30B-A3B"),
        "qwen3-235b-a22b": ("qwen3", "235B-A22B"), "deepseek-v2": ("deepseek_v3", "236B"), "deepseek-v3": ("deepseek_v3", "671B"),
        "gpt-oss-20b": ("gpt_oss", "20b"), "gpt-oss-120b": ("gpt_oss", "120b"), "llama-4-scout": ("llama4", "17bx16e_irope"),
    ]

    private static let functions: [String: (String, String)] = [
        "llama-3.1-8b": ("llama3", "llama3_8b"), "llama-3.1-70b": ("llama3", "llama3_70b"), "llama-3.1-405b": ("llama3", "llama3_405b"),
        "qwen3-0.6b": ("qwen3", "qwen3_0_6b"), "qwen3-32b": ("qwen3", "qwen3_32b"), "qwen3-30b-a3b": ("qwen3", "qwen3_30b_a3b"),
        "deepseek-v3": ("deepseek_v3", "deepseek_v3_671b"), "gpt-oss-20b": ("gpt_oss", "gpt_oss_20b"),
        "gpt-oss-120b": ("gpt_oss", "gpt_oss_120b"),
    ]
}
