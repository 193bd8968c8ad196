/// The keys of NeMo AutoModel's recipes for language models (`examples/llm_*`, 0.1 to main of August 2026).
enum AutomodelKeys {
    /// The table.
    static let table = FlagTable([
        FlagGroup(
            .read, .one,
            """
            benchmark.num_nodes dataset.seq_len|dataset.seq_length|dataset.max_sentence_len distributed._target_ distributed.cp_size
            distributed.dp_replicate_size distributed.dp_size distributed.ep_size distributed.pipeline.layers_per_stage|autopipeline.layers_per_stage
            distributed.pipeline.pp_microbatch_size|autopipeline.pp_microbatch_size distributed.pipeline.pp_schedule|autopipeline.pp_schedule distributed.pp_size distributed.strategy
            distributed.tp_size model.pretrained_model_name_or_path|model.config.pretrained_model_name_or_path|model.config.name_or_path
            model.torch_dtype|model.config.dtype model.backend.dispatcher
            optimizer._target_ packed_sequence.packed_sequence_size peft._target_ peft.alpha peft.dim peft.dropout peft.target_modules
            step_scheduler.global_batch_size step_scheduler.local_batch_size model._target_
            """),
        FlagGroup(
            .read, .none,
            """
            distributed.activation_checkpointing|parallelizer.activation_checkpointing distributed.moe.reshard_after_forward|parallelizer.reshard_after_forward distributed.reshard_after_forward
            distributed.sequence_parallel distributed.defer_fsdp_grad_sync fp8.enabled peft.match_all_linear quantization.load_in_4bit
            quantization.load_in_8bit peft.use_dora
            """),
        FlagGroup(
            .nothing, .one,
            """
            recipe recipe.* seed ci.* autopipeline.* parallelizer._target_ distributed_config.* _validation_dataset.* _validation_dataloader.*
            _dsv4_tulu3_chat_template embedding_row_repair.* neftune.* prewarm.* skypilot.* tool_call_eval.* checkpoint.* dataloader.* validation_dataset validation_dataset.* validation_dataloader validation_dataloader.* dataset.*
            dist_env.* rng.* tokenizer.* wandb.* mlflow.* comet.* lr_scheduler.* slurm.* logging.* clip_grad_norm.* loss_fn._target_ nvtx
            benchmark.* step_scheduler.ckpt_every_steps step_scheduler.gc_every_steps step_scheduler.log_remote_every_steps
            step_scheduler.loss_average_window_steps step_scheduler.max_steps step_scheduler.num_epochs
            step_scheduler.save_checkpoint_every_epoch step_scheduler.val_every_steps separate_meshes
            distributed.pipeline.dtype distributed.pipeline.patch_causal_lm_model distributed.pipeline.patch_inner_model
            distributed.pipeline.round_virtual_stages_to_pp_multiple distributed.pipeline.scale_grads_in_schedule distributed.pipeline.pp_seq_len
            distributed.moe distributed.moe.ignore_router_for_ac distributed.moe.wrap_outer_model distributed.mp_policy.* distributed.patch_is_packed_sequence
            model.config._target_ model.trust_remote_code model.config.trust_remote_code model.force_hf model.load_base_model
            model.output_hidden_states model.attn_implementation model.config.attn_implementation model.config._attn_implementation
            model.backend._target_ model.backend.enable_hf_state_dict_adapter model.backend.fake_balanced_gate model.use_sdpa_patching
            model.bos_token_id model.eos_token_id model.config.use_cache model.mtp_loss_scaling_factor optimizer.betas optimizer.eps
            optimizer.epsilon optimizer.lr optimizer.weight_decay optimizer.foreach optimizer.fused optimizer.adam_w_mode
            optimizer.bias_correction optimizer.flatten optimizer.adjust_lr optimizer.mu optimizer.nesterov optimizer.embed_lr
            optimizer.lm_head_lr optimizer.scalar_betas optimizer.scalar_eps optimizer.scalar_lr optimizer.scalar_opt
            packed_sequence.max_packs packed_sequence.num_proc packed_sequence.packing_strategy packed_sequence.split_across_pack
            peft.exclude_modules peft.use_triton peft.dropout_position peft.lora_A_init quantization.bnb_4bit_compute_dtype quantization.bnb_4bit_quant_storage
            quantization.bnb_4bit_quant_type quantization.bnb_4bit_use_double_quant
            """),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .one,
            """
            compile.enabled=false compile.backend compile.dynamic compile.fullgraph compile.mode model.backend.attn model.backend.compile_attn=false
            model.backend.dispatcher_num_sms model.backend.enable_fsdp_optimizations model.backend.experts model.backend.gate_precision
            model.backend.linear model.backend.rms_norm model.backend.rope model.backend.rope_fusion model.backend.mok.* model.use_liger_kernel=false
            distributed.enable_compile=false distributed.enable_async_tensor_parallel=false distributed.enable_fsdp2_prefetch loss_fn.*
            peft.use_memory_efficient_lora=false optimizer.use_triton=false
            """),
        FlagGroup(
            .unmodelled("8 bits are priced by the stack's recipe, with weights gathered in bf16"), .one,
            """
            fp8.emulate=false fp8.enable_fsdp_float8_all_gather=false fp8.filter_fqns fp8.force_recompute_fp8_weight_in_bwd
            fp8.precompute_float8_dynamic_scale_for_fsdp fp8.recipe_name model.backend.te_fp8.*
            """),
        FlagGroup(
            .unmodelled("the optimizer's states are priced as fp32 beside a copy of the parameters"), .one,
            """
            optimizer.exp_avg_dtype=torch.float32 optimizer.exp_avg_sq_dtype=torch.float32 optimizer.master_weights optimizer.master_weight_bits
            optimizer.store_param_remainders
            """),
        FlagGroup(.unmodelled("every adapter is taken to have the same rank"), .one, "peft.moe_rank_scaling=false"),
        FlagGroup(
            .unmodelled("the model is priced as its name says"), .one,
            "model.config.* model.num_nextn_predict_layers=0 model.mtp_use_repeated_layer model.kda_mode model.vocab_size model.n_embd model.n_head model.n_layer model.n_positions"
        ),
        FlagGroup(.refused("a classifier in place of the head cannot be priced"), .one, "model.num_labels"),
        FlagGroup(
            .refused("a second model beside it cannot be priced"), .one, "teacher_model.* teacher_distributed.* kd_ratio kd_loss_fn.*"),
        FlagGroup(.refused("training in simulated low precision cannot be priced"), .none, "qat.enabled"),
        FlagGroup(.nothing, .one, "qat.*"),
        FlagGroup(.unmodelled("the head is taken to run as the layers do"), .one, "distributed.moe.lm_head_precision"),
        FlagGroup(.unmodelled("sequences are taken to come in any order"), .one, "longalign=false"),
    ])
}
