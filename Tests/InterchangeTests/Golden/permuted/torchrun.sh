#!/usr/bin/env bash
# Starts the 8 ranks of one node; run it on each of the nodes. Written by meshwright export --target torchrun.
# llama-3.1-8b on 32 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 1, cp 2 (all-gather), dp 16, micro-batch 2 × 4, schedule 1f1b, sharding zero3, recompute full.
# Usage: ./torchrun.sh [command of a rank]
set -euo pipefail
cd "$(dirname "$0")"
[ "$#" -gt 0 ] || set -- bash ./train.sh

# Nodes in the order of their ranks.
NODES=(
    gamma
    alpha
    delta
    beta
)
MASTER_ADDR="${NODES[0]}"
SELF="$(hostname)"
if [ -z "${NODE_RANK:-}" ]; then
    for index in "${!NODES[@]}"; do
        if [ "${NODES[index]}" = "$SELF" ] || [ "${NODES[index]}" = "${SELF%%.*}" ]; then NODE_RANK="$index"; fi
    done
fi
: "${NODE_RANK:?$SELF is none of the nodes of this plan}"
# The GPU of each local rank, by node.
GPU_ORDERS=(
    '0,1,3,2,7,6,4,5'
    '0,1,3,2,7,6,4,5'
    '0,1,3,2,7,6,4,5'
    '0,1,3,2,7,6,4,5'
)
export CUDA_VISIBLE_DEVICES="${GPU_ORDERS[NODE_RANK]}"

exec torchrun --nnodes 4 --nproc-per-node 8 \
    --node-rank "$NODE_RANK" --master-addr "$MASTER_ADDR" --master-port "${MASTER_PORT:-29500}" \
    --no-python "$@"
