#!/usr/bin/env bash
# Trains with TorchTitan v0.2.2; every rank runs this script. Written by meshwright export --target torchtitan.
# deepseek-v3 on 256 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 8, vpp 2, ep 32, etp 1, dp 32, micro-batch 1 × 64, schedule combined-1f1b, sharding zero1, recompute selective moe_act,mla_up_proj.
#
# Not as planned, since this target cannot express it:
# - There is no schedule combined-1f1b; Interleaved1F1B runs instead.
# - ZeRO-1 is not offered; gradients are sharded too (reshard_after_forward never).
# - Modules moe_act, mla_up_proj cannot be chosen; every second matrix product is recomputed.
# - The optimizer is AdamW with fp32 states rather than adam-bf16-moments.
set -euo pipefail
HERE="$(cd "$(dirname "$0")" && pwd)"
exec "${PYTHON:-python3}" -m torchtitan.train --job.config_file "$HERE/torchtitan.toml" "$@"
