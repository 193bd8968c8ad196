#!/usr/bin/env bash
# Trains with Megatron-LM main; every rank runs this script. Written by meshwright export --target megatron-lm.
# llama-3.1-8b on 32 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 1, cp 2 (all-gather), dp 16, micro-batch 2 × 4, schedule 1f1b, sharding zero3, recompute full.
#
# MEGATRON_LM names a checkout. The launcher sets RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT, as torchrun does:
#   torchrun --nproc-per-node 8 … --no-python bash megatron-lm.sh --data-path … --tokenizer-type … --train-iters …
# Arguments are added to those below; without any, the script trains on mock data for a trial.
set -euo pipefail
: "${MEGATRON_LM:?names a checkout of Megatron-LM}"

# Megatron-FSDP refuses a single queue.
unset CUDA_DEVICE_MAX_CONNECTIONS

ARGUMENTS=(
    --tensor-model-parallel-size 1
    --context-parallel-size 2
    --cp-comm-type all_gather
    --micro-batch-size 2
    --global-batch-size 128
    --seq-length 8192
    --no-create-attention-mask-in-dataloader
    --pipeline-model-parallel-size 1
    --recompute-granularity full
    --recompute-method uniform
    --recompute-num-layers 1
    --optimizer adam
    --use-distributed-optimizer
    --use-megatron-fsdp
    --data-parallel-sharding-strategy optim_grads_params
    --ckpt-format fsdp_dtensor
    --num-distributed-optimizer-instances 2
    --overlap-grad-reduce
    --overlap-param-gather
    --num-layers 32
    --hidden-size 4096
    --ffn-hidden-size 14336
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
    --num-attention-heads 32
    --kv-channels 128
    --group-query-attention
    --num-query-groups 8
    --bf16
    --attention-backend flash
)

if [ "$#" -eq 0 ]; then
    set -- \
        --mock-data --tokenizer-type NullTokenizer --vocab-size 128255 \
        --train-iters "${TRIAL_STEPS:-20}" --lr 1e-4 --eval-iters 0 --log-interval 1 --log-throughput
fi
exec "${PYTHON:-python3}" "$MEGATRON_LM/pretrain_gpt.py" "${ARGUMENTS[@]}" "$@"
