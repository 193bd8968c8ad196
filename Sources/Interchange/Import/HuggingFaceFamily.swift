import Workload

/// The `model_type` of a Hugging Face configuration that this tool can read, with what its code says and its file does not.
///
/// Defaults are those of the configuration classes in the transformers library, release 4.57; a file may leave such fields out.
enum HuggingFaceFamily: String, CaseIterable, Sendable {
    case gpt2
    case llama
    case mistral
    case mixtral
    case qwen2
    case qwen2MoE = "qwen2_moe"
    case qwen3
    case qwen3MoE = "qwen3_moe"
    case deepseekV2 = "deepseek_v2"
    case deepseekV3 = "deepseek_v3"
    case gptOSS = "gpt_oss"
    case llama4
    case gemma2
    case olmo2
    case phi3

    /// Types of remote code and of older releases that are read as a family of another name.
    static let aliases: [String: HuggingFaceFamily] = [
        "kimi_k2": .deepseekV3, "deepseek_ref": .deepseekV3, "gpt_bigcode": .gpt2,
    ]

    /// Whether the head shares the embedding when `tie_word_embeddings` is missing.
    var tiesEmbeddings: Bool { self == .gpt2 || self == .gemma2 }

    /// Key/value heads when `num_key_value_heads` is missing; nil where that means multi-head attention.
    var keyValueHeads: Int? {
        switch self {
        case .mistral, .mixtral, .gptOSS, .llama4: 8
        case .qwen2, .qwen3: 32
        case .qwen2MoE: 16
        case .qwen3MoE, .gemma2: 4
        default: nil
        }
    }

    /// Head width when `head_dim` is missing; nil where that means hidden ÷ heads.
    var headDimension: Int? {
        switch self {
        case .qwen3: 128
        case .gemma2: 256
        case .gptOSS: 64
        default: nil
        }
    }

    /// Which projections of the attention block carry biases.
    var attentionBias: AttentionBias {
        switch self {
        case .gpt2: .always
        case .qwen2, .qwen2MoE: .inputOnly
        case .gptOSS: .flagged(default: true)
        case .llama, .qwen3, .qwen3MoE, .llama4, .gemma2, .olmo2, .deepseekV2, .deepseekV3: .flagged(default: false)
        case .mistral, .mixtral, .phi3: .never
        }
    }

    /// Rules for biases of attention projections.
    enum AttentionBias {
        case never
        case always
        /// Query, key and value have biases, the output does not.
        case inputOnly
        /// All have or none, as `attention_bias` says.
        case flagged(default: Bool)
    }

    /// Normalisation of queries and keys; Llama 4 normalises without weights.
    var queryKeyNorm: QueryKeyNorm {
        switch self {
        case .qwen3, .qwen3MoE: .perHead
        case .olmo2: .full
        default: .none
        }
    }

    /// Whether the family uses latent attention.
    var isLatent: Bool { self == .deepseekV2 || self == .deepseekV3 }

    /// Whether layers of the family may be mixtures of experts.
    var isMixture: Bool {
        switch self {
        case .mixtral, .qwen2MoE, .qwen3MoE, .deepseekV2, .deepseekV3, .gptOSS, .llama4: true
        default: false
        }
    }

    /// Key of the width of one routed expert.
    var expertWidthKey: String {
        switch self {
        case .mixtral, .gptOSS, .llama4: "intermediate_size"
        default: "moe_intermediate_size"
        }
    }

    /// Key of the width of dense layers; nil where the family has none.
    var denseWidthKey: String? {
        switch self {
        case .mixtral, .gptOSS: nil
        case .llama4: "intermediate_size_mlp"
        case .gpt2: "n_inner"
        default: "intermediate_size"
        }
    }
}
