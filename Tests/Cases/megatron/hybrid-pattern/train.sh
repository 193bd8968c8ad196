torchrun pretrain_hybrid.py --hidden-size 4096 --ffn-hidden-size 21504 --num-attention-heads 32 --kv-channels 128 --group-query-attention \
  --num-query-groups 8 --seq-length 8192 --max-position-embeddings 8192 --position-embedding-type none --squared-relu --normalization RMSNorm \
  --disable-bias-linear --untie-embeddings-and-output-weights --vocab-size 131072 --micro-batch-size 1 --global-batch-size 64 \
  --tensor-model-parallel-size 2 --sequence-parallel --pipeline-model-parallel-size 2 --use-distributed-optimizer --bf16 \
  --mamba-num-heads 128 --mamba-num-groups 8 --mamba-state-dim 128 \
  --hybrid-layer-pattern 'M-M-M-M*-M-M-M-M-M*-M-M-M-|M-M*-M-M-M-M-M*-M-M-M-M-M-'
