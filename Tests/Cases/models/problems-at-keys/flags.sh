torchrun --nproc-per-node 8 pretrain_hybrid.py --hidden-size 512 --num-attention-heads 8 --seq-length 1024 --micro-batch-size 1 \
  --hybrid-layer-pattern 'GG*-' --linear-num-value-heads 8 \
  --linear-num-key-heads 3
