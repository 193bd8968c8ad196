set -eu
PATH=$PWD/env/bin:$PATH
exec torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 8 --hidden-size 1024 --num-attention-heads 16 --seq-length 1024 \
  --max-position-embeddings 1024 --micro-batch-size 1 --global-batch-size 16 --bf16 --vocab-size 32000
