torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 32 --hidden-size 4096 --ffn-hidden-size 14336 --num-attention-heads 32 \
    --group-query-attention --num-query-groups 8 --seq-length 4096 --max-position-embeddings 4096 --micro-batch-size 1 --global-batch-size 64 \
    --swiglu --untie-embeddings-and-output-weights --vocab-size 128256 --bf16 --use-distributed-optimizer --optimizer OPTIMIZER
