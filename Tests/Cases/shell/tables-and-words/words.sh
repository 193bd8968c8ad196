read TP PP <<< "4 2"
IFS=, read -r MBS GBS <<< "2,128"
read -r -d "" SIZES << EOF
--tensor-model-parallel-size $TP
--pipeline-model-parallel-size $PP
EOF
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 $SIZES --micro-batch-size $MBS --global-batch-size $GBS
