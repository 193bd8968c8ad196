TP=<tensor parallel size>
python pretrain_gpt.py --num-layers 24 --hidden-size 1024 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 \
  --micro-batch-size 2 --fp16 --tensor-model-parallel-size $TP
