deepspeed pretrain_gpt.py --num-layers 12 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 \
  --micro-batch-size 2 --global-batch-size 256 --fp16 --vocab-size 50257 --num-experts 128 --moe-expert-parallel-size 64 --topk 1 --deepspeed
