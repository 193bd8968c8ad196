TP=$(nvidia-smi -L | wc -l)
torchrun --master_addr $(hostname) pretrain_gpt.py --save $HOME/$RUN_NAME --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --seq-length 4096 --max-position-embeddings 4096 --vocab-size 32000 \
  --micro-batch-size 1 --global-batch-size 8 --tensor-model-parallel-size $TP --bf16
