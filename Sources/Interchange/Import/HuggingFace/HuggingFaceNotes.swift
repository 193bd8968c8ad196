public import Workload

/// What an import did not use.
enum HuggingFaceNotes {
    /// Whether a key may say something about the shape of a model, rather than of its training, its tokens or its code.
    static func isStructural(_ key: String) -> Bool {
        if silent.contains(key) || key.hasPrefix("_") { return false }
        return !pieces.contains { key.contains($0) }
    }

    private static let pieces = [
        "token", "dropout", "pdrop", "_eps", "epsilon", "initializer", "init_", "_init", "dtype", "version", "output_", "auto_map",
        "quantization",
        "label", "loss", "aux_", "scoring", "routed_scaling", "softcap", "logit", "clip_qkv", "multiplier", "_act", "activation", "rope_",
        "rotary",
        "norm_topk", "topk_group", "n_group", "topk_method", "seq_aux", "time_step_", "kernels", "scale", "scaling",
    ]
    private static let silent: Set = [
        "architectures", "model_type", "use_cache", "pretraining_tp", "return_dict", "is_encoder_decoder", "is_decoder", "torch_dtype",
        "id2label",
        "chunk_size_feed_forward", "task_specific_params", "problem_type", "residual_in_fp32", "attn_implementation", "ep_size", "use_mup",
        "mamba_ssm_cache_dtype", "num_logits_to_keep", "original_max_position_embeddings", "query_pre_attn_scalar", "partial_rotary_factor",
    ]
}

/// A model that was imported, with what the import left out or did not look at.
public struct HuggingFaceImport: Sendable {
    /// The file's key, or what was left out, with where it stands.
    public struct Note: Hashable, Sendable {
        /// The key.
        public let key: String
        /// What became of it, such as `left out: not a part of the text model`.
        public let what: String
        /// Where it stands in the file, `file:line:column`.
        public let place: String
    }

    /// The model.
    public let model: TransformerModel
    /// What was left out, in the order of the file.
    public let notes: [Note]
}
