#!/bin/bash
set -e
TP=$1
NODES=$(printf 'a\nb\n' | grep -c .)
export API_TOKEN=SECRET
echo "starting"
srun -N $NODES --ntasks-per-node=1 torchrun --nnodes $NODES --nproc_per_node $(nvidia-smi -L | wc -l) pretrain_gpt.py --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --seq-length 4096 --max-position-embeddings 4096 --vocab-size 32000 \
  --micro-batch-size 1 --global-batch-size 64 --tensor-model-parallel-size "$TP" --bf16
