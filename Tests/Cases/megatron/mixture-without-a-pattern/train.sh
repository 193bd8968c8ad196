MODEL_ARGS=" --num-layers 48 --hidden-size 2048 --ffn-hidden-size 8192 --num-attention-heads 16 --num-experts 64 \
 --moe-layer-freq [1,1,0]*16 --moe-ffn-hidden-size 1024 --moe-router-topk 2 --swiglu --normalization RMSNorm --disable-bias-linear \
 --position-embedding-type rope --untie-embeddings-and-output-weights --seq-length 4096 --max-position-embeddings 4096 \
 --padded-vocab-size 128256 --micro-batch-size 1 --global-batch-size 256 --bf16 --expert-model-parallel-size 16 \
 --pipeline-model-parallel-size 4 --use-distributed-optimizer "
torchrun pretrain_gpt.py $MODEL_ARGS
