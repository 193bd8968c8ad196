public import Workload

/// What an import did not use.
enum HuggingFaceNotes {
    /// Whether a key may say something about the shape of a model, rather than of its training, its tokens or its code.
    static func isStructural(_ key: String) -> Bool {
        if silent.contains(key) || key.hasPrefix("_") { return false }
        return !pieces.contains { key.contains($0) }
    }

    /// Whether a key's value says what the code of a family does anyway; any other value is named.
    static func isUsual(_ key: String, in type: String, _ fields: HuggingFaceFields) -> Bool {
        usual[type]?[key].map { fields.holds([$0], at: key) } ?? false
    }

    private static let usual: [String: [String: String]] = [
        "apertus": ["qk_norm": "true"], "chatglm": ["rmsnorm": "true", "post_layer_norm": "true"],
        "cohere2": ["use_parallel_block": "true", "use_embedding_sharing": "true"],
        "falcon_h1": ["mlp_expansion_factor": "8", "mamba_use_mlp": "true"], "hunyuan_v1_dense": ["use_qk_norm": "true"],
        "hunyuan_v1_moe": ["use_qk_norm": "true", "norm_type": "rms"], "jamba": ["mamba_inner_layernorms": "true"],
        "kimi_linear": ["mla_use_nope": "true"], "lfm2": ["block_use_swiglu": "true"],
        "longcat_flash": ["zero_expert_type": "identity", "attention_method": "MLA"], "mamba2": ["norm_before_gate": "false"],
        "minimax_m2": ["use_qk_norm": "true", "qk_norm_type": "per_layer"], "step3p5": ["use_moe": "true", "moe_every_n_layer": "1"],
    ]

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
        // Precision, kernels and caches.
        "attention_softmax_in_fp32", "need_fp32_gate", "chunkwise_kernel", "fuse_norm", "fuse_cross_entropy", "fused_add_norm",
        "weight_mode",
        "use_mambapy", "cache_implementation", "attn_mode", "for_llm_compressor", "use_parallel_embedding", "pad_vocab_size_multiple",
        // How experts are chosen, without parameters of their own.
        "moe_renormalize", "norm_softmax", "norm_expert_weight", "use_grouped_topk", "num_expert_group", "router_jitter_noise",
        "input_jitter_noise", "moe_capacity", "moe_gate", "score_function", "moe_router_enable_expert_bias", "use_routing_bias",
        "use_moe_router_bias",
        // Positions, limits of values, residual weights.
        "use_long_context", "original_rope", "yarn_only_types", "offset_alibi", "initial_context_length", "model_max_length", "use_pos_enc",
        "attn_temperature_tuning", "swiglu_limit", "swiglu_limits", "gate_soft_cap", "altup_coef_clip", "hc_sinkhorn_iters",
        "zero_centered",
        "apply_residual_connection_post_layernorm", "layernorm_linear_attention_alpha", "layernorm_full_attention_alpha",
        "layernorm_full_attention_beta", "layernorm_linear_attention_beta",
        // What stands beside a text model.
        "is_composition", "class_num", "add_classification_head", "anyres_pooling_size", "im_end_id",
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
