torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 6 --hidden-size 4096 --num-attention-heads 32 --ffn-hidden-size 14336 \
  --swiglu --normalization RMSNorm --disable-bias-linear --vocab-size 128256 --max-position-embeddings 131072 --seq-length 131072 \
  --micro-batch-size 1 --global-batch-size 8 --bf16 \
  --context-parallel-size 8 --cp-comm-type ring
