NODES=${NODES:-2}
: "${PP:=2}"
GBS=$(( NODES * 8 / PP * (3 << 3) ))
FORMAT=( "--bf16 --fp8-format hybrid" )
FORMAT+=( "--vocab-size 32000" )
torchrun --nnodes $NODES --nproc_per_node 8 pretrain_gpt.py --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --seq-length 4096 --max-position-embeddings 4096 --micro-batch-size 1 --global-batch-size $GBS \
  --pipeline-model-parallel-size $PP ${FORMAT[@]}
