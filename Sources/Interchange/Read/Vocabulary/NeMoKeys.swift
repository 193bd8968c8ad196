/// What NeMo 1, NeMo 2 and Megatron-Bridge call Megatron's flags, and their own keys.
///
/// A key that is in neither table is a flag of Megatron with underscores, where it stands in one of the sections that hold those.
enum NeMoKeys {
    /// Sections whose keys are Megatron's, the innermost first.
    static let sections = [
        "trainer.strategy.ddp", "trainer.strategy", "trainer.plugins", "model.config", "model.optim", "optim.config", "mixed_precision",
        "comm_overlap", "optimizer", "dataset", "train", "model", "data", "dist", "ddp",
    ]

    /// Megatron's flags by the names of keys that have others.
    static let flags: [String: String] = [
        "activations_checkpoint_granularity": "recompute-granularity", "activations_checkpoint_method": "recompute-method",
        "activations_checkpoint_num_layers": "recompute-num-layers", "encoder_seq_length": "seq-length", "sequence_length": "seq-length",
        "fp4": "fp4-format", "gated_linear_unit": "swiglu", "layernorm_epsilon": "norm-epsilon",
        "microbatch_group_size_per_vp_stage": "microbatch-group-size-per-virtual-pipeline-stage", "num_moe_experts": "num-experts",
        "num_layers_in_first_pipeline_stage": "decoder-first-pipeline-num-layers",
        "num_layers_in_last_pipeline_stage": "decoder-last-pipeline-num-layers", "overlap_grad_sync": "overlap-grad-reduce",
        "overlap_param_sync": "overlap-param-gather", "ub_tp_comm_overlap": "tp-comm-overlap",
        "qkv_bias": "add-qkv-bias", "override_vocab_size": "vocab-size",
        "average_in_collective": "ddp-average-in-collective", "bucket_size": "ddp-bucket-size", "num_buckets": "ddp-num-buckets",
        "pad_buckets_for_high_nccl_busbw": "ddp-pad-buckets-for-high-nccl-busbw",
        "reduce_scatter_with_fp32_accumulation": "ddp-reduce-scatter-with-fp32-accumulation", "nccl_ub": "use-nccl-ub",
        "fp4_param": "fp4-param-gather", "fp8_param": "fp8-param-gather", "layernorm_zero_centered_gamma": "apply-layernorm-1p",
        "overlap_p2p_comm_warmup_flush": "overlap-p2p-communication-warmup-flush", "use_te_rng_tracker": "te-rng-tracker",
        "yarn_rotary_scaling_factor": "rotary-scaling-factor",
        "virtual_pipeline_model_parallel_size": "num-virtual-stages-per-pipeline-rank",
    ]

    /// Flags that a key gives where it is off.
    static let flagsWhenOff: [String: String] = [
        "check_for_nan_in_grad": "no-check-for-nan-in-loss-and-grad", "muon_split_qkv": "muon-no-split-qkv",
        "should_pad_vocab": "no-pad-vocab-size",
        "add_bias_linear": "disable-bias-linear", "bias": "disable-bias-linear", "grad_reduce_in_fp32": "grad-reduce-in-bf16",
        "share_embeddings_and_output_weights": "untie-embeddings-and-output-weights",
    ]

    /// Keys of their own.
    static let table = FlagTable([
        FlagGroup(
            .nothing, .one,
            """
            _target_ checkpoint.* data.* data.tokenizer.* dataset.* defaults dist.* env_vars.* exp_manager.* experiment.* ft.* hydra.*
            inprocess_restart.* log.* logger.* model.data.* model.data_cache_generation_only model.headscale model.init_method.*
            model.megatron_timer_kwargs.* model.nsys_profile.* model.optim.* model.precision model.target model.tokenizer.*
            model.apex_transformer_log_level model.attention_type model.batch_p2p_comm model.do_layer_norm_weight_decay
            model.drop_layers model.enable_megatron_timers model.ffn_dropout model.fp8_amax_compute_algo
            model.fp8_amax_history_len model.fp8_interval model.fp8_margin model.get_attention_mask_from_fusion
            model.gradient_as_bucket_view model.grad_allreduce_chunk_size_mb model.hysteresis model.init_method_std
            model.native_amp_growth_interval model.native_amp_init_scale model.nccl_communicator_config_path
            model.normalize_attention_scores model.onnx_safe model.openai_gelu model.post_process model.pre_process model.reduce_amax
            model.reset_lr model.reset_lr_steps model.restore_from_ckpt model.restore_from_path model.resume_from_checkpoint
            model.rotary_percentage model.scale_positional_embedding model.seed model.seq_len_interpolation_factor
            model.sync_batch_comm model.transformer_block_type model.use_cpu_initialization model.use_emha
            model.use_scaled_init_method model.validation_param_sync_overlap model.data_parallel_size
            model.activations_checkpoint_layers_per_pipeline model.num_micro_batches_with_partial_activation_checkpoints
            model.hidden_dropout model.attention_dropout model.make_vocab_size_divisible_by
            model.cpu_offloading_activations model.ub_tp_comm_overlap_cfg model.config._target_
            model._target_ model.activation_func model.config.activation_func model.mcore_gpt model.skip_train
            model.fsdp_sharded_checkpoint model.fsdp_grad_reduce_dtype model.gc_interval model.perform_initialization
            model.use_flash_attention model.transformer_engine model.persist_layer_norm
            model.dist_ckpt_format model.dist_ckpt_load_on_device model.dist_ckpt_parallel_save model.dist_ckpt_parallel_save_within_dp
            model.dist_ckpt_parallel_load model.dist_ckpt_torch_dist_multiproc model.dist_ckpt_assume_constant_structure
            model.dist_ckpt_parallel_dist_opt model.dist_ckpt_load_strictness model.grad_div_ar_fusion
            comm_overlap.batch_p2p_comm comm_overlap.data_parallel_size mixed_precision.autocast_dtype mixed_precision.autocast_enabled
            mixed_precision.fp32 mixed_precision.params_dtype mixed_precision.pipeline_dtype
            model.apply_embedding_scaling model.autocast_dtype model.mcore_customization_config.query_pre_attn_scalar
            model.nemo_path model.barrier_with_L1_time model.batch_p2p_sync model.embedding_init_method
            model.enable_autocast model.experimental_attention_variant_loss_scale_func model.finalize_model_grads_func
            model.grad_scale_func model.grad_sync_func model.hetereogenous_dist_checkpoint model.hf_model_id model.hf_model_revision
            model.inference_sampling_seed model.moe_grad_scale_func model.mtp_enabled model.mtp_grad_scale_func model.no_sync_func
            model.output_layer_init_method model.param_sync_func model.params_dtype model.pipeline_dtype model.rope_scaling
            model.softmax_scale model.timers model.tp_only_amax_red model.use_mamba_mem_eff_path model.yarn_mscale
            model.yarn_mscale_all_dim optimizer.adaptive_muon_beta2 optimizer.adaptive_muon_eps optimizer.barrier_with_L1_time
            optimizer.decoupled_weight_decay optimizer.grad_norm_skip_threshold optimizer.params_dtype optimizer.soap_shampoo_beta
            optimizer.timers
            name nvrx_straggler.* optim.* optimizer_config_override_provider.* profiling.* rerun_state_machine.* restore_from_path resume.*
            rng.* run.* s3_checkpointing.* scheduler.* straggler.* tensor_inspect.* tokenizer.* train.* trainer.* validation.*
            """),
        FlagGroup(.unmodelled("the batch is priced at its full size"), .one, "model.rampup_batch_size"),
        FlagGroup(
            .unmodelled("attention is taken to run in 16 bits"), .none,
            """
            mixed_precision.fp8_dot_product_attention mixed_precision.fp8_multi_head_attention model.fp8_dot_product_attention
            model.fp8_multi_head_attention
            """),
        FlagGroup(
            .unmodelled("tensor parallelism overlaps compute as the stack's does"), .none,
            """
            model.tp_comm_atomic_ag model.tp_comm_atomic_rs model.tp_comm_overlap_disable_fc1 model.tp_comm_overlap_disable_qkv
            """),
        FlagGroup(
            .unmodelled("activations are kept as the stack's are"), .none,
            """
            model.activation_func_fp8_input_store model.cpu_offloading_double_buffering model.disable_parameter_transpose_cache
            model.memory_efficient_layer_norm
            """),
        FlagGroup(
            .unmodelled("outputs of stages are taken to be freed once sent, and logits to stay split over tensor-parallel ranks"), .one,
            "model.deallocate_pipeline_outputs=true model.parallel_output=true model.scatter_embedding_sequence_parallel=true"),
        FlagGroup(
            .unmodelled("graphs and kernels are taken to be the stack's"), .none,
            """
            ddp.megatron_fsdp_cuda_graph_mode model.cuda_graph_retain_backward_graph model.cuda_graph_use_single_mempool
            model.dense_grouped_gemm model.fused_single_qkv_rope model.use_inference_optimized_layers model.use_kitchen
            """),
        FlagGroup(
            .unmodelled("layers are taken to be the stack's"), .one,
            """
            model.heterogeneous_block_specs=false model.quant_recipe model.restore_modelopt_state=false model.transformer_layer_spec
            model.use_transformer_engine_full_layer_spec=false
            """),
        FlagGroup(
            .unmodelled("scores and logits are taken not to be capped, and attention to stand before the feed-forward part"), .one,
            """
            model.mcore_customization_config.attn_logit_softcapping model.mcore_customization_config.final_logit_softcapping
            model.mcore_customization_config.new_decoder_architecture=false model.mcore_customization_config.parallel_attention=false
            """),
        FlagGroup(.unmodelled("logits are taken to have the stack's format"), .one, "model.logit_dtype"),
        FlagGroup(
            .unmodelled("sequences are taken to be whole and causal, all of one length"), .none,
            "model.use_arbitrary_attention_mask model.variable_seq_lengths"),
        FlagGroup(
            .unmodelled("recomputation is taken to be the same for all micro-batches"), .one,
            "model.num_microbatches_with_partial_activation_checkpoints"),
        FlagGroup(
            .unmodelled("weights are taken not to be gathered again for each layer"), .one,
            "model.expert_gtp_weight_remat_size=1 model.gtp_weight_remat_size=1"),
        FlagGroup(
            .unmodelled("every token goes to the experts that it chose, on any device"), .one,
            "model.moe_router_topk_limited_devices"),
        FlagGroup(
            .unmodelled("gradients are kept and parameters gathered as the stack's are"), .one,
            """
            ddp.fsdp_all_gather_in_start_param_sync=true ddp.megatron_fsdp_use_decoupled_grad=false
            ddp.param_name_patterns_for_fp32_local_accumulation
            """),
        FlagGroup(
            .unmodelled("the optimizer's states are those of --optimizer"), .one,
            """
            optimizer.adaptive_muon_moment2_method optimizer.soap_use_kl_shampoo optimizer.store_param_remainders=true
            optimizer.use_layer_wise_distributed_optimizer=false
            """),
        FlagGroup(.unmodelled("gradients are kept as the stack's are"), .one, "model.megatron_amp_O2=true"),
        FlagGroup(.unmodelled("collectives are taken not to run in the switches"), .none, "model.sharp"),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .one,
            """
            model.apply_rope_fusion=true model.bias_activation_fusion=true model.bias_dropout_add_fusion=true
            model.masked_softmax_fusion=true
            """),
        FlagGroup(.nothing, .none, "model.cpu_offloading"),
        FlagGroup(.unmodelled("weights are taken to stay on the GPU"), .none, "model.cpu_offloading_weights"),
        FlagGroup(.unmodelled("state is priced as sharded in full"), .one, "model.fsdp_sharding_strategy=full"),
        FlagGroup(.refused("low-rank adapters cannot be priced; take peft out to price full fine-tuning"), .one, "peft.*"),
        FlagGroup(
            .refused("low-rank adapters and other added parts cannot be priced; take peft out to price full fine-tuning"), .one,
            "model.peft.peft_scheme=none,null,None"),
        FlagGroup(.nothing, .one, "model.peft.*"),
        FlagGroup(
            .refused("a second model that runs beside the one that is trained (distillation) cannot be priced"), .one,
            "model.kd_config.* model.kd_teacher_restore_from_path model.teacher.* model.teacher_checkpoint_path"),
        FlagGroup(
            .refused("layers other than those of a decoder of transformer blocks cannot be priced"), .one,
            """
            model.activations_checkpoint_recurrent model.bert_binary_head model.dec_num_layers model.enc_num_layers
            model.hybrid_attention_ratio model.hybrid_mlp_ratio model.hybrid_override_pattern model.hyena.* model.mamba_ssm_ngroups model.mcore_bert
            model.retro.* model.decoder.* model.encoder.*
            """),
        FlagGroup(
            .refused("the file generates, prunes, quantizes or exports, and trains nothing"), .one,
            "chat export.* export_options.* gpt_model_file inference.* prompts prune.* retrieval_service.* web_server"),
    ])
}
