is_large() {
  if [ "$1" -gt 100 ]; then return 0; fi
  return 1
}
if is_large 50; then TP=8; else TP=4; fi
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size $TP --micro-batch-size 1 --global-batch-size 64
