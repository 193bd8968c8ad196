/// The keys of nanotron's YAML (`nanotron/config`, 2024 to April 2026).
enum NanotronKeys {
    /// The table.
    static let table = FlagTable([
        FlagGroup(
            .read, .one,
            """
            model.dtype model.make_vocab_size_divisible_by model.model_config.activation_function model.model_config.attention_bias
            model.model_config.d_model model.model_config.grouped_query model.model_config.hidden_act model.model_config.hidden_size
            model.model_config.intermediate_size model.model_config.is_llama_config model.model_config.is_llamoe_config
            model.model_config.is_mamba_config model.model_config.is_qwen2_config model.model_config.is_starcoder2_config
            model.model_config.max_position_embeddings model.model_config.moe_config.enable_shared_expert
            model.model_config.moe_config.layers
            model.model_config.moe_config.moe_intermediate_size model.model_config.moe_config.num_experts
            model.model_config.moe_config.shared_expert_intermediate_size model.model_config.moe_config.top_k
            model.model_config.moe_num_experts model.model_config.no_rope_layer model.model_config.num_attention_heads
            model.model_config.num_experts_per_tok model.model_config.num_hidden_layers
            model.model_config.num_key_value_heads|model.model_config.num_kv_heads model.model_config.rope_theta
            model.model_config.sliding_window_size model.model_config.tie_word_embeddings model.model_config.vocab_size
            optimizer.accumulate_grad_in_fp32 optimizer.optimizer_factory.name optimizer.zero_stage
            parallelism.context_parallel_size parallelism.dp parallelism.expert_parallel_size parallelism.pp parallelism.pp_engine
            parallelism.recompute_layer parallelism.tp parallelism.tp_mode tokens.batch_accumulation_per_replica
            tokens.micro_batch_size tokens.sequence_length
            """),
        FlagGroup(
            .nothing, .one,
            """
            checkpoints.* data.* data_stages general.* lighteval.* logging.* metrics_logging.* model.init_method.*
            model.model_config.attn_pdrop model.model_config.attention_softmax_in_fp32 model.model_config.bos_token_id
            model.model_config.dtype model.model_config.embd_pdrop model.model_config.eos_token_id
            model.model_config.initializer_range model.model_config.layer_norm_epsilon model.model_config.log_attn_probs
            model.model_config.multi_query
            model.model_config.moe_config.router_aux_loss_coef model.model_config.pad_token_id model.model_config.pretraining_tp
            model.model_config.resid_pdrop model.model_config.rms_norm_eps model.model_config.rope_interleaved
            model.model_config.rope_scaling model.model_config.rope_seq_len_interpolation_factor
            model.model_config.scale_attention_softmax_in_fp32
            model.model_config.scale_attn_weights model.model_config.use_cache model.model_config.use_position_embeddings
            model.model_config.z_loss_coefficient optimizer.adam_beta1 optimizer.adam_beta2 optimizer.adam_eps
            optimizer.clip_grad optimizer.learning_rate_scheduler.* optimizer.optimizer_factory.adam_beta1
            optimizer.optimizer_factory.adam_beta2 optimizer.optimizer_factory.adam_eps optimizer.torch_adam_is_fused
            optimizer.weight_decay optimizer.weight_decay_exclude_named_params profiler.* s3_upload.* tokenizer.*
            tokens.limit_test_batches tokens.limit_val_batches tokens.train_steps tokens.val_check_interval
            """),
        FlagGroup(
            .unmodelled("tensor parallelism overlaps compute as the stack's does"), .one, "parallelism.tp_linear_async_communication"),
        FlagGroup(.unmodelled("gathered inputs are taken to be gathered again backward"), .one, "parallelism.tp_recompute_allgather=true"),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .one,
            """
            model.model_config._attn_implementation=flash_attention_2,ring_flash_triton,llama3_ring_attention
            model.model_config._fused_rms_norm=true model.model_config._fused_rotary_emb=true
            model.model_config._use_qkv_packed=true model.model_config.flex_attention_mask
            model.model_config.ring_attn_heads_k_stride model.model_config.use_rotary_embeddings=true
            optimizer.optimizer_factory.torch_adam_is_fused=true
            """),
        FlagGroup(.unmodelled("documents of a sequence are priced as one"), .none, "model.model_config._use_doc_masking"),
        FlagGroup(.unmodelled("the loss alone is priced"), .none, "model.model_config.z_loss_enabled"),
        FlagGroup(.unmodelled("buckets are taken to be the stack's"), .one, "model.ddp_bucket_cap_mb=25"),
        FlagGroup(
            .unmodelled("every token goes to its experts, exchanged all to all"), .one,
            "model.model_config.moe_capacity_factor=1 model.model_config.moe_config.token_dispatcher_type=alltoall"),
        FlagGroup(.unmodelled("experts are recomputed with their layer or not at all"), .none, "parallelism.moe_layer_recompute"),
        FlagGroup(.unmodelled("one model is trained; the reference model is not priced"), .one, "doremi.*"),
        FlagGroup(.unmodelled("windows are those of sliding_window_size"), .one, "model.model_config.global_attn_layers"),
        FlagGroup(.refused("layers of state-space models cannot be priced"), .one, "model.model_config.ssm_cfg.*"),
        FlagGroup(
            .refused("layers of state-space models cannot be priced"), .none,
            """
            model.model_config.fused_add_norm model.model_config.interleaved_rotary model.model_config.pad_vocab_size_multiple
            model.model_config.residual_in_fp32 model.model_config.rms_norm
            """),
    ])
}
