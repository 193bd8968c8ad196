#!/usr/bin/env bash
# Trains with TorchTitan 0.3; every rank runs this script. Written by meshwright export --target torchtitan-0.3.
# llama-3.1-8b on 32 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 1, cp 2 (all-gather), dp 16, micro-batch 2 × 4, schedule 1f1b, sharding zero3, recompute full.
set -euo pipefail
HERE="$(cd "$(dirname "$0")" && pwd)"
export PYTHONPATH="$HERE${PYTHONPATH:+:$PYTHONPATH}"
exec "${PYTHON:-python3}" -m torchtitan.train --module meshwright_plan --config plan "$@"
