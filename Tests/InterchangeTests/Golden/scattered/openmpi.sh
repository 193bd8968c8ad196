#!/usr/bin/env bash
# Starts 32 ranks with OpenMPI. Written by meshwright export --target openmpi.
# llama-3.1-8b on 32 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 1, cp 2 (all-gather), dp 16, micro-batch 2 × 4, schedule 1f1b, sharding zero3, recompute full.
# Run from this folder: ./openmpi.sh [command of a rank]
# The rankfile binds each rank to 8 cores beside its GPU; edit openmpi.ranks where nodes have other numbers.
set -euo pipefail
cd "$(dirname "$0")"
[ "$#" -gt 0 ] || set -- bash ./train.sh

MASTER_ADDR=alpha
export MASTER_ADDR MASTER_PORT="${MASTER_PORT:-29500}"

# shellcheck disable=SC2016
exec mpirun --hostfile openmpi.hosts --rankfile openmpi.ranks -n 32 \
    -x MASTER_ADDR -x MASTER_PORT bash -c '
    export RANK="$OMPI_COMM_WORLD_RANK" WORLD_SIZE="$OMPI_COMM_WORLD_SIZE"
    export LOCAL_RANK="$OMPI_COMM_WORLD_LOCAL_RANK"
    exec "$@"
' rank "$@"
