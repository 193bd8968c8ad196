/// The settings of Hugging Face's Trainer (`transformers/training_args.py`, 4.20 to 5.24), and those that trainers on it add.
enum TrainerKeys {
    /// The Trainer's own, as scripts and TRL's files state them, with those of TRL's and PEFT's examples (`trl/trainer/model_config.py` and
    /// `sft_config.py`, 0.7 to main of August 2026).
    static let arguments = FlagTable(common + trl)

    /// What all trainers on it take.
    static let common = [
        FlagGroup(
            .read, .one,
            """
            model_name_or_path per_device_train_batch_size|per_gpu_train_batch_size@-4.50 gradient_accumulation_steps optim optim_args fsdp fsdp_config
            deepspeed
            """),
        FlagGroup(.read, .none, "bf16 fp16 gradient_checkpointing|activation_checkpointing@5.0- use_dora"),
        FlagGroup(
            .nothing, .one,
            """
            output_dir overwrite_output_dir do_train do_eval do_predict evaluation_strategy eval_strategy prediction_loss_only
            per_device_eval_batch_size per_gpu_eval_batch_size eval_accumulation_steps eval_delay learning_rate weight_decay adam_beta1
            adam_beta2 adam_epsilon max_grad_norm num_train_epochs max_steps lr_scheduler_type lr_scheduler_kwargs warmup_ratio warmup_steps
            log_level log_level_replica log_on_each_node logging_dir logging_strategy logging_first_step logging_steps logging_nan_inf_filter
            save_strategy save_steps save_total_limit save_safetensors save_on_each_node save_only_model
            restore_callback_states_from_checkpoint no_cuda use_mps_device seed data_seed bf16_full_eval fp16_full_eval tf32 local_rank
            ddp_backend tpu_num_cores tpu_metrics_debug debug dataloader_drop_last eval_steps dataloader_num_workers
            dataloader_prefetch_factor past_index run_name disable_tqdm remove_unused_columns label_names load_best_model_at_end
            metric_for_best_model greater_is_better ignore_data_skip fsdp_min_num_params fsdp_transformer_layer_cls_to_wrap
            accelerator_config report_to project trackio_space_id trackio_bucket_id
            trackio_static_space_id dataloader_pin_memory dataloader_persistent_workers dataloader_multiprocessing_context
            dataloader_in_order skip_memory_metrics use_legacy_prediction_loop push_to_hub resume_from_checkpoint hub_model_id hub_strategy
            hub_token hub_private_repo hub_always_push hub_revision gradient_checkpointing_kwargs
            activation_checkpointing_kwargs include_inputs_for_metrics include_for_metrics
            eval_do_concat_batches fp16_backend half_precision_backend fp16_opt_level push_to_hub_model_id push_to_hub_organization
            push_to_hub_token mp_parameters auto_find_batch_size full_determinism ray_scope ddp_timeout include_tokens_per_second
            include_num_input_tokens_seen split_batches dispatch_batches eval_on_start use_cache eval_use_gather_object
            average_tokens_across_devices batch_eval_metrics xpu_backend ddp_broadcast_buffers ddp_find_unused_parameters
            torch_empty_cache_steps neftune_noise_alpha label_smoothing_factor length_column_name enable_jit_checkpoint
            model_revision trust_remote_code use_fast_tokenizer cache_dir
            """),
        FlagGroup(
            .unmodelled("sequences are taken to come in any order"), .one,
            "group_by_length=false train_sampling_strategy=random"),
        FlagGroup(.unmodelled("kernels are taken to be the stack's"), .none, "torch_compile use_liger_kernel"),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .one,
            "torch_compile_backend torch_compile_mode torchdynamo liger_kernel_config"),
        FlagGroup(.unmodelled("buckets are taken to be PyTorch's"), .one, "ddp_bucket_cap_mb ddp_static_graph"),
        FlagGroup(
            .unmodelled("every matrix is taken to have full-rank gradients"), .one, "optim_target_modules use_galore=false use_apollo=false"
        ),
        FlagGroup(.unmodelled("ranks are taken to share the data alone"), .one, "parallelism_config tp_size=0,1"),
        FlagGroup(.refused("training on CPUs cannot be priced"), .none, "use_cpu"),
    ]

    private static let trl = [
        FlagGroup(
            .read, .one,
            """
            max_length max_seq_length|model_max_length|block_size|max_source_length lora_r|lora_rank lora_alpha lora_dropout
            lora_target_modules torch_dtype|dtype
            """),
        FlagGroup(.read, .none, "use_peft|use_lora load_in_4bit load_in_8bit packing activation_offloading"),
        FlagGroup(
            .nothing, .one,
            """
            accelerate_config lora_modules_to_save lora_task_type use_rslora bnb_4bit_quant_type bnb_4bit_quant_storage
            use_bnb_nested_quant lora_target_parameters dataset_name dataset_config dataset_train_split dataset_test_split
            dataset_streaming dataset_text_field dataset_kwargs dataset_num_proc dataset_batch_size datasets gradient_checkpointing_use_reentrant
            ignore_bias_buffers model_init_kwargs chat_template_path eos_token pad_token truncation_mode shuffle_dataset
            packing_strategy padding_free pad_to_multiple_of eval_packing completion_only_loss assistant_only_loss
            router_aux_loss_coef num_of_sequences chars_per_token config tokenizer_name config_name train_file validation_file data_path
            preprocessing_num_workers streaming
            """),
        FlagGroup(.unmodelled("kernels are taken to be the stack's"), .none, "use_liger"),
        FlagGroup(
            .unmodelled("attention is taken to be fused"), .one,
            "attn_implementation=sdpa,flash_attention_2,flash_attention_3,kernels-community/flash-attn2,kernels-community/flash-attn3"),
        FlagGroup(.unmodelled("the loss is taken to be cross-entropy of all tokens"), .one, "loss_type=nll"),
    ]
}
