/// Configurations with the fields that decide a model's shape, as the publishers' files have them.
enum HuggingFaceFixtures {
    static let gpt2 = """
        {"_name_or_path": "openai-community/gpt2", "model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_inner": null,
         "n_layer": 12, "n_positions": 1024, "vocab_size": 50257, "layer_norm_epsilon": 1e-05}
        """
    static let llama31 = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "attention_bias": false, "mlp_bias": false,
         "hidden_size": 16384, "intermediate_size": 53248, "num_hidden_layers": 126, "num_attention_heads": 128,
         "num_key_value_heads": 8, "max_position_embeddings": 131072, "vocab_size": 128256, "rms_norm_eps": 1e-05,
         "rope_scaling": {"factor": 8.0, "rope_type": "llama3"}, "rope_theta": 500000.0, "tie_word_embeddings": false}
        """
    static let llama32 = """
        {"model_type": "llama", "head_dim": 64, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
         "num_attention_heads": 32, "num_key_value_heads": 8, "max_position_embeddings": 131072, "rope_scaling": {"factor": 32.0, "rope_type": "llama3"}, "rope_theta": 500000.0, "vocab_size": 128256,
         "tie_word_embeddings": true}
        """
    /// Llama 2's file as first published, where every head has its key and value and nothing says so.
    static let llama2 = """
        {"_name_or_path": "meta-llama/Llama-2-7b-hf", "model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
         "num_hidden_layers": 32, "num_attention_heads": 32, "max_position_embeddings": 4096, "vocab_size": 32000}
        """
    static let mixtral = """
        {"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
         "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2, "max_position_embeddings": 32768,
         "sliding_window": null, "rope_theta": 1000000.0, "vocab_size": 32000, "tie_word_embeddings": false}
        """
    static let qwen3 = """
        {"model_type": "qwen3", "attention_bias": false, "head_dim": 128, "hidden_size": 1024, "intermediate_size": 3072,
         "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8, "max_position_embeddings": 40960,
         "max_window_layers": 28, "sliding_window": null, "use_sliding_window": false, "rope_scaling": null, "rope_theta": 1000000, "vocab_size": 151936,
         "tie_word_embeddings": true}
        """
    static let qwen3MoE = """
        {"model_type": "qwen3_moe", "attention_bias": false, "decoder_sparse_step": 1, "head_dim": 128, "hidden_size": 2048,
         "intermediate_size": 6144, "moe_intermediate_size": 768, "mlp_only_layers": [], "num_hidden_layers": 48,
         "num_attention_heads": 32, "num_key_value_heads": 4, "num_experts": 128, "num_experts_per_tok": 8,
         "max_position_embeddings": 40960, "sliding_window": null, "use_sliding_window": false, "rope_theta": 1000000.0, "vocab_size": 151936,
         "tie_word_embeddings": false}
        """
    static let deepSeekV3 = """
        {"model_type": "deepseek_v3", "attention_bias": false, "first_k_dense_replace": 3, "hidden_size": 7168,
         "intermediate_size": 18432, "kv_lora_rank": 512, "max_position_embeddings": 163840, "moe_intermediate_size": 2048,
         "moe_layer_freq": 1, "n_group": 8, "n_routed_experts": 256, "n_shared_experts": 1, "num_attention_heads": 128,
         "num_experts_per_tok": 8, "num_hidden_layers": 61, "num_key_value_heads": 128, "num_nextn_predict_layers": 1,
         "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "rope_theta": 10000, "rope_scaling": {"type": "yarn", "factor": 40}, "vocab_size": 129280,
         "quantization_config": {"fmt": "e4m3", "weight_block_size": [128, 128]}, "tie_word_embeddings": false}
        """
    static let deepSeekV2Lite = """
        {"model_type": "deepseek_v2", "first_k_dense_replace": 1, "hidden_size": 2048, "intermediate_size": 10944, "kv_lora_rank": 512,
         "max_position_embeddings": 163840, "moe_intermediate_size": 1408, "moe_layer_freq": 1, "n_routed_experts": 64,
         "n_shared_experts": 2, "num_attention_heads": 16, "num_experts_per_tok": 6, "num_hidden_layers": 27,
         "num_key_value_heads": 16, "q_lora_rank": null, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
         "vocab_size": 102400, "tie_word_embeddings": false}
        """
    static let gptOSS = """
        {"model_type": "gpt_oss", "attention_bias": true, "experts_per_token": 4, "head_dim": 64, "hidden_size": 2880,
         "intermediate_size": 2880, "layer_types": [\(alternating(24))], "max_position_embeddings": 131072,
         "num_attention_heads": 64, "num_experts_per_tok": 4, "num_hidden_layers": 24, "num_key_value_heads": 8,
         "num_local_experts": 32, "sliding_window": 128, "rope_scaling": {"rope_type": "yarn", "factor": 32.0}, "rope_theta": 150000, "vocab_size": 201088, "tie_word_embeddings": false}
        """
    static let llama4Scout = """
        {"model_type": "llama4", "tie_word_embeddings": false, "vision_config": {"hidden_size": 1408, "model_type": "llama4_vision_model"},
         "text_config": {"model_type": "llama4_text", "attention_bias": false, "attention_chunk_size": 8192, "head_dim": 128,
          "hidden_size": 5120, "interleave_moe_layer_step": 1, "intermediate_size": 8192, "intermediate_size_mlp": 16384,
          "max_position_embeddings": 262144, "no_rope_layers": [], "num_attention_heads": 40, "num_experts_per_tok": 1,
          "num_hidden_layers": 48, "num_key_value_heads": 8, "num_local_experts": 16, "use_qk_norm": true, "vocab_size": 202048}}
        """
    static let gemma2 = """
        {"model_type": "gemma2", "attention_bias": false, "head_dim": 128, "hidden_size": 4608, "intermediate_size": 36864,
         "num_hidden_layers": 46, "num_attention_heads": 32, "num_key_value_heads": 16, "max_position_embeddings": 8192,
         "query_pre_attn_scalar": 144, "sliding_window": 4096, "rope_theta": 10000.0, "vocab_size": 256000}
        """
    static let mistral = """
        {"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
         "num_key_value_heads": 8, "max_position_embeddings": 32768, "sliding_window": 4096, "vocab_size": 32000}
        """
    static let qwen2 = """
        {"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28,
         "num_key_value_heads": 4, "max_position_embeddings": 131072, "max_window_layers": 28, "sliding_window": 131072,
         "use_sliding_window": false, "vocab_size": 152064, "tie_word_embeddings": false}
        """
    static let qwen15MoE = """
        {"model_type": "qwen2_moe", "decoder_sparse_step": 1, "hidden_size": 2048, "intermediate_size": 5632,
         "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632, "num_hidden_layers": 24, "num_attention_heads": 16,
         "num_key_value_heads": 16, "num_experts": 60, "num_experts_per_tok": 4, "max_position_embeddings": 8192,
         "sliding_window": 32768, "use_sliding_window": false, "vocab_size": 151936, "tie_word_embeddings": false}
        """
    static let olmo2 = """
        {"model_type": "olmo2", "attention_bias": false, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
         "num_attention_heads": 32, "num_key_value_heads": 32, "max_position_embeddings": 4096, "vocab_size": 100352,
         "tie_word_embeddings": false}
        """
    static let phi3 = """
        {"model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32, "num_attention_heads": 32,
         "num_key_value_heads": 32, "max_position_embeddings": 4096, "sliding_window": 2047, "vocab_size": 32064,
         "tie_word_embeddings": false}
        """

    /// `layer_types` of windowed and global layers in turn.
    private static func alternating(_ count: Int) -> String {
        (0..<count).map { $0 % 2 == 0 ? "\"sliding_attention\"" : "\"full_attention\"" }.joined(separator: ", ")
    }
}
