#!/usr/bin/env bash
# Trains with TorchTitan 0.3; every rank runs this script. Written by meshwright export --target torchtitan-0.3.
# llama-3.1-70b on 64 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 8, pp 4, vpp 2, dp 2, micro-batch 1 × 64, schedule interleaved, sharding zero1, recompute selective core_attn,layernorm.
#
# Not as planned, since this target cannot express it:
# - ZeRO-1 is not offered; gradients are sharded too (reshard_after_forward never).
# - Modules core_attn, layernorm cannot be chosen; every second matrix product is recomputed.
set -euo pipefail
HERE="$(cd "$(dirname "$0")" && pwd)"
export PYTHONPATH="$HERE${PYTHONPATH:+:$PYTHONPATH}"
exec "${PYTHON:-python3}" -m torchtitan.train --module meshwright_plan --config plan "$@"
