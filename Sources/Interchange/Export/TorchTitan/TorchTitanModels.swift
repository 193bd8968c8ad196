/// TorchTitan's names of models.
enum TorchTitanModels {
    /// The model and flavour of v0.2.2 that has a shape, by our name of it.
    static func flavour(_ name: String) -> (model: String, flavour: String)? { flavours[name] }

    /// The module and configuration function of 0.3 that has a shape, by our name of it.
    static func function(_ name: String) -> (module: String, function: String)? { functions[name] }

    /// Our name of the model that a flavour has.
    static func shipped(model: String, flavour: String) -> String? {
        for names in [flavours, laterFlavours] {
            if let name = names.filter({ $0.value == (model, flavour) }).map(\.key).min() { return name }
        }
        return nil
    }

    /// Whether the layers of a model are those of Qwen3.5 of its name, which 0.3 trains with its vision encoder and nothing else does.
    static func isMultimodal(_ name: String) -> Bool { laterFlavours[name]?.0 == "qwen3_5" }

    /// Whether a model, by our name of it, is a mixture of experts.
    static func hasExperts(_ name: String) -> Bool { mixtures.contains(name) }

    /// Layers of a model, by our name of it.
    static func layers(_ name: String) -> Int? { layers[name] }

    private static let layers: [String: Int] = [
        "llama-3.1-8b": 32, "llama-3.1-70b": 80, "llama-3.1-405b": 126, "qwen3-0.6b": 28, "qwen3-8b": 36, "qwen3-32b": 64,
        "qwen3-30b-a3b": 48, "qwen3-235b-a22b": 94, "deepseek-v2": 60, "deepseek-v3": 61, "gpt-oss-20b": 24, "gpt-oss-120b": 36,
        "llama-4-scout": 48, "qwen3.5-27b": 64, "qwen3.5-35b-a3b": 40, "qwen3.5-122b-a10b": 48, "qwen3.5-397b-a17b": 60,
        "moonlight-16b-a3b": 27,
    ]

    /// The models that v0.2.2 names.
    static var names: [String] { flavours.keys.sorted() }
    /// The models layer by layer of several kinds that 0.3 has code for.
    static var multimodal: [String] { laterFlavours.filter { $0.value.0 == "qwen3_5" }.keys.sorted() }

    private static let mixtures: Set<String> = [
        "qwen3-30b-a3b", "qwen3-235b-a22b", "deepseek-v2", "deepseek-v3", "gpt-oss-20b", "gpt-oss-120b", "llama-4-scout",
        "qwen3.5-35b-a3b", "qwen3.5-122b-a10b", "qwen3.5-397b-a17b", "moonlight-16b-a3b",
    ]

    private static let flavours: [String: (String, String)] = [
        "llama-3.1-8b": ("llama3", "8B"), "llama-3.1-70b": ("llama3", "70B"), "llama-3.1-405b": ("llama3", "405B"),
        "qwen3-0.6b": ("qwen3", "0.6B"), "qwen3-8b": ("qwen3", "8B"), "qwen3-32b": ("qwen3", "32B"), "qwen3-30b-a3b": ("qwen3", "30B-A3B"),
        "qwen3-235b-a22b": ("qwen3", "235B-A22B"), "deepseek-v2": ("deepseek_v3", "236B"), "deepseek-v3": ("deepseek_v3", "671B"),
        "gpt-oss-20b": ("gpt_oss", "20b"), "gpt-oss-120b": ("gpt_oss", "120b"), "llama-4-scout": ("llama4", "17bx16e_irope"),
    ]

    /// Flavours that 0.3 has and v0.2.2 has not.
    private static let laterFlavours: [String: (String, String)] = [
        "qwen3.5-27b": ("qwen3_5", "27B"), "qwen3.5-35b-a3b": ("qwen3_5", "35B-A3B"), "qwen3.5-122b-a10b": ("qwen3_5", "122B-A10B"),
        "qwen3.5-397b-a17b": ("qwen3_5", "397B-A17B"), "moonlight-16b-a3b": ("kimi_k2_7", "moonlight-16B-A3B"),
    ]

    private static let functions: [String: (String, String)] = [
        "llama-3.1-8b": ("llama3", "llama3_8b"), "llama-3.1-70b": ("llama3", "llama3_70b"), "llama-3.1-405b": ("llama3", "llama3_405b"),
        "qwen3-0.6b": ("qwen3", "qwen3_0_6b"), "qwen3-32b": ("qwen3", "qwen3_32b"), "qwen3-30b-a3b": ("qwen3", "qwen3_30b_a3b"),
        "deepseek-v3": ("deepseek_v3", "deepseek_v3_671b"), "gpt-oss-20b": ("gpt_oss", "gpt_oss_20b"),
        "gpt-oss-120b": ("gpt_oss", "gpt_oss_120b"), "moonlight-16b-a3b": ("kimi_k2_7", "moonlight_16b_a3b"),
        "qwen3.5-27b": ("qwen3_5", "qwen35_27b"), "qwen3.5-35b-a3b": ("qwen3_5", "qwen35_35b_a3b"),
        "qwen3.5-122b-a10b": ("qwen3_5", "qwen35_122b_a10b"), "qwen3.5-397b-a17b": ("qwen3_5", "qwen35_397b_a17b"),
    ]
}
