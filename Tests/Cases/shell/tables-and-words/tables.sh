declare -A TPS=([7b]=2 [70b]=8)
declare -A PPS
PPS[7b]=1
PPS[70b]=4
SIZE=70b
declare -i NODES=3+5
torchrun --nproc_per_node 8 --nnodes $NODES pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size ${TPS[$SIZE]} --pipeline-model-parallel-size ${PPS[$SIZE]} --micro-batch-size 1 --global-batch-size 64
