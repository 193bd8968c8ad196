#!/usr/bin/env bash
# Trains with Megatron-Core 0.15; every rank runs this script. Written by meshwright export --target megatron-core-0.15.
# llama-3.1-70b on 64 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 8, pp 4, vpp 2, dp 2, micro-batch 1 × 64, schedule interleaved, sharding zero1, recompute selective core_attn,layernorm.
#
# MEGATRON_LM names a checkout. The launcher sets RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT, as torchrun does:
#   torchrun --nproc-per-node 8 … --no-python bash megatron-core-0.15.sh --data-path … --tokenizer-type … --train-iters …
# Arguments are added to those below; without any, the script trains on mock data for a trial.
set -euo pipefail
: "${MEGATRON_LM:?names a checkout of Megatron-LM}"

# Since tensor and context parallelism need their collectives issued in order before Blackwell.
export CUDA_DEVICE_MAX_CONNECTIONS=1

ARGUMENTS=(
    --tensor-model-parallel-size 8
    --sequence-parallel
    --context-parallel-size 1
    --micro-batch-size 1
    --global-batch-size 128
    --seq-length 8192
    --no-create-attention-mask-in-dataloader
    --pipeline-model-parallel-size 4
    --num-layers-per-virtual-pipeline-stage 10
    --microbatch-group-size-per-virtual-pipeline-stage 8
    --recompute-granularity selective
    --recompute-modules core_attn layernorm
    --optimizer adam
    --use-distributed-optimizer
    --overlap-grad-reduce
    --overlap-param-gather
    --num-layers 80
    --hidden-size 8192
    --ffn-hidden-size 28672
    --normalization RMSNorm
    --swiglu
    --disable-bias-linear
    --position-embedding-type rope
    --max-position-embeddings 131072
    --rotary-base 500000
    --use-rope-scaling
    --rope-scaling-factor 8.0
    --untie-embeddings-and-output-weights
    --attention-dropout 0.0
    --hidden-dropout 0.0
    --num-attention-heads 64
    --kv-channels 128
    --group-query-attention
    --num-query-groups 8
    --bf16
    --attention-backend fused
)

if [ "$#" -eq 0 ]; then
    set -- \
        --mock-data --tokenizer-type NullTokenizer --vocab-size 128255 \
        --train-iters "${TRIAL_STEPS:-20}" --lr 1e-4 --eval-iters 0 --log-interval 1 --log-throughput
fi
exec "${PYTHON:-python3}" "$MEGATRON_LM/pretrain_gpt.py" "${ARGUMENTS[@]}" "$@"
