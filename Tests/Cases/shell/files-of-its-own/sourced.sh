TP=2
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source $HERE/env.sh
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size $TP --micro-batch-size 1 --global-batch-size 64
