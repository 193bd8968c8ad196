#!/usr/bin/env bash
# Trains with a Megatron-Bridge recipe; every rank runs this script. Written by meshwright export --target megatron-bridge.
# deepseek-v3 on 256 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 8, vpp 2, ep 32, etp 1, dp 32, micro-batch 1 × 64, schedule combined-1f1b, sharding zero1, recompute selective moe_act,mla_up_proj.
#
# MEGATRON_BRIDGE names a checkout, RECIPE a pretraining recipe of deepseek-v3.
# Arguments are added to those below, such as --dataset and its options.
set -euo pipefail
: "${MEGATRON_BRIDGE:?names a checkout of Megatron-Bridge}"
: "${RECIPE:?names a recipe of the model, such as llama3_8b_pretrain_config}"
export CUDA_DEVICE_MAX_CONNECTIONS=32

OVERRIDES=(
    model.tensor_model_parallel_size=1
    model.context_parallel_size=1
    model.expert_model_parallel_size=32
    model.expert_tensor_parallel_size=1
    train.micro_batch_size=1
    train.global_batch_size=2048
    dataset.seq_length=4096
    model.pipeline_model_parallel_size=8
    'model.pipeline_model_parallel_layout=Et*3|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*2mL'
    model.overlap_moe_expert_parallel_comm=true
    model.recompute_granularity=selective
    'model.recompute_modules=[moe_act,mla_up_proj]'
    optimizer.optimizer=adam
    optimizer.use_precision_aware_optimizer=true
    optimizer.exp_avg_dtype=bf16
    optimizer.exp_avg_sq_dtype=bf16
    ddp.use_distributed_optimizer=true
    optimizer.use_distributed_optimizer=true
    ddp.overlap_grad_reduce=true
    ddp.overlap_param_gather=true
    model.moe_grouped_gemm=true
    model.moe_token_dispatcher_type=flex
    model.moe_flex_dispatcher_backend=deepep
    mixed_precision=bf16_with_fp8_current_scaling_mixed
    ddp.grad_reduce_in_fp32=false
)

[ "$#" -gt 0 ] || set -- --dataset mock
exec "${PYTHON:-python3}" "$MEGATRON_BRIDGE/scripts/training/run_recipe.py" \
    --recipe "$RECIPE" --mode pretrain "$@" "${OVERRIDES[@]}"
