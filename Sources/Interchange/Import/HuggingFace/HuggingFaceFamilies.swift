import Documents

/// Every family, by the `model_type` of a file.
enum HuggingFaceFamilies {
    /// All of them, in the order of their kinship.
    static let all: [HuggingFaceFamily] =
        HuggingFaceFamily.dense + HuggingFaceFamily.classic + HuggingFaceFamily.mixtures + HuggingFaceFamily.latent
        + HuggingFaceFamily.windowed + HuggingFaceFamily.hybrids + HuggingFaceFamily.recurrent + HuggingFaceFamily.wrapped
        + HuggingFaceFamily.denseElsewhere + HuggingFaceFamily.mixturesElsewhere + HuggingFaceFamily.latentElsewhere
        + HuggingFaceFamily.hybridsElsewhere + HuggingFaceFamily.recurrentElsewhere + HuggingFaceFamily.searched

    private static let byType = Dictionary(all.map { ($0.type, $0) }) { first, _ in first }

    /// Types that are read as a family of another name: older releases, text parts, models whose files hold their text part's keys themselves.
    static let aliases: [String: String] = [
        "code_llama": "llama", "yi": "llama", "deepseek": "deepseek_moe", "gpt-sw3": "gpt2", "megatron-gpt2": "gpt2",
        "RefinedWeb": "falcon",
        "RefinedWebModel": "falcon", "mimo_v2_flash": "mimo_v2", "bailing_moe_v2": "bailing_moe", "nemotron_nas": "nemotron-nas",
        "MiniMaxM1": "minimax_m1",
        "minimax_text_01": "minimax_m1", "qwen3_moe_text": "qwen3_moe", "hunyuan": "hunyuan_v1_moe", "grok": "grok-1",
        "step3p5_text": "step3p5", "step3_vl": "step3_text", "bailing_moe_linear_v2": "bailing_moe_linear",
        "bailing_moe_v2_5": "bailing_hybrid",
        "mistral3": "mistral", "phi4mm": "phi3", "kimi_vl": "deepseek_v3", "glm46v_text": "glm4v_text", "gemma3": "gemma3_text",
        "gemma3n": "gemma3n_text",
        "gemma4": "gemma4_text", "gemma4_unified": "gemma4_unified_text", "llama4": "llama4_text", "qwen3_5": "qwen3_5_text",
        "qwen3_5_moe": "qwen3_5_moe_text", "qwen2_vl": "qwen2_vl_text", "qwen2_5_vl": "qwen2_5_vl_text", "qwen3_vl": "qwen3_vl_text",
        "qwen3_vl_moe": "qwen3_vl_moe_text", "glm4v": "glm4v_text", "glm4v_moe": "glm4v_moe_text", "mllama": "mllama_text_model",
        "emu3": "emu3_text_model", "aria": "aria_text", "fuyu": "persimmon",
    ]

    /// Classes of `architectures` whose files have the type of another model.
    static let classes: [String: String] = ["Grok1ForCausalLM": "grok-1", "Grok1ModelForCausalLM": "grok-1"]

    /// Types that are no decoder of text alone, with what they are instead.
    static let others: [String: String] = {
        let encoders = [
            "bert", "bert-generation", "big_bird", "camembert", "data2vec-text", "electra", "ernie", "megatron-bert", "rembert", "roberta",
            "roberta-prelayernorm", "roc_bert", "roformer", "xlm", "xlm-roberta", "xlm-roberta-xl", "xmod", "modernbert", "deberta-v2",
        ]
        let pairs = [
            "bart", "bigbird_pegasus", "blenderbot", "blenderbot-small", "marian", "mbart", "mvp", "pegasus", "plbart", "prophetnet", "t5",
            "umt5",
            "t5gemma", "t5gemma2", "florence2", "udop", "pix2struct",
        ]
        var others: [String: String] = [:]
        for type in encoders { others[type] = "an encoder that sees tokens on both sides" }
        for type in pairs { others[type] = "an encoder with a decoder" }
        others["whisper"] = "an encoder of sound with a decoder"
        for type in ["trocr", "git", "blip", "kosmos-2", "kosmos-2.5", "vision-encoder-decoder"] {
            others[type] = "a reader of pictures with a small decoder"
        }
        for type in ["musicgen", "musicgen_melody"] { others[type] = "a decoder of sound" }
        others["evolla"] = "a reader of proteins, whose layers attend to them too"
        others["idefics"] = "a reader of pictures, whose layers attend to them too"
        others["kyutai_speech_to_text"] = "a reader of sound with embeddings of its codes"
        for type in ["ernie4_5_vl_moe", "ernie4_5_vl_moe_text"] { others[type] = "a mixture with experts of pictures beside those of text" }
        others["blt"] = "a model of bytes that three smaller models group"
        others["xlnet"] = "a model that predicts tokens in permuted order"
        others["reformer"] = "a model with hashed attention and reversible layers"
        others["cpmant"] = "a model with prompts and segments of their own embeddings"
        others["gemma4_assistant"] = "a draft of another model"
        others["gemma4_unified_assistant"] = "a draft of another model"
        return others
    }()

    /// The family of a type: its own, the one it is read as, or the one that its text part has.
    static func family(_ type: String) -> HuggingFaceFamily? {
        let bare = type.hasSuffix("_text") ? String(type.dropLast(5)) : type
        for name in [type, aliases[type], bare, aliases[bare]] {
            if let name, let family = byType[name] { return family }
        }
        return nil
    }

    /// The `model_type` values that can be read, and those that are read as another's.
    static var names: [String] { all.map(\.type) + aliases.keys.sorted() }

    /// Why a type cannot be read, and which family its keys are nearest to.
    static func problem(with type: String, keys: [String]) -> (what: String, remedy: String) {
        if let other = others[type] {
            return ("the model family '\(type)' is \(other), not a decoder of text", "expected a decoder, such as llama or qwen3_moe")
        }
        let structural = Set(keys.filter(HuggingFaceNotes.isStructural))
        // The fewest keys that its class does not know, then the fewest that the file does not state.
        func distance(_ family: HuggingFaceFamily) -> (Int, Int) {
            let known = HuggingFaceDefaults.keys(of: family.type)
            return (structural.subtracting(known).count, known.subtracting(structural).count)
        }
        // Families whose code is elsewhere have no class whose keys could be compared.
        let compared = all.filter { !HuggingFaceDefaults.keys(of: $0.type).isEmpty }
        let named = NearestName.best(for: type, among: compared.map(\.type)) ?? NearestName.best(for: type, among: names)
        let nearest = named.flatMap(family) ?? compared.min { distance($0) < distance($1) }
        guard let nearest else { return ("the model family '\(type)' is not known", "read it as a known one with --as") }
        guard compared.contains(where: { $0.type == nearest.type }) else {
            return (
                "the model family '\(type)' is not known",
                "nearest by its name is '\(nearest.type)'; --as \(nearest.type) reads it so and names what it does not use"
            )
        }
        let unknown = structural.subtracting(HuggingFaceDefaults.keys(of: nearest.type)).sorted()
        let parts = unknown.isEmpty ? "all of its keys" : "all of its keys but \(unknown.prefix(12).joined(separator: ", "))"
        return (
            "the model family '\(type)' is not known",
            "nearest is '\(nearest.type)', which has \(parts); --as \(nearest.type) reads it so and names what it does not use"
        )
    }
}
