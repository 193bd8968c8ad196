if [ -n "$CKPT" ]; then LOAD="--load $CKPT --finetune"; fi
if [ -z "$WANDB" ]; then W=""; else W="--wandb-project x --wandb-exp-name y"; fi
if [ -z "$TP" ]; then TP=4; fi
[ -n "$PROF" ] && P="--profile"
if [ "$DEBUG" = 1 ]; then LOG="--log-interval 1"; else LOG="--log-interval 10"; fi
torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --seq-length 4096 --max-position-embeddings 4096 --micro-batch-size 1 --global-batch-size 64 --bf16 --vocab-size 32000 --train-iters 10 --tensor-model-parallel-size $TP $LOAD $W $P $LOG $EXTRA
