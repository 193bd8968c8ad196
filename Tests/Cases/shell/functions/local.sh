TP=2
trial() {
  local TP=8
  declare PP=4
}
trial
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size $TP --pipeline-model-parallel-size ${PP:-1} --micro-batch-size 1 --global-batch-size 64
