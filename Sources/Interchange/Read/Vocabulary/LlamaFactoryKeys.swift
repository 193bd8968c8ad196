/// The settings of LLaMA-Factory (`llamafactory/hparams`, 0.8 and later) beside those of Hugging Face's Trainer.
enum LlamaFactoryKeys {
    /// The table.
    static let table = FlagTable(TrainerKeys.common + own)

    private static let own = [
        FlagGroup(
            .read, .one,
            """
            stage finetuning_type cutoff_len lora_rank lora_alpha lora_dropout lora_target quantization_bit quantization_method
            freeze_trainable_layers
            """),
        FlagGroup(.read, .none, "disable_gradient_checkpointing use_unsloth_gc pure_bf16 packing neat_packing"),
        FlagGroup(
            .nothing, .one,
            """
            adapter_name_or_path adapter_folder split_special_tokens add_tokens add_special_tokens new_special_tokens_config
            init_special_tokens low_cpu_mem_usage rope_scaling moe_aux_loss_coef use_reentrant_gc infer_backend offload_folder
            use_kv_cache use_v1_kernels infer_dtype hf_hub_token ms_hub_token om_hub_token print_param_status quantization_type
            double_quantization quantization_device_map image_max_pixels image_min_pixels image_do_pan_and_scan crop_to_patches
            video_max_pixels video_min_pixels video_fps video_maxlen use_audio_in_video audio_sampling_rate export_dir export_size
            export_device vllm_maxlen vllm_gpu_util vllm_enforce_eager vllm_max_lora_rank vllm_config template dataset eval_dataset dataset_dir
            media_dir train_on_prompt mask_history streaming buffer_size mix_strategy interleave_probs overwrite_cache
            preprocessing_batch_size preprocessing_num_workers max_samples eval_num_beams ignore_pad_token_for_loss val_size
            eval_on_each_dataset tool_format default_system enable_thinking preserve_thinking tokenized_path data_shared_file_system
            loraplus_lr_ratio loraplus_lr_embedding use_rslora pissa_init pissa_iter pissa_convert create_new_adapter freeze_vision_tower
            freeze_multi_modal_projector compute_accuracy disable_shuffling early_stopping_steps plot_loss
            include_effective_tokens_per_second ray_num_workers ray_init_kwargs ray_run_name ray_storage_path resources_per_worker
            placement_strategy use_swanlab swanlab_project swanlab_workspace swanlab_run_name swanlab_mode swanlab_api_key swanlab_logdir
            swanlab_lark_webhook_url swanlab_lark_secret predict_with_generate generation_max_length generation_num_beams
            master_addr master_port enable_torch_profiler asft_alpha eaft_alpha train_from_scratch compute_dtype device_map
            model_max_length
            """),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .one,
            "flash_attn=auto,fa2,sdpa enable_liger_kernel=false use_unsloth=false"),
        FlagGroup(.unmodelled("attention is taken to be whole"), .none, "shift_attn block_diag_attn"),
        FlagGroup(.unmodelled("products are priced in the format of bf16 and fp16"), .none, "fp8 fp8_enable_fsdp_float8_all_gather"),
        FlagGroup(.unmodelled("products are priced in the format of bf16 and fp16"), .one, "fp8_backend=auto"),
        FlagGroup(.unmodelled("the optimizer is priced by optim alone"), .none, "use_badam use_adam_mini use_muon"),
        FlagGroup(
            .unmodelled("adapters and frozen layers are as stated; what else is trained is not counted"), .one,
            "additional_target freeze_extra_modules freeze_trainable_modules=all"),
        FlagGroup(.unmodelled("norms and logits are taken to be the stack's"), .none, "upcast_layernorm upcast_lmhead_output resize_vocab"),
        FlagGroup(.unmodelled("the loss is taken to be cross-entropy of all tokens"), .none, "use_dft_loss use_asft_loss use_eaft_loss"),
        FlagGroup(
            .refused("it trains with another program, whose own configuration has to be read"), .none, "use_mca use_hyper_parallel use_kt"),
        FlagGroup(.nothing, .one, "hyper_parallel_args"),
        FlagGroup(.refused("training of a tower of pictures alone cannot be priced"), .none, "freeze_language_model"),
        FlagGroup(.refused("layers that are added or left out cannot be priced"), .one, "use_llama_pro=false mixture_of_depths"),
    ]
}
