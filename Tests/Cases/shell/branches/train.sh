#!/bin/bash
SIZE=small
case $SIZE in
  small) LAYERS=16; HIDDEN=2048; HEADS=16; TP=2 ;;
  large) LAYERS=80; HIDDEN=8192; HEADS=64; TP=8 ;;
esac
if [[ $SIZE == large ]]; then
  EXTRA="--fp8-format hybrid --recompute-granularity full --recompute-method uniform --recompute-num-layers 1"
elif [ "$LAYERS" -gt 12 ] && [ $HIDDEN -ne 4096 ]; then
  EXTRA="--bf16"
else
  EXTRA="--fp16"
fi
torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers $LAYERS --hidden-size $HIDDEN --num-attention-heads $HEADS --seq-length 2048 \
  --max-position-embeddings 2048 --micro-batch-size 1 --global-batch-size 32 --tensor-model-parallel-size $TP --vocab-size 32000 $EXTRA
