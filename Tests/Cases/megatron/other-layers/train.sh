torchrun pretrain_gpt.py --num-layers 32 --hidden-size 4096 --ffn-hidden-size 11008 --num-attention-heads 32 --seq-length 4096 \
  --max-position-embeddings 4096 --position-embedding-type rope --swiglu --normalization RMSNorm --disable-bias-linear \
  --untie-embeddings-and-output-weights --vocab-size 32000 --micro-batch-size 2 --tensor-model-parallel-size 2 --sequence-parallel \
  --use-distributed-optimizer --bf16 --hybrid-layer-pattern X-X*-
