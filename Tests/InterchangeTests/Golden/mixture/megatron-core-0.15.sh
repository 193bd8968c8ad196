#!/usr/bin/env bash
# Trains with Megatron-Core 0.15; every rank runs this script. Written by meshwright export --target megatron-core-0.15.
# deepseek-v3 on 256 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 8, vpp 2, ep 32, etp 1, dp 32, micro-batch 1 × 64, schedule combined-1f1b, sharding zero1, recompute selective moe_act,mla_up_proj.
#
# Not as planned, since this target cannot express it:
# - The scaling of rotary positions (yarn by 40.0) is not written; the default of Megatron-Core 0.15 applies.
#
# MEGATRON_LM names a checkout. The launcher sets RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT, as torchrun does:
#   torchrun --nproc-per-node 8 … --no-python bash megatron-core-0.15.sh --data-path … --tokenizer-type … --train-iters …
# Arguments are added to those below; without any, the script trains on mock data for a trial.
set -euo pipefail
: "${MEGATRON_LM:?names a checkout of Megatron-LM}"

# Since expert all-to-alls beside compute need several queues.
export CUDA_DEVICE_MAX_CONNECTIONS=32

ARGUMENTS=(
    --tensor-model-parallel-size 1
    --context-parallel-size 1
    --expert-model-parallel-size 32
    --expert-tensor-parallel-size 1
    --micro-batch-size 1
    --global-batch-size 2048
    --seq-length 4096
    --no-create-attention-mask-in-dataloader
    --pipeline-model-parallel-size 8
    --pipeline-model-parallel-layout 'Et*3|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*4|t*2mL'
    --overlap-moe-expert-parallel-comm
    --recompute-granularity selective
    --recompute-modules moe_act mla_up_proj
    --optimizer adam
    --use-precision-aware-optimizer
    --exp-avg-dtype bf16
    --exp-avg-sq-dtype bf16
    --use-distributed-optimizer
    --overlap-grad-reduce
    --overlap-param-gather
    --grad-reduce-in-bf16
    --num-layers 61
    --hidden-size 7168
    --ffn-hidden-size 18432
    --normalization RMSNorm
    --swiglu
    --disable-bias-linear
    --position-embedding-type rope
    --max-position-embeddings 163840
    --rotary-base 10000
    --untie-embeddings-and-output-weights
    --mtp-num-layers 1
    --attention-dropout 0.0
    --hidden-dropout 0.0
    --num-attention-heads 128
    --multi-latent-attention
    --q-lora-rank 1536
    --kv-lora-rank 512
    --qk-head-dim 128
    --qk-pos-emb-head-dim 64
    --v-head-dim 128
    --qk-layernorm
    --num-experts 256
    --moe-router-topk 8
    --moe-ffn-hidden-size 2048
    --moe-layer-freq '[0]*3+[1]*58'
    --moe-shared-expert-intermediate-size 2048
    --moe-grouped-gemm
    --moe-token-dispatcher-type flex
    --moe-enable-deepep
    --bf16
    --fp8-format hybrid
    --fp8-recipe tensorwise
    --attention-backend fused
)

if [ "$#" -eq 0 ]; then
    set -- \
        --mock-data --tokenizer-type NullTokenizer --vocab-size 129279 \
        --train-iters "${TRIAL_STEPS:-20}" --lr 1e-4 --eval-iters 0 --log-interval 1 --log-throughput
fi
exec "${PYTHON:-python3}" "$MEGATRON_LM/pretrain_gpt.py" "${ARGUMENTS[@]}" "$@"
