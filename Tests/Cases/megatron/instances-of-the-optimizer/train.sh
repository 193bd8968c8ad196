torchrun pretrain_gpt.py --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --seq-length 4096 --max-position-embeddings 4096 \
  --micro-batch-size 1 --global-batch-size 64 --bf16 --use-distributed-optimizer --num-distributed-optimizer-instances 2 --vocab-size 32000
