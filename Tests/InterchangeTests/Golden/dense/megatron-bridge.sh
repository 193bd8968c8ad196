#!/usr/bin/env bash
# Trains with a Megatron-Bridge recipe; every rank runs this script. Written by meshwright export --target megatron-bridge.
# llama-3.1-70b on 64 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 8, pp 4, vpp 2, dp 2, micro-batch 1 × 64, schedule interleaved, sharding zero1, recompute selective core_attn,layernorm.
#
# MEGATRON_BRIDGE names a checkout, RECIPE a pretraining recipe of llama-3.1-70b.
# Arguments are added to those below, such as --dataset and its options.
set -euo pipefail
: "${MEGATRON_BRIDGE:?names a checkout of Megatron-Bridge}"
: "${RECIPE:?names a recipe of the model, such as llama3_8b_pretrain_config}"
export CUDA_DEVICE_MAX_CONNECTIONS=1

OVERRIDES=(
    model.tensor_model_parallel_size=8
    model.sequence_parallel=true
    model.context_parallel_size=1
    train.micro_batch_size=1
    train.global_batch_size=128
    dataset.seq_length=8192
    model.pipeline_model_parallel_size=4
    model.virtual_pipeline_model_parallel_size=2
    model.microbatch_group_size_per_vp_stage=8
    model.recompute_granularity=selective
    'model.recompute_modules=[core_attn,layernorm]'
    optimizer.optimizer=adam
    ddp.use_distributed_optimizer=true
    optimizer.use_distributed_optimizer=true
    ddp.overlap_grad_reduce=true
    ddp.overlap_param_gather=true
    mixed_precision=bf16_mixed
    ddp.grad_reduce_in_fp32=true
)

[ "$#" -gt 0 ] || set -- --dataset mock
exec "${PYTHON:-python3}" "$MEGATRON_BRIDGE/scripts/training/run_recipe.py" \
    --recipe "$RECIPE" --mode pretrain "$@" "${OVERRIDES[@]}"
