for b in 1 2; do torchrun pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --vocab-size 32000 --micro-batch-size $b --bf16; done
