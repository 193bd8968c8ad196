torchrun pretrain_gpt.py --num-layers 31 --hidden-size 2048 --num-attention-heads 16 --seq-length 4096 --max-position-embeddings 4096 \
  --micro-batch-size 1 --global-batch-size 64 --pipeline-model-parallel-size 4 --account-for-embedding-in-pipeline-split --bf16 --vocab-size 32000
