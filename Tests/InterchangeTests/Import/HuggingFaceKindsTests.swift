import Documents
import Interchange
import Testing
import Workload

/// Parameters of every kind of layer that configurations have, typed from models that transformers 5.10.2 built of the same configurations on the meta
/// device. Sizes are small and odd, so that no two dimensions can be mistaken for each other.
@Suite struct HuggingFaceKindsTests {
    /// A configuration and what transformers builds of it.
    struct Kind: Sendable, CustomTestStringConvertible {
        let type: String
        let total: Int
        let text: String
        var testDescription: String { type }

        init(_ type: String, _ total: Int, _ text: String) {
            self.type = type
            self.total = total
            self.text = text
        }
    }

    @Test(arguments: kinds) func `total parameters are those that transformers builds`(kind: Kind) throws {
        let model = try HuggingFaceConfig.parse(text: kind.text, file: "config.json")
        #expect(model.parameters.total == kind.total)
        #expect(try ModelDocument.parse(text: ModelDocument.text(model), file: "model.yaml") == model)
    }

    /// Published hybrids that are not shipped: counts of the models as transformers builds them.
    @Test(arguments: [
        Kind(
            "Jamba-v0.1", 51_570_323_328,
            """
            {"model_type": "jamba", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
             "num_key_value_heads": 8, "num_experts": 16, "num_experts_per_tok": 2, "attn_layer_period": 8, "attn_layer_offset": 4,
             "expert_layer_period": 2, "expert_layer_offset": 1, "mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_dt_rank": 256,
             "vocab_size": 65536, "tie_word_embeddings": false}
            """),
        Kind(
            "Mamba-2-2.7B", 2_702_599_680,
            """
            {"model_type": "mamba2", "hidden_size": 2560, "num_hidden_layers": 64, "num_heads": 80, "head_dim": 64, "n_groups": 1,
             "state_size": 128, "vocab_size": 50288, "tie_word_embeddings": true}
            """),
    ])
    func `published hybrids`(kind: Kind) throws {
        #expect(try HuggingFaceConfig.parse(text: kind.text, file: "config.json").parameters.total == kind.total)
    }

    private static let kinds: [Kind] = [
        Kind(
            "afmoe", 1_297_967,
            """
            {"head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "model_type": "afmoe", "moe_intermediate_size": 38,
            "num_attention_heads": 6, "num_dense_layers": 2, "num_experts": 5, "num_experts_per_tok": 2, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "num_shared_experts": 3, "vocab_size": 331}
            """),
        Kind(
            "apertus", 760_338,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "apertus", "num_attention_heads": 6, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "aria_text", 4_320_720,
            """
            {"head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "model_type": "aria_text", "moe_num_experts": 5,
            "moe_num_shared_experts": 3, "moe_topk": 2, "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2,
            "vocab_size": 331}
            """),
        Kind(
            "bamba", 1_374_756,
            """
            {"attn_layer_indices": [2, 5], "hidden_size": 120, "intermediate_size": 154, "mamba_d_conv": 3, "mamba_d_state": 18,
            "mamba_n_groups": 3, "mamba_n_heads": 12, "model_type": "bamba", "num_attention_heads": 6, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "bitnet", 928_746,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "bitnet", "num_attention_heads": 6, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "bloom", 1_609_440,
            """
            {"hidden_size": 120, "model_type": "bloom", "n_head": 6, "n_layer": 9, "vocab_size": 331}
            """),
        Kind(
            "chameleon", 929_160,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "chameleon", "num_attention_heads": 6, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "codegen", 935_677,
            """
            {"model_type": "codegen", "n_embd": 120, "n_head": 6, "n_inner": 154, "n_layer": 9, "vocab_size": 331}
            """),
        Kind(
            "cohere2_moe", 4_279_920,
            """
            {"head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "model_type": "cohere2_moe", "num_attention_heads": 6,
            "num_experts": 5, "num_experts_per_tok": 2, "num_hidden_layers": 9, "num_key_value_heads": 2, "num_shared_experts": 3,
            "vocab_size": 331}
            """),
        Kind(
            "deepseek_v4", 1_107_103,
            """
            {"hc_mult": 3, "head_dim": 14, "hidden_size": 120, "index_head_dim": 10, "index_n_heads": 3, "index_topk": 7, "model_type":
            "deepseek_v4", "moe_intermediate_size": 38, "n_routed_experts": 5, "num_attention_heads": 6, "num_experts_per_tok": 2,
            "num_hidden_layers": 9, "o_groups": 3, "o_lora_rank": 11, "q_lora_rank": 29, "sliding_window": 33, "vocab_size": 331}
            """),
        Kind(
            "diffllama", 823_104,
            """
            {"head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "model_type": "diffllama", "num_attention_heads": 6,
            "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "doge", 929_538,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "doge", "num_attention_heads": 6, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "ernie4_5_moe", 995_770,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "ernie4_5_moe", "moe_intermediate_size": 38, "moe_k": 2,
            "moe_layer_end_index": 6, "moe_layer_interval": 2, "moe_layer_start_index": 2, "moe_num_experts": 5,
            "moe_num_shared_experts": 3, "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "falcon", 677_160,
            """
            {"ffn_hidden_size": 154, "hidden_size": 120, "model_type": "falcon", "num_attention_heads": 6, "num_hidden_layers": 9,
            "vocab_size": 331}
            """),
        Kind(
            "falcon_h1", 1_846_332,
            """
            {"hidden_size": 120, "intermediate_size": 154, "mamba_d_conv": 3, "mamba_d_ssm": 240, "mamba_d_state": 18, "mamba_n_groups":
            3, "mamba_n_heads": 12, "model_type": "falcon_h1", "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads":
            2, "vocab_size": 331}
            """),
        Kind(
            "gemma3n_text", 1_030_058,
            """
            {"altup_num_inputs": 3, "head_dim": 14, "hidden_size": 120, "hidden_size_per_layer_input": 26, "intermediate_size": [154,
            154, 154, 154, 154, 154, 154, 154, 154], "laurel_rank": 19, "model_type": "gemma3n_text", "num_attention_heads": 6,
            "num_hidden_layers": 9, "num_kv_shared_layers": 3, "vocab_size": 331, "vocab_size_per_layer_input": 317}
            """),
        Kind(
            "gemma4_text", 1_576_883,
            """
            {"enable_moe_block": true, "global_head_dim": 22, "head_dim": 14, "hidden_size": 120, "hidden_size_per_layer_input": 26,
            "intermediate_size": 154, "model_type": "gemma4_text", "moe_intermediate_size": 38, "num_attention_heads": 6, "num_experts":
            5, "num_hidden_layers": 9, "num_key_value_heads": 2, "num_kv_shared_layers": 3, "top_k_experts": 2, "vocab_size": 331,
            "vocab_size_per_layer_input": 317}
            """),
        Kind(
            "glm_moe_dsa", 1_123_578,
            """
            {"hidden_size": 120, "index_head_dim": 10, "index_n_heads": 3, "index_topk": 7, "intermediate_size": 154, "kv_lora_rank":
            23, "model_type": "glm_moe_dsa", "moe_intermediate_size": 38, "n_routed_experts": 5, "n_shared_experts": 3,
            "num_attention_heads": 6, "num_experts_per_tok": 2, "num_hidden_layers": 9, "q_lora_rank": 29, "qk_nope_head_dim": 10,
            "qk_rope_head_dim": 6, "v_head_dim": 12, "vocab_size": 331}
            """),
        Kind(
            "gpt_neo", 915_306,
            """
            {"hidden_size": 120, "intermediate_size": 154, "max_position_embeddings": 137, "model_type": "gpt_neo", "num_heads": 6,
            "num_layers": 9, "vocab_size": 331}
            """),
        Kind(
            "gpt_neox_japanese", 1_599_600,
            """
            {"hidden_size": 120, "model_type": "gpt_neox_japanese", "num_attention_heads": 6, "num_hidden_layers": 9, "vocab_size": 331}
            """),
        Kind(
            "granitemoehybrid", 3_460_968,
            """
            {"hidden_size": 120, "intermediate_size": 154, "layer_types": ["mamba", "attention", "mamba", "mamba", "attention", "mamba",
            "mamba", "attention", "mamba"], "mamba_d_conv": 3, "mamba_d_state": 18, "mamba_n_groups": 3, "mamba_n_heads": 12,
            "model_type": "granitemoehybrid", "num_attention_heads": 6, "num_experts_per_tok": 2, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "num_local_experts": 5, "shared_intermediate_size": 46, "vocab_size": 331}
            """),
        Kind(
            "hrm_text", 714_600,
            """
            {"head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "model_type": "hrm_text", "num_attention_heads": 6,
            "num_layers_per_stack": 3, "vocab_size": 331}
            """),
        Kind(
            "jamba", 2_310_011,
            """
            {"attn_layer_offset": 2, "attn_layer_period": 4, "hidden_size": 120, "intermediate_size": 154, "mamba_d_conv": 3,
            "mamba_d_state": 18, "mamba_dt_rank": 17, "model_type": "jamba", "num_attention_heads": 6, "num_experts": 5,
            "num_experts_per_tok": 2, "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "jetmoe", 2_912_640,
            """
            {"hidden_size": 120, "intermediate_size": 154, "kv_channels": 14, "model_type": "jetmoe", "num_experts_per_tok": 2,
            "num_hidden_layers": 9, "num_key_value_heads": 2, "num_local_experts": 5, "vocab_size": 331}
            """),
        Kind(
            "laguna", 1_070_332,
            """
            {"head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "model_type": "laguna", "moe_intermediate_size": 38,
            "num_attention_heads": 6, "num_experts": 5, "num_experts_per_tok": 2, "num_hidden_layers": 9, "num_key_value_heads": 2,
            "shared_expert_intermediate_size": 46, "vocab_size": 331}
            """),
        Kind(
            "lfm2", 1_355_720,
            """
            {"block_ffn_dim_multiplier": 1.0, "conv_L_cache": 5, "hidden_size": 120, "intermediate_size": 154, "layer_types": ["conv",
            "conv", "full_attention", "conv", "conv", "full_attention", "conv", "conv", "conv"], "model_type": "lfm2",
            "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "longcat_flash", 749_472,
            """
            {"expert_ffn_hidden_size": 38, "ffn_hidden_size": 154, "hidden_size": 120, "kv_lora_rank": 23, "model_type":
            "longcat_flash", "moe_topk": 2, "n_routed_experts": 5, "num_attention_heads": 6, "num_layers": 3, "q_lora_rank": 29,
            "qk_nope_head_dim": 10, "qk_rope_head_dim": 6, "v_head_dim": 12, "vocab_size": 331, "zero_expert_num": 0}
            """),
        Kind(
            "mamba", 1_021_560,
            """
            {"conv_kernel": 3, "hidden_size": 120, "model_type": "mamba", "num_hidden_layers": 9, "state_size": 18, "time_step_rank":
            17, "vocab_size": 331}
            """),
        Kind(
            "mamba2", 1_002_852,
            """
            {"conv_kernel": 3, "head_dim": 20, "hidden_size": 120, "model_type": "mamba2", "n_groups": 3, "num_heads": 12,
            "num_hidden_layers": 9, "state_size": 18, "vocab_size": 331}
            """),
        Kind(
            "minimax", 2_918_256,
            """
            {"head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "model_type": "minimax", "num_attention_heads": 6,
            "num_experts_per_tok": 2, "num_hidden_layers": 9, "num_key_value_heads": 2, "num_local_experts": 5, "vocab_size": 331}
            """),
        Kind(
            "mllama", 927_324,
            """
            {"model_type": "mllama", "text_config": {"cross_attention_layers": [2, 5], "hidden_size": 120, "intermediate_size": 154,
            "model_type": "mllama_text_model", "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size":
            331}, "vision_config": {}}
            """),
        Kind(
            "modernbert-decoder", 1_074_211,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "modernbert-decoder", "num_attention_heads": 6,
            "num_hidden_layers": 9, "vocab_size": 331}
            """),
        Kind(
            "mpt", 1_597_200,
            """
            {"d_model": 120, "model_type": "mpt", "n_heads": 6, "n_layers": 9, "vocab_size": 331}
            """),
        Kind(
            "nemotron_h", 381_656,
            """
            {"conv_kernel": 3, "head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "layers_block_type": ["mamba", "mlp",
            "moe", "attention", "mamba"], "mamba_head_dim": 20, "mamba_num_heads": 12, "model_type": "nemotron_h",
            "moe_intermediate_size": 38, "moe_latent_size": 34, "moe_shared_expert_intermediate_size": 46, "n_groups": 3,
            "n_routed_experts": 5, "num_attention_heads": 6, "num_experts_per_tok": 2, "num_key_value_heads": 2, "ssm_state_size": 18,
            "vocab_size": 331}
            """),
        Kind(
            "olmo_hybrid", 834_683,
            """
            {"hidden_size": 120, "intermediate_size": 154, "linear_conv_kernel_dim": 3, "linear_key_head_dim": 11,
            "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_value_head_dim": 13, "model_type": "olmo_hybrid",
            "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "openai-gpt", 1_625_400,
            """
            {"model_type": "openai-gpt", "n_embd": 120, "n_head": 6, "n_layer": 9, "n_positions": 137, "vocab_size": 331}
            """),
        Kind(
            "opt", 918_786,
            """
            {"ffn_dim": 154, "hidden_size": 120, "max_position_embeddings": 137, "model_type": "opt", "num_attention_heads": 6,
            "num_hidden_layers": 9, "vocab_size": 331}
            """),
        Kind(
            "persimmon", 942_546,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "persimmon", "num_attention_heads": 6, "num_hidden_layers": 9,
            "vocab_size": 331}
            """),
        Kind(
            "phi", 765_757,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "phi", "num_attention_heads": 6, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "phimoe", 2_929_800,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "phimoe", "num_attention_heads": 6, "num_experts_per_tok": 2,
            "num_hidden_layers": 9, "num_key_value_heads": 2, "num_local_experts": 5, "vocab_size": 331}
            """),
        Kind(
            "qwen3_5_text", 831_539,
            """
            {"head_dim": 14, "hidden_size": 120, "intermediate_size": 154, "linear_conv_kernel_dim": 3, "linear_key_head_dim": 11,
            "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_value_head_dim": 13, "model_type": "qwen3_5_text",
            "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "recurrent_gemma", 737_322,
            """
            {"conv1d_width": 3, "hidden_size": 120, "intermediate_size": 154, "lru_width": 132, "model_type": "recurrent_gemma",
            "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "rwkv", 1_124_496,
            """
            {"attention_hidden_size": 132, "hidden_size": 120, "intermediate_size": 154, "model_type": "rwkv", "num_hidden_layers": 9,
            "vocab_size": 331}
            """),
        Kind(
            "stablelm", 928_560,
            """
            {"hidden_size": 120, "intermediate_size": 154, "model_type": "stablelm", "num_attention_heads": 6, "num_hidden_layers": 9,
            "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "xlstm", 1_646_712,
            """
            {"hidden_size": 120, "model_type": "xlstm", "num_heads": 4, "num_hidden_layers": 9, "vocab_size": 331}
            """),
        Kind(
            "zamba", 1_230_960,
            """
            {"hidden_size": 120, "intermediate_size": 154, "mamba_d_conv": 3, "mamba_d_state": 18, "mamba_dt_rank": 17, "model_type":
            "zamba", "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2, "vocab_size": 331}
            """),
        Kind(
            "zamba2", 1_386_792,
            """
            {"adapter_rank": 15, "hidden_size": 120, "intermediate_size": 154, "layers_block_type": ["mamba", "hybrid", "mamba",
            "mamba", "hybrid", "mamba", "mamba", "hybrid", "mamba"], "mamba_d_conv": 3, "mamba_d_state": 18, "mamba_ngroups": 3,
            "model_type": "zamba2", "n_mamba_heads": 12, "num_attention_heads": 6, "num_hidden_layers": 9, "num_key_value_heads": 2,
            "num_mem_blocks": 2, "vocab_size": 331}
            """),
    ]
}
