python -m torch.distributed.launch --nproc_per_node 8 pretrain_gpt.py --num-layers 24 --hidden-size 1024 --num-attention-heads 16 \
  --seq-length 1024 --max-position-embeddings 1024 --micro-batch-size 4 --global-batch-size 16 --fp16 --vocab-size 50257 \
  --tensor-model-parallel-size 2 --activations-checkpoint-method uniform --DDP-impl torch
