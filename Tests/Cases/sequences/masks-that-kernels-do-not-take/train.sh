torchrun --nproc_per_node 8 pretrain_gpt.py \
  --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --group-query-attention --num-query-groups 8 --ffn-hidden-size 14336 \
  --swiglu --normalization RMSNorm --disable-bias-linear --position-embedding-type rope --untie-embeddings-and-output-weights \
  --vocab-size 128256 --max-position-embeddings 131072 --seq-length 32768 --micro-batch-size 1 --global-batch-size 8 --bf16 \
  --context-parallel-size 4 --reset-position-ids --reset-attention-mask --eod-mask-loss
