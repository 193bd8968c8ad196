PP=1
case 70b in
  70*) TP=8 ;;&
  *b) PP=2 ;;
  *) PP=16 ;;
esac
case 7b in
  7b) MBS=1 ;&
  13b) MBS=4 ;;
  *) MBS=8 ;;
esac
printf -v GBS "%d" 64
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size $TP --pipeline-model-parallel-size $PP --micro-batch-size $MBS --global-batch-size $GBS
