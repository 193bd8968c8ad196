/// The keys of Axolotl (`axolotl/utils/schemas`, 0.4 to 0.19).
enum AxolotlKeys {
    /// The table.
    static let table = FlagTable([
        FlagGroup(
            .read, .one,
            """
            base_model micro_batch_size gradient_accumulation_steps optimizer fsdp fsdp_config fsdp_version deepspeed sequence_len
            adapter lora_r lora_alpha lora_dropout lora_target_modules rl tensor_parallel_size context_parallel_size|sequence_parallel_degree@0.8-0.13
            dp_shard_size dp_replicate_size bf16|bfloat16 fp16|float16 gradient_checkpointing activation_offloading unfrozen_parameters batch_size
            peft_layers_to_transform optim_args
            """),
        FlagGroup(.read, .none, "lora_target_linear load_in_4bit load_in_8bit peft_use_dora gptq sample_packing"),
        FlagGroup(
            .nothing, .one,
            """
            strict resume_from_checkpoint auto_resume_from_checkpoints mean_resizing_embeddings trainer_cls dpo_use_weighting
            dpo_label_smoothing datasets test_datasets shuffle_merged_datasets shuffle_before_merging_datasets dataset_prepared_path
            dataset_shard_num dataset_shard_idx skip_prepare_dataset num_dataset_shards_to_save pretraining_dataset dataset_processes
            dataset_num_proc dataset_exact_deduplication dataset_keep_in_memory dataloader_pin_memory dataloader_num_workers
            dataloader_prefetch_factor dataloader_drop_last accelerator_config remove_unused_columns
            push_dataset_to_hub hf_use_auth_token device device_map world_size local_rank ddp seed ddp_timeout ddp_broadcast_buffers
            ddp_find_unused_parameters do_causal_lm_eval eval_causal_lm_metrics do_bench_eval bench_dataset bench_split
            metric_for_best_model greater_is_better loss_watchdog_threshold loss_watchdog_patience gc_steps torch_empty_cache_steps
            gc_collect_steps tf32 gradient_checkpointing_kwargs excess_length_strategy eval_sequence_len
            min_sample_len max_prompt_len sample_packing_group_size sample_packing_bin_size sample_packing_sequentially
            sample_packing_mp_start_method eval_sample_packing pad_to_sequence_len pad_to_multiple_of curriculum_sampling
            multipack_real_batches batch_flattening pretrain_multipack_buffer_size pretrain_multipack_attn
            pretraining_sample_concatenation streaming streaming_multipack_buffer_size flash_attention sdp_attention sdpa_varlen
            val_set_size heads_k_stride special_tokens tokens added_tokens_overrides max_steps warmup_steps warmup_ratio
            eval_steps evals_per_epoch eval_strategy evaluation_strategy save_steps saves_per_epoch save_strategy save_total_limit
            save_first_step logging_steps early_stopping_patience load_best_model_at_end save_only_model use_tensorboard profiler_steps
            profiler_steps_start include_tokens_per_second include_tkps neftune_noise_alpha max_memory gpu_memory_limit low_cpu_mem_usage
            chat_template chat_template_jinja chat_template_kwargs eot_tokens default_system_message
            fix_untrained_tokens plugins generate_samples num_generation_samples generation_max_new_tokens eval_table_size
            eval_max_new_tokens lora_model_dir lora_fan_in_fan_out lora_modules_to_save peft_use_rslora peft_init_lora_weights
            qlora_sharded_model_loading lora_on_cpu bnb_config_kwargs loraplus_lr_ratio loraplus_lr_embedding
            base_model_config cls_model_config tokenizer_config tokenizer_use_fast tokenizer_legacy tokenizer_use_mistral_common
            tokenizer_type processor_type tokenizer_save_jinja_files trust_remote_code experimental_skip_move_to_device output_dir
            hub_model_id hub_strategy hub_revision save_safetensors eval_batch_size auto_find_batch_size train_on_inputs
            learning_rate embedding_lr embedding_lr_scale weight_decay lr_scheduler lr_scheduler_kwargs
            lr_quadratic_warmup cosine_min_lr_ratio cosine_constant_lr_ratio lr_div_factor adam_epsilon adam_epsilon2 adam_beta1
            adam_beta2 adam_beta3 max_grad_norm num_epochs is_falcon_derived_model is_llama_derived_model is_mistral_derived_model
            is_qwen_derived_model model_type type_of_model revision_of_model model_revision wandb_project wandb_entity wandb_watch
            wandb_name wandb_run_id wandb_log_model wandb_mode mlflow_tracking_uri mlflow_experiment_name mlflow_run_name
            comet_project_name comet_workspace use_wandb use_mlflow use_comet fsdp_final_state_dict_type ring_attn_func
            roles_to_train train_on_eos chat_template_field_messages dataset_type debug rope_scaling
            overrides_of_model_config load_in_16bit dynamic_checkpoint flex_attn_compile_kwargs fp32_norm_classes freeze_mm_modules
            loftq_config lr_groups merge_lora merge_method peft pose_max_context_len pose_num_chunks pose_split_on_token_ids
            precompute_ref_log_probs processor_kwargs relora_prune_method relora_prune_ratio reinit_weights sample_packing_eff_est
            tiled_mlp_use_original_mlp torch_compile_options torchdistx_path total_num_tokens total_supervised_tokens
            peft_ensure_weight_tying
            """),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .one,
            """
            xformers_attention=false flex_attention=false flash_attn_cross_entropy=false flash_attn_rms_norm=false flash_attn_fuse_mlp=false flash_optimum=false
            sage_attention=false eager_attention=false torch_compile=false,auto torch_compile_backend torch_compile_mode lora_mlp_kernel=false
            lora_qkv_kernel=false lora_o_kernel=false lora_embedding_kernel=false use_kernels=false experts_implementation
            liger_rope=false liger_rms_norm=false liger_layer_norm=false liger_swiglu=false liger_glu_activation=false
            liger_rms_norm_gated=false use_scattermoe=false use_sonicmoe=false unsloth_lora_mlp=false unsloth_lora_qkv=false unsloth_lora_o=false
            unsloth_cross_entropy_loss=false unsloth_rms_norm=false unsloth_rope=false
            flash_attn_d512=false fused_attn_kernel gemma4_hybrid_attn_impl large_head_attention scaling_softmax=false scaling_softmax_bias scaling_softmax_factor
            """),
        FlagGroup(
            .unmodelled("the loss is taken to hold all logits"), .one,
            """
            liger_cross_entropy=false liger_fused_linear_cross_entropy=false cut_cross_entropy=false chunked_cross_entropy=false
            chunked_cross_entropy_num_chunks tiled_mlp=false tiled_mlp_num_shards
            """),
        FlagGroup(
            .unmodelled("products are priced in the format of bf16 and fp16"), .one,
            "fp8=false fp8_config fp8_enable_fsdp_float8_all_gather=false"),
        FlagGroup(
            .unmodelled("attention is taken to be fused"), .one,
            "attn_implementation=sdpa,flash_attention_2,flash_attention_3,flash,flash_attention"),
        FlagGroup(.unmodelled("layers are taken to stay on the GPU"), .one, "layer_offloading=false ple_cpu_offload=false"),
        FlagGroup(.unmodelled("layers are taken to be recomputed whole or not at all"), .one, "selective_checkpointing"),
        FlagGroup(.unmodelled("attention is taken to be whole"), .one, "s2_attention=false use_pose=false"),
        FlagGroup(.unmodelled("sequences are taken to come in any order"), .one, "group_by_length=false"),
        FlagGroup(.unmodelled("buckets are taken to be PyTorch's"), .one, "ddp_bucket_cap_mb"),
        FlagGroup(
            .unmodelled("every adapter is taken to be as large"), .one, "lora_rank_pattern lora_alpha_pattern lora_target_parameters"),
        FlagGroup(
            .unmodelled("adapters are taken to be on every layer"), .one,
            "peft_layers_pattern peft_trainable_token_indices"),
        FlagGroup(
            .unmodelled("the vocabulary is taken to be the model's"), .one, "resize_token_embeddings_to_32x=false shrink_embeddings=false"),
        FlagGroup(.unmodelled("experts are taken to be sharded like other parameters"), .one, "expert_parallel_size=1"),
        FlagGroup(.unmodelled("norms are taken to be the stack's"), .one, "fp32_norms=false embeddings_skip_upcast=false"),
        FlagGroup(.unmodelled("every matrix is taken to have full-rank gradients"), .one, "optim_target_modules relora=false relora_steps"),
        FlagGroup(.unmodelled("products run in bf16 or fp16"), .one, "float32=false"),
        FlagGroup(.unmodelled("adapters are priced in 16 bits"), .one, "peft_autocast_adapter_dtype"),
        FlagGroup(.unmodelled("the loss is taken to be cross-entropy of all tokens"), .one, "use_eaft=false"),
        FlagGroup(
            .unmodelled("matrices that are not trained are taken to be as the adapter's method holds them"), .one,
            "model_quantization_config model_quantization_config_kwargs quantize_moe_experts=false use_onebitllms=false"),
        FlagGroup(.unmodelled("states are taken to stay on the GPU"), .one, "relora_cpu_offload=false"),
        FlagGroup(.unmodelled("experts are taken to run as the stack's"), .one, "llama4_linearized_experts=false"),
        FlagGroup(.unmodelled("layers are taken to be the model's"), .one, "peft_layer_replication"),
        FlagGroup(.unmodelled("passes are taken to be eager"), .one, "deepcompile=false"),
        FlagGroup(
            .refused("a model that scores cannot be priced"), .none, "reward_model process_reward_model"),
        FlagGroup(.refused("a second model beside it cannot be priced"), .none, "kd_trainer"),
        FlagGroup(.refused("training in simulated low precision cannot be priced"), .one, "qat quantization"),
        FlagGroup(.refused("training on pictures cannot be priced"), .one, "image_size image_resize_algorithm"),
        FlagGroup(.refused("a classifier in place of the head cannot be priced"), .one, "num_labels"),
    ])
}
