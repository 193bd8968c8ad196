/// The keys of torchtune's YAML, which its recipes ask for (main of April 2026, and its configurations).
enum TorchtuneKeys {
    /// The table.
    static let table = FlagTable([
        FlagGroup(
            .read, .one,
            """
            batch_size context_parallel_dim context_parallel_rotate_method data_parallel_replicate_dim data_parallel_shard_dim
            dataset.max_seq_len dataset.packed dtype enable_activation_checkpointing enable_fp8_training
            fsdp_reshard_after_forward gradient_accumulation_steps model._component_ model.apply_lora_to_mlp
            fp8_recipe_name model.lora_alpha model.lora_attn_modules model.lora_dropout model.lora_rank model.quantize_base model.use_dora optimizer._component_
            tensor_parallel_dim tokenizer.max_seq_len
            """),
        FlagGroup(
            .nothing, .one,
            """
            apply_chat_template base_model_path batch_size_val checkpointer.* chat_template clip_grad_norm collate_fn cudnn_deterministic_mode
            dataloader.* dataset.* dataset_val.* datasets debug_logging_enabled debug_num_samples_per_step device
            enable_async_checkpointing enable_expandable_segments epochs log_every_n_steps log_level log_peak_memory_stats low_cpu_ram
            lr_scheduler.* max_steps_per_epoch metric_logger.* model.* name optimizer.* output_dir profiler.* resize_token_embeddings
            resume_from_checkpoint run_val_every_n_steps save_adapter_weights_only save_every_n_epochs save_every_n_steps seed
            shuffle stop_token_ids tensor_parallel_plan.* tokenizer.* use_distributed_state_dict
            """),
        FlagGroup(.unmodelled("the head is taken to have no adapters"), .none, "model.apply_lora_to_output"),
        FlagGroup(.read, .none, "enable_activation_offloading fsdp_cpu_offload"),
        FlagGroup(
            .unmodelled("copies of activations are taken to run beside compute"), .none, "activation_offloading_use_streams=true"),
        FlagGroup(.unmodelled("gradients are taken to be kept until the optimizer's step"), .none, "optimizer_in_bwd"),
        FlagGroup(.unmodelled("kernels are taken to be the stack's"), .none, "compile use_flex=true"),
        FlagGroup(.unmodelled("the loss is taken to be the stack's"), .one, "loss.*"),
        FlagGroup(.unmodelled("parameters are gathered by layer"), .one, "custom_sharded_layers memory_efficient_fsdp_wrap=false"),
        FlagGroup(.unmodelled("every layer is taken to be recomputed whole"), .one, "ac_mode=full ac_option"),
        FlagGroup(
            .refused("quantization-aware training adds work that cannot be priced; take its quantizer out to price plain training"), .one,
            "quantizer.* fake_quant_after_n_steps"),
        FlagGroup(.refused("layers that are left out at random cannot be priced"), .one, "early_exit_loss.* layer_dropout.*"),
        FlagGroup(
            .refused("a second model that runs beside the one that is trained (distillation) cannot be priced"), .one,
            "kd_loss.* kd_ratio teacher_checkpointer.* teacher_model.*"),
        FlagGroup(
            .refused("reinforcement learning, which generates besides training, cannot be priced"), .one,
            """
            forward_batch_size fsdp.* gamma grpo_samples inference.* kl_coeff lmbda max_generated_tokens min_response_length num_steps
            orchestration.* penalise_no_eos policy_model.* postprocessing.* ppo_batch_size ppo_epochs ref_policy_checkpointer.*
            reward_and_value_model.* reward_checkpointer.* reward_functions reward_penalty training.* value_checkpointer.*
            whiten_rewards
            """),
        FlagGroup(
            .refused("a reference model that runs beside the one that is trained (preference optimization) cannot be priced"), .one,
            "ref_checkpointer.*"),
        FlagGroup(
            .refused("the file is of a recipe that generates, evaluates or quantizes, and trains nothing"), .one,
            "enable_kv_cache include_path limit max_new_tokens max_seq_length prompt.* tasks temperature top_k"),
    ])
}
