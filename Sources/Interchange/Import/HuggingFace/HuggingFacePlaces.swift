import Documents

/// Where a configuration says what is wrong with the model that it describes, for problems that only the whole of it shows.
struct HuggingFacePlaces {
    let fields: HuggingFaceFields
    let family: HuggingFaceFamily

    /// The place of a model file's field in the configuration: of the key that holds it, or of the mapping where none does.
    ///
    /// What a class or the code of the family says stands in no file.
    func location(of field: String) -> SourceLocation {
        let path = field.split(separator: ".").map(String.init)
        for leaf in path.reversed() {
            let isMixture = path.contains { $0.hasPrefix("experts") || $0.hasPrefix("moe") }
            if let key = keys(of: leaf, isMixture: isMixture).first(where: fields.has) { return fields.reader.location(of: key) }
        }
        return fields.reader.location
    }

    private func keys(of leaf: String, isMixture: Bool) -> [String] {
        let mixture = family.mixture ?? .init()
        return switch leaf {
        case "layers": family.layersKeys + family.layerNamesKeys
        case "heads": family.headsKeys + ["mamba_n_heads", "mamba_num_heads"]
        case "width": isMixture ? mixture.widthKeys + ["intermediate_size"] : family.widthKeys + ["hidden_size_per_layer_input"]
        case "count": mixture.countKeys
        case "per_token": mixture.perTokenKeys + ["moe_top_k", "num_experts_per_tok"]
        default: Self.keys[leaf] ?? []
        }
    }

    private static let keys: [String: [String]] = [
        "hidden": ["hidden_size", "n_embd", "n_embed", "d_model", "embedding_dim"],
        "vocabulary": ["vocab_size", "padded_vocab_size"],
        "max_sequence_length": ["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length"],
        "positions": ["max_position_embeddings", "n_positions", "n_ctx"],
        "prediction_blocks": ["num_nextn_predict_layers", "mtp_num_hidden_layers"],
        "key_value_heads": [
            "num_key_value_heads", "num_kv_heads", "num_attention_groups", "multi_query_group_num", "swa_num_key_value_heads",
            "num_global_key_value_heads",
        ],
        "head_dimension": ["head_dim", "kv_channels", "attention_head_dim", "mamba_d_head", "mamba_head_dim", "global_head_dim"],
        "value_dimension": ["v_head_dim", "swa_v_head_dim"],
        "query_rank": ["q_lora_rank", "share_q_dim"],
        "key_values": ["num_kv_shared_layers"],
        "reused": ["indexer_types", "index_topk_pattern", "index_skip_topk_offset"],
        "top_k": ["index_topk"],
        "size": ["sliding_window", "attention_chunk_size"],
        "window": ["sliding_window", "attention_chunk_size"],
        "groups": ["mamba_n_groups", "n_groups", "mamba_ngroups"],
        "state": ["mamba_d_state", "ssm_state_size", "state_size"],
        "output_groups": ["o_groups"],
        "key_heads": ["linear_num_key_heads"],
        "value_heads": ["linear_num_value_heads"],
        "key_dimension": ["linear_key_head_dim"],
        "channels": ["lru_width", "conv_dim", "mamba_intermediate"],
    ]
}
