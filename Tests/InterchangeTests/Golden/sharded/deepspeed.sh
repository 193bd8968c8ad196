#!/usr/bin/env bash
# Trains with DeepSpeed; every rank runs this script. Written by meshwright export --target deepspeed.
# llama-3.1-8b on 32 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 1, cp 2 (ulysses), dp 16, micro-batch 2 × 4, schedule 1f1b, sharding zero3, recompute full.
#
# Not as planned, since this target cannot express it:
# - The script must register Ulysses' attention (UlyssesSPAttentionHF.register_with_transformers) and shard its batches.
# - The script must call deepspeed.checkpointing.checkpoint to recompute layers.
# - State is sharded over all 16 data-parallel ranks.
#
# TRAIN names the training script, which reads deepspeed.json as deepspeed.add_config_arguments does.
set -euo pipefail
HERE="$(cd "$(dirname "$0")" && pwd)"
: "${TRAIN:?names a script that calls deepspeed.initialize}"
exec "${PYTHON:-python3}" "$TRAIN" --deepspeed --deepspeed_config "$HERE/deepspeed.json" "$@"
