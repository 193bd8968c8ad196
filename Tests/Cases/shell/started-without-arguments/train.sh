PP=1
while getopts "t:p:" option; do
  case $option in
    t) TP=$OPTARG ;;
    p) PP=$OPTARG ;;
  esac
done
[ -z "$TP" ] && TP=4
if [[ -z "${MBS:-}" ]]; then
  MBS=1
fi
set -- 2 "$@"
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size $TP --pipeline-model-parallel-size $1 --micro-batch-size $MBS --global-batch-size 64
