#!/usr/bin/env bash
# Starts the 8 ranks of one node; run it on each of the nodes. Written by meshwright export --target torchrun.
# llama-3.1-8b on 32 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 1, cp 2 (all-gather), dp 16, micro-batch 2 × 4, schedule 1f1b, sharding zero3, recompute full.
# Usage: ./torchrun.sh [command of a rank]
set -euo pipefail
cd "$(dirname "$0")"
[ "$#" -gt 0 ] || set -- bash ./train.sh

# The cluster's profile names no nodes, so the launcher says which node this is.
: "${NODE_RANK:?is the place of this node, from 0}" "${MASTER_ADDR:?is the name of node 0}"

exec torchrun --nnodes 4 --nproc-per-node 8 \
    --node-rank "$NODE_RANK" --master-addr "$MASTER_ADDR" --master-port "${MASTER_PORT:-29500}" \
    --no-python "$@"
