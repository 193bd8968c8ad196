/// The keys of TorchTitan's TOML and of the JSON that it saves of a configuration (February 2024 to August 2026); versions are months.
enum TorchTitanKeys {
    /// The table.
    static let table = FlagTable([
        FlagGroup(
            .read, .one,
            """
            activation_checkpoint.mode@-2026.05 activation_checkpoint.selective_ac_option@-2026.04
            activation_checkpoint.memory_budget@2025.10- activation_checkpoint.preserve_rng_state@2025.10-
            activation_checkpoint.force_recompute_mm_shapes_by_fqns@2026.02-
            compile.enable@2025.08-|training.compile@-2025.08
            model.converters@2025.02-2026.02 model.flavor@-2026.02|model_spec.flavor@2026.02-
            model.name@-2026.02|model_spec.name@2026.02- optimizer.implementation@2025.02- optimizer.name@-2026.02 optimizer.param_groups@2026.02-
            parallelism.context_parallel_degree@2025.03-|experimental.context_parallel_degree@2024.10-2025.03
            parallelism.context_parallel_load_balancer
            parallelism.context_parallel_rotate_method@2025.03-2026.02|experimental.context_parallel_rotate_method@2024.12-2025.03
            parallelism.data_parallel_replicate_degree@2025.03-|training.data_parallel_replicate_degree@2024.09-2025.03
            parallelism.data_parallel_shard_degree@2025.03-|training.data_parallel_shard_degree@2024.09-2025.03|training.data_parallel_degree@-2024.09
            parallelism.enable_sequence_parallel@2026.02-
            parallelism.expert_parallel_degree@2025.07- parallelism.expert_tensor_parallel_degree@2025.08-2026.02
            parallelism.fsdp_reshard_after_forward@2025.03-|training.fsdp_reshard_after_forward@2025.02-2025.03
            parallelism.module_fqns_per_model_part@2025.07- parallelism.num_pp_microbatches@2026.02-
            parallelism.pipeline_parallel_degree@2025.03-|experimental.pipeline_parallel_degree@2024.05-2025.03|training.pipeline_parallel_degree@-2024.05
            parallelism.pipeline_parallel_first_stage_less_layers@2025.07- parallelism.pipeline_parallel_last_stage_less_layers@2025.07-
            parallelism.pipeline_parallel_layers_per_stage@2025.04-
            parallelism.pipeline_parallel_microbatch_size@2025.04-2026.02
            parallelism.pipeline_parallel_microbatches@2025.03-2025.04|experimental.pipeline_parallel_microbatches@2024.05-2025.03
            parallelism.pipeline_parallel_schedule@2025.03-|experimental.pipeline_parallel_schedule@2024.05-2025.03
            parallelism.pipeline_parallel_split_points@2025.03-2025.10|experimental.pipeline_parallel_split_points@2024.05-2025.03
            parallelism.tensor_parallel_degree@2025.03-|training.tensor_parallel_degree@2024.03-2025.03|training.sequence_parallel_degree@-2024.03
            float8.enable_float8_linear@2024.07-2025.02|training.enable_float8_linear@2024.07|training.enable_fp8_linear@2024.07
            training.data_parallel_type@2024.07-2024.09 training.dtype@2025.09- training.fp8_linear@2024.03-2024.07
            training.global_batch_size@2025.06-2026.02 training.local_batch_size@2025.06-2026.02|training.batch_size@-2025.05
            training.mixed_precision_param@2024.05- training.mixed_precision_reduce@2024.05-
            training.num_tokens_per_microbatch_per_dp_rank@2026.02- training.num_tokens_per_train_step@2026.02-
            training.seq_len@-2026.02|training.max_context_length@2026.02-
            """),
        FlagGroup(
            .nothing, .one,
            """
            activation_checkpoint.debug activation_checkpoint.determinism_check
            activation_checkpoint.per_op_sac_force_recompute_mm_shapes_by_fqns
            activation_checkpoint.visualize_memory_budget_pareto checkpoint.* comm.* compile.backend dataloader.* debug.*
            dump_folder estimate.* experimental.pipeline_parallel_split_mode experimental.torch_spmd fault_tolerance.*
            float8.emulate float8.precompute_float8_dynamic_scale_for_fsdp hf_assets_path job.* loss.* lr_scheduler.* memory_estimation.*
            metrics.* model.hf_assets_path model.print_after_conversion model.tokenizer_path model_spec.* mx.* optimizer.*
            parallelism.context_parallel_ptrr_mask_key parallelism.spmd_backend profiler.* profiling.* quantize.* tokenizer.*
            training.checkpoint_folder training.checkpoint_interval training.checkpoint_interval_type training.dataloader.*
            training.dataset training.dataset_path training.gc_debug training.gc_freq training.max_norm
            training.precompute_float8_dynamic_scale_for_fsdp training.seed training.steps training.warmup_pct training.warmup_steps
            training.debug_moe_force_load_balance validation.* validator.*
            """),
        FlagGroup(
            .unmodelled("weights are taken to be gathered in bf16"), .none,
            """
            float8.enable_fsdp_float8_all_gather quantize.dense.float8.enable_fsdp_float8_all_gather
            quantize.linear.float8.enable_fsdp_float8_all_gather training.enable_fsdp_float8_all_gather training.enable_fsdp_fp8_all_gather
            """),
        FlagGroup(
            .unmodelled("every linear layer but the head is taken to run in 8 bits, scaled as the recipe says"), .one,
            """
            float8.filter_fqns=output float8.moe_fqns_prototype
            float8.scaling_type_grad_output=dynamic float8.scaling_type_input=dynamic float8.scaling_type_weight=dynamic
            mx.filter_fqns=output mx.moe_fqns_prototype mx.recipe_name=mxfp8,mxfp8_cublas
            quantize.dense.float8.filter_fqns=output
            quantize.dense.mx.filter_fqns=output quantize.dense.mx.recipe_name=mxfp8,mxfp8_cublas
            quantize.grouped_mm.float8.fqns quantize.grouped_mm.mx.fqns quantize.grouped_mm.mx.recipe_name=mxfp8
            quantize.linear.float8.filter_fqns=output
            quantize.linear.mx.filter_fqns=output quantize.linear.mx.recipe_name=mxfp8,mxfp8_cublas
            quantize.moe.float8.fqns quantize.moe.mx.fqns
            training.float8_scaling_type_grad_output=dynamic training.float8_scaling_type_input=dynamic
            training.float8_scaling_type_weight=dynamic
            """),
        FlagGroup(
            .unmodelled("kernels of 8 bits are taken to be the stack's"), .one,
            """
            float8.force_recompute_fp8_weight_in_bwd=false mx.mxfp8_dim1_cast_kernel_choice=triton,cuda
            mx.use_fp8_dim1_cast_triton_kernel=true quantize.dense.mx.mxfp8_dim1_cast_kernel_choice=triton,cuda
            quantize.linear.mx.mxfp8_dim1_cast_kernel_choice=triton,cuda
            """),
        FlagGroup(.read, .none, "training.enable_cpu_offload"),
        FlagGroup(.read, .one, "float8.recipe_name quantize.dense.float8.recipe_name quantize.linear.float8.recipe_name"),
        FlagGroup(
            .unmodelled("tensor parallelism overlaps compute as the stack's does"), .none,
            """
            compile.enable_async_tensor_parallel experimental.enable_async_tensor_parallel parallelism.enable_async_tensor_parallel
            """),
        FlagGroup(
            .unmodelled("logits are taken to be split over tensor-parallel ranks"), .none,
            "parallelism.disable_loss_parallel training.disable_loss_parallel"),
        FlagGroup(.unmodelled("logits are taken to be split over tensor-parallel ranks"), .one, "training.enable_loss_parallel=true"),
        FlagGroup(
            .unmodelled("what is compiled is taken to be what the stack compiles"), .one,
            """
            compile.components=model,loss experimental.enable_compiled_autograd=false parallelism.enable_compiled_autograd=false
            """),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's, those that are not deterministic"), .none,
            "debug.batch_invariant debug.deterministic training.deterministic"),
        FlagGroup(
            .unmodelled("kernels are taken to be launched by the host, without graphs"), .one, "training.disable_cuda_graphs=true"),
        FlagGroup(
            .unmodelled("attention is taken to be causal over the whole sequence, in the stack's kernel"), .one,
            "model.attn_mask_type=causal model.use_flex_attn=false"),
        FlagGroup(
            .unmodelled("norms are taken to be the model's, fused"), .one, "model.norm_type=rmsnorm,fused_rmsnorm,compiled_rmsnorm"),
        FlagGroup(
            .unmodelled("the optimizer is taken to be fused and to run after the backward pass"), .one,
            "optimizer.early_step_in_backward=false optimizer.fused=true"),
        FlagGroup(.unmodelled("logits are taken to be whole"), .one, "loss.num_chunks=1"),
        FlagGroup(
            .unmodelled("recomputation is taken to run a layer to its end"), .one, "activation_checkpoint.early_stop=false"),
        FlagGroup(
            .unmodelled("recomputation is taken to be that of activation_checkpoint"), .none, "training.enable_selective_ac"),
        FlagGroup(
            .unmodelled("experts exchange tokens all to all, as the stack's do"), .one,
            """
            parallelism.expert_parallel_comm_backend=standard parallelism.pipeline_parallel_expert_parallel_overlap
            """),
        FlagGroup(.unmodelled("collectives are taken to be NCCL's own"), .none, "parallelism.enable_fsdp_symm_mem"),
        FlagGroup(
            .unmodelled("replicas are taken to exchange gradients at every step"), .one,
            """
            fault_tolerance.enable=false fault_tolerance.semi_sync_method fault_tolerance.should_quantize=false
            fault_tolerance.sync_steps
            """),
        FlagGroup(.unmodelled("all communication is taken to be real"), .one, "comm.mode=default"),
        FlagGroup(
            .unmodelled("code of one's own is taken to change nothing"), .one,
            """
            experimental.custom_args_module experimental.custom_import experimental.custom_model_path job.custom_config_module
            override.*
            """),
        FlagGroup(.nothing, .none, "model_converters.print_after_conversion@2026.02-2026.04"),
        FlagGroup(
            .refused("what converts the model stands in the file as code of that month; take it out and state the format with --precision"),
            .one,
            "model_converters.converters@2026.02-2026.04"),
        FlagGroup(
            .refused("an order of work of one's own stands in another file"), .one,
            "experimental.pipeline_parallel_schedule_csv parallelism.pipeline_parallel_schedule_csv"),
    ])
}
