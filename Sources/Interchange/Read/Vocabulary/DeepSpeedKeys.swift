/// The keys of DeepSpeed's JSON (`deepspeed/runtime/config.py` and the configurations of its parts, to August 2026).
enum DeepSpeedKeys {
    /// The table.
    static let table = FlagTable([
        FlagGroup(
            .read, .one,
            """
            activation_checkpointing.cpu_checkpointing bf16.enabled|bfloat16.enabled data_parallel_size data_types.grad_accum_dtype fp16.enabled
            gradient_accumulation_steps optimizer.type sequence_parallel_size pipeline.activation_checkpoint_interval pipeline.stages
            tensor_parallel.autotp_size train_batch_size train_micro_batch_size_per_gpu zero_optimization.mics_shard_size
            zero_optimization.offload_optimizer.device zero_optimization.offload_optimizer.ratio zero_optimization.offload_param.device
            zero_optimization.overlap_comm zero_optimization.stage
            """),
        FlagGroup(
            .read, .none,
            """
            zero_optimization.cpu_offload zero_optimization.cpu_offload_param|zero_optimization.cpu_offload_params
            """),
        FlagGroup(
            .nothing, .one,
            """
            activation_checkpointing.*
            aio.* bf16.* checkpoint.* data_types.buffer_dtype datastates.* comms_logger.* csv_monitor.* cuda_visible_devices dataloader_drop_last disable_python_gc dump_state elasticity.*
            expert_parallel.* flops_profiler.* fp16.* gradient_allreduce_op gradient_clipping gradient_predivide_factor hybrid_engine.*
            load_universal_checkpoint log_level
            memory_breakdown monitor_config.* nebula.* optimizer.* pipeline.* prescale_gradients
            scheduler.* sparse_gradients steps_per_print tensorboard.* tensor_parallel.* timers.*
            use_node_local_storage vocabulary_size wall_clock_breakdown wandb.* zero_allow_untested_optimizer
            zero_force_ds_cpu_optimizer zero_optimization.enable_sanity_checks
            zero_optimization.leaf_module.* zero_optimization.override_module_apply zero_optimization.pipeline_loading_checkpoint
            zero_optimization.contiguous_gradients zero_optimization.elastic_checkpoint
            zero_optimization.gather_16bit_weights_on_model_save zero_optimization.ignore_unused_parameters
            zero_optimization.legacy_stage1 zero_optimization.load_from_fp32_weights zero_optimization.log_trace_cache_warnings
            zero_optimization.model_persistence_threshold
            zero_optimization.round_robin_gradients zero_optimization.stage3_gather_16bit_weights_on_model_save
            zero_optimization.stage3_gather_fp16_weights_on_model_save zero_optimization.stage3_model_persistence_threshold
            zero_optimization.sub_group_size zero_optimization.use_multi_rank_bucket_allreduce
            """),
        FlagGroup(.nothing, .one, "zero_optimization.offload_optimizer.* zero_optimization.offload_param.*"),
        FlagGroup(
            .unmodelled("inputs of layers are taken to be kept as the stack keeps them"), .none,
            "activation_checkpointing.contiguous_memory_optimization activation_checkpointing.partition_activations"),
        FlagGroup(
            .unmodelled("master weights, moments and gradients of the update are priced in fp32 and as --grad-dtype says"), .none,
            """
            bf16.bf16_master_weights_and_grads|bfloat16.bf16_master_weights_and_grads
            bf16.bf16_optimizer_states|bfloat16.bf16_optimizer_states fp16.fp16_master_weights_and_grads
            """),
        FlagGroup(
            .unmodelled("gradients are taken to be added to the optimizer's when the backward pass ends"), .none,
            "bf16.immediate_grad_update|bfloat16.immediate_grad_update"),
        FlagGroup(.unmodelled("sizes are those of the file, not what elasticity chooses"), .none, "elasticity.enabled"),
        FlagGroup(.unmodelled("the model is taken to be trained and never to generate"), .none, "hybrid_engine.enabled"),
        FlagGroup(.unmodelled("tensor parallelism overlaps compute as the stack's does"), .none, "tensor_parallel.tp_overlap_comm"),
        FlagGroup(
            .unmodelled("gradients are taken to be reduce-scattered and parameters to be gathered by all-gathers"), .one,
            """
            zero_optimization.allgather_partitions=true zero_optimization.reduce_scatter=true|reduce_scatter=true
            """),
        FlagGroup(.unmodelled("parameters are taken to be gathered by all-gathers"), .none, "disable_allgather"),
        FlagGroup(
            .unmodelled("the norm of all gradients is taken to be computed at each step"), .one, "zero_optimization.compute_grad_norm=true"),
        FlagGroup(
            .unmodelled("flat buffers are taken to have no gaps between parameters"), .none, "zero_optimization.parameter_alignment"),
        FlagGroup(
            .unmodelled("buckets and what is gathered ahead are taken to be the stack's"), .one,
            """
            zero_optimization.allgather_bucket_size=5e8,5e+8,500000000 zero_optimization.reduce_bucket_size=5e8,5e+8,500000000
            zero_optimization.stage3_max_live_parameters=1e9,1e+9,1000000000
            zero_optimization.stage3_max_reuse_distance=1e9,1e+9,1000000000
            zero_optimization.stage3_param_persistence_threshold=1e5,1e+5,100000|zero_optimization.param_persistence_threshold=1e5,1e+5,100000
            zero_optimization.stage3_prefetch_bucket_size=5e7,5e+7,50000000
            """),
        FlagGroup(
            .unmodelled("linear layers are taken to keep no more than their inputs"), .one, "zero_optimization.memory_efficient_linear=true"
        ),
        FlagGroup(
            .unmodelled("copies are taken to go through pinned memory"), .one,
            """
            zero_optimization.cpu_offload_use_pin_memory=true zero_optimization.offload_optimizer.pin_memory=true
            zero_optimization.offload_param.pin_memory=true
            """),
        FlagGroup(
            .unmodelled("updates are taken to wait for what is read and written"), .none,
            """
            zero_optimization.offload_optimizer.pipeline_read zero_optimization.offload_optimizer.pipeline_write
            zero_optimization.offload_optimizer.super_offload
            """),
        FlagGroup(.unmodelled("parameters are priced with a copy in fp32"), .one, "data_types.param_dtype=fp32"),
        FlagGroup(
            .unmodelled("gradients are taken to be reduced once a step, of micro-batches that DeepSpeed counts"), .one,
            "managed_gradient_accumulation=true"),
        FlagGroup(.unmodelled("expert-parallel ranks are taken to be neighbours"), .none, "use_data_before_expert_parallelism"),
        FlagGroup(
            .unmodelled("parameters are gathered by all-gathers, several at a time"), .none,
            "zero_optimization.stage3_allgather_sequential zero_optimization.stage3_use_all_reduce_for_fetch_params"),
        FlagGroup(
            .unmodelled("the optimizer's states are priced as Adam's"), .none, "zero_optimization.save_muon_momentum_buffer_in_memory"),
        FlagGroup(.unmodelled("state the expert-parallel ranks with --ep"), .one, "expert_parallel.autoep_size=1"),
        FlagGroup(.unmodelled("updates are taken to wait for their gradients"), .one, "zero_optimization.zenflow.*"),
        FlagGroup(
            .unmodelled("weights and gradients are exchanged in their own format"), .one,
            """
            communication_data_type zero_optimization.zero_quantized_gradients=false
            zero_optimization.zero_quantized_nontrainable_weights=false zero_optimization.zero_quantized_weights=false
            zero_optimization.zeropp_loco_param.*
            """),
        FlagGroup(
            .unmodelled("state is priced as sharded over one flat group"), .one,
            """
            zero_optimization.mics_hierarchical_params_gather=false zero_optimization.zero_hpz_partition_size=1
            """),
        FlagGroup(.unmodelled("modules are gathered as the stack's are"), .one, "zero_optimization.stage3_module_granularity_threshold=0"),
        FlagGroup(
            .unmodelled("graphs and kernels are taken to be the stack's"), .one, "compile.* graph_harvesting=false sparse_attention.*"),
        FlagGroup(.unmodelled("formats are those of bf16 and fp16"), .one, "amp.* torch_autocast.* fp8.* fp32_allreduce=false"),
        FlagGroup(
            .unmodelled("every token passes every layer in full, at the full length and batch"), .one,
            """
            curriculum_learning.* data_efficiency.* progressive_layer_drop.*
            """),
        FlagGroup(
            .unmodelled("weights are taken not to be compressed"), .one,
            "compression_training.* quantize_training.* eigenvalue.* weight_quantization.*"),
        FlagGroup(.unmodelled("sizes are those of the file, not what tuning finds"), .one, "autotuning.*"),
    ])
}
