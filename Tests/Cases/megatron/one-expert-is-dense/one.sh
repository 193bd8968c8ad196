deepspeed pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 \
  --micro-batch-size 2 --global-batch-size 64 --fp16 --vocab-size 50257 --num-experts 1 --moe-expert-parallel-size 1 --deepspeed
