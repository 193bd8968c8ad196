/// The keys of Accelerate's configuration (`commands/config` and `commands/launch.py`, v0.2 to July 2026).
///
/// `launch.py` puts `fsdp_` before keys of `fsdp_config` that lack it, `fp8_` before those of `fp8_config`, and so on.
enum AccelerateKeys {
    /// The table.
    static let table = FlagTable([
        FlagGroup(
            .read, .one,
            """
            deepspeed_config.deepspeed_config_file@0.10- deepspeed_config.gradient_accumulation_steps@0.4-
            deepspeed_config.train_micro_batch_size_per_gpu deepspeed_config.zero_stage@0.4-
            distributed_type fp16@0.2-0.5
            fsdp_config.fsdp_activation_checkpointing@0.31-|fsdp_config.activation_checkpointing
            fsdp_config.fsdp_reshard_after_forward@1.6-|fsdp_config.reshard_after_forward
            fsdp_config.fsdp_sharding_strategy@0.12-|fsdp_config.sharding_strategy@0.7- fsdp_config.fsdp_version@1.6-
            megatron_lm_config.megatron_lm_context_parallel_size@1.13-
            megatron_lm_config.megatron_lm_expert_model_parallel_size@1.13-
            megatron_lm_config.megatron_lm_expert_tensor_parallel_size@1.13-
            megatron_lm_config.megatron_lm_num_micro_batches@0.14-
            megatron_lm_config.megatron_lm_pp_degree@0.14- megatron_lm_config.megatron_lm_recompute_activations@0.14-
            megatron_lm_config.megatron_lm_recompute_granularity@1.13- megatron_lm_config.megatron_lm_recompute_method@1.13-
            megatron_lm_config.megatron_lm_recompute_num_layers@1.13- megatron_lm_config.megatron_lm_sequence_parallelism@0.14-
            megatron_lm_config.megatron_lm_tp_degree@0.14- megatron_lm_config.megatron_lm_use_custom_fsdp@1.13-
            megatron_lm_config.megatron_lm_use_distributed_optimizer@0.14-
            mixed_precision@0.6- num_machines num_processes
            parallelism_config.parallelism_config_cp_comm_strategy@1.10- parallelism_config.parallelism_config_cp_size@1.10-
            parallelism_config.parallelism_config_dp_replicate_size@1.10-
            parallelism_config.parallelism_config_dp_shard_size@1.10- parallelism_config.parallelism_config_sp_size
            parallelism_config.parallelism_config_tp_size@1.10-|tp_config.tp_size@1.4-1.6
            """),
        FlagGroup(
            .nothing, .one,
            """
            additional_args.* base_job_name command_file commands compute_environment debug
            deepspeed_config.deepspeed_exclusion_filter deepspeed_config.deepspeed_hostfile deepspeed_config.deepspeed_inclusion_filter
            deepspeed_config.deepspeed_moe_layer_cls_names deepspeed_config.deepspeed_multinode_launcher
            deepspeed_config.gradient_clipping deepspeed_config.offload_optimizer_nvme_path
            deepspeed_config.offload_param_nvme_path deepspeed_config.zero3_init_flag deepspeed_config.zero3_save_16bit_model
            downcast_bf16 dynamo_config.* ec2_instance_type enable_cpu_affinity
            fp8_config.*
            fsdp_config.fsdp_cpu_ram_efficient_loading|fsdp_config.cpu_ram_efficient_loading
            fsdp_config.fsdp_min_num_params|fsdp_config.min_num_params
            fsdp_config.fsdp_state_dict_type|fsdp_config.state_dict_type
            fsdp_config.fsdp_sync_module_states|fsdp_config.sync_module_states
            fsdp_config.fsdp_transformer_layer_cls_to_wrap|fsdp_config.transformer_layer_cls_to_wrap
            fsdp_config.fsdp_use_orig_params|fsdp_config.use_orig_params
            gpu_ids iam_role_name image_uri ipex_config.* machine_rank main_process_ip main_process_port main_training_function
            megatron_lm_config.megatron_lm_attention_softmax_in_fp32 megatron_lm_config.megatron_lm_calculate_per_token_loss
            megatron_lm_config.megatron_lm_eod_mask_loss megatron_lm_config.megatron_lm_gradient_clipping
            megatron_lm_config.megatron_lm_no_load_optim megatron_lm_config.megatron_lm_no_save_optim
            megatron_lm_config.megatron_lm_use_rotary_position_embeddings
            mpirun_config.* parallelism_config.parallelism_config_cp_backend parallelism_config.parallelism_config_sp_attn_implementation
            parallelism_config.parallelism_config_sp_backend parallelism_config.parallelism_config_sp_seq_length
            parallelism_config.parallelism_config_sp_seq_length_is_variable
            profile py_version pytorch_version rdzv_backend region sagemaker_inputs_file sagemaker_metrics_file same_network
            tpu_env tpu_name tpu_use_cluster tpu_use_sudo tpu_vm tpu_zone transformers_version
            """),
        FlagGroup(
            .unmodelled("a layer's parameters are taken to be gathered while another runs"), .one,
            """
            fsdp_config.fsdp_backward_prefetch=BACKWARD_PRE,1|fsdp_config.fsdp_backward_prefetch_policy=BACKWARD_PRE,1|fsdp_config.backward_prefetch=BACKWARD_PRE,1
            """),
        FlagGroup(
            .unmodelled("a layer's parameters are taken to be gathered while another runs"), .none,
            "fsdp_config.fsdp_forward_prefetch|fsdp_config.forward_prefetch"),
        FlagGroup(
            .unmodelled("each layer is taken to be sharded by itself"), .one,
            """
            fsdp_config.fsdp_auto_wrap_policy=TRANSFORMER_BASED_WRAP,1|fsdp_config.auto_wrap_policy=TRANSFORMER_BASED_WRAP,1
            """),
        FlagGroup(.refused("training on CPUs cannot be priced"), .none, "use_cpu"),
        FlagGroup(
            .read, .one,
            """
            deepspeed_config.offload_optimizer_device deepspeed_config.offload_param_device
            fsdp_config.fsdp_activation_checkpointing_offload@1.15-|fsdp_config.activation_checkpointing_offload@1.15-
            fsdp_config.fsdp_offload_params|fsdp_config.offload_params
            megatron_lm_config.megatron_lm_optimizer_cpu_offload megatron_lm_config.megatron_lm_overlap_cpu_optimizer_d2h_h2d
            """),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .one,
            """
            dynamo_backend=no dynamo_config.dynamo_backend=no|dynamo_config.backend=no
            megatron_lm_config.megatron_lm_attention_backend=auto,flash,fused
            """),
        FlagGroup(.unmodelled("every module is taken to be sharded"), .one, "fsdp_config.fsdp_ignored_modules|fsdp_config.ignored_modules"),
        FlagGroup(
            .unmodelled("masks of dropout are taken not to be kept"), .one,
            """
            megatron_lm_config.megatron_lm_attention_dropout=0,0.0 megatron_lm_config.megatron_lm_hidden_dropout=0,0.0
            """),
        FlagGroup(
            .unmodelled("layers are taken to be dealt evenly"), .one, "megatron_lm_config.megatron_lm_decoder_last_pipeline_num_layers"),
        FlagGroup(
            .unmodelled("the optimizer's states are priced as fp32"), .none,
            "megatron_lm_config.megatron_lm_use_precision_aware_optimizer"),
        FlagGroup(
            .unmodelled("8 bits are priced by the stack's recipe, with weights gathered in bf16"), .one,
            """
            deepspeed_config.enable_msamp=false deepspeed_config.msamp_opt_level
            fp8_config.fp8_opt_level|fp8_config.opt_level|fp8_config.optimization_level
            fp8_config.enable_fsdp_float8_all_gather=false|fp8_config.fp8_enable_fsdp_float8_all_gather=false
            fp8_config.override_linear_precision=false|fp8_config.fp8_override_linear_precision=false
            """),
    ])
}
