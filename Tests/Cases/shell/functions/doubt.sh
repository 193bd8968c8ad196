choose() {
  if [ -f /site.sh ]; then TP=8; return; fi
  TP=2
}
choose
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size $TP --micro-batch-size 1 --global-batch-size 64
