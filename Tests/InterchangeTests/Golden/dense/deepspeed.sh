#!/usr/bin/env bash
# Trains with DeepSpeed; every rank runs this script. Written by meshwright export --target deepspeed.
# llama-3.1-70b on 64 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 8, pp 4, vpp 2, dp 2, micro-batch 1 × 64, schedule interleaved, sharding zero1, recompute selective core_attn,layernorm.
#
# Not as planned, since this target cannot express it:
# - The script must build a PipelineModule of 4 stages; it runs 1F1B.
# - There is no schedule interleaved.
# - Tensor parallelism of 8 inside a pipeline must come from the script (mpu).
# - The script must call deepspeed.checkpointing.checkpoint to recompute layers.
#
# TRAIN names the training script, which reads deepspeed.json as deepspeed.add_config_arguments does.
set -euo pipefail
HERE="$(cd "$(dirname "$0")" && pwd)"
: "${TRAIN:?names a script that calls deepspeed.initialize}"
exec "${PYTHON:-python3}" "$TRAIN" --deepspeed --deepspeed_config "$HERE/deepspeed.json" "$@"
