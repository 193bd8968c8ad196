tensor() {
  case $1 in
    7b) echo 2 ;;
    70b)
      echo "large" >&2
      echo 8 ;;
  esac
}
TP=$(tensor 70b)
PP=$(for n in 1 2; do LAST=$n; done; echo $LAST)
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size $TP --pipeline-model-parallel-size $PP --micro-batch-size 1 --global-batch-size 64
