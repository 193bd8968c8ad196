/// The columns of a table of runs (docs/runs.md) and where each goes; reading CSV and YAML follow the same lists.
enum RunColumns {
    /// Columns that hold words, besides `id`.
    static var words: [(name: String, path: WritableKeyPath<RunRecord, String>)] {
        [
            ("framework", \.framework), ("model", \.model), ("gpu", \.gpu), ("inter_node", \.network), ("precision", \.precision),
            ("recompute", \.recompute), ("schedule", \.schedule), ("overlap", \.overlap), ("attention_kernel", \.attentionKernel),
            ("container", \.container), ("notes", \.notes), ("memory_kind", \.memoryKind), ("quality", \.quality),
        ] + details.map { name in (name, \RunRecord.[detail: name]) }
    }

    /// Columns that state exactly what others only tell in part; own runs have them, published ones do not.
    static let details = [
        "model_file", "cluster_file", "stack_file", "optimizer", "cp_kind", "cp_kind_local", "rank_order", "layers_per_stage",
        "recompute_modules", "dispatcher", "precision_recipe", "memory_unit",
    ]

    /// Columns that hold numbers.
    static let numbers = [
        "year", "n_params_b", "layers", "hidden", "ffn", "heads", "kv_heads", "vocab", "seq_len", "n_experts", "top_k", "moe_ffn",
        "shared_experts", "gated_mlp", "n_gpus", "gpus_per_node", "gbs", "mbs", "tp", "pp", "vpp", "cp", "cp_inner", "ep", "etp", "dp",
        "fsdp_or_zero", "sequence_parallel", "step_time_s", "tokens_per_s_per_gpu", "tokens_per_s", "samples_per_s",
        "samples_per_s_per_gpu", "model_tflops_per_gpu", "hardware_tflops_per_gpu", "mfu_pct", "hfu_pct",
        "peak_mem_gb_per_gpu", "oom", "chk_step_time_s",
        "fused_norm", "compile", "async_tp", "dp_shard", "group_size", "ep_overlap", "dp_overlap", "drops_tokens",
        "prediction_blocks", "fused_loss", "offload",
    ]

    /// Columns without which no run can be read.
    static let required = ["id", "framework", "model", "seq_len", "gpu", "n_gpus", "precision", "gbs"]
}
