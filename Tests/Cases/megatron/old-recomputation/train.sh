deepspeed --num_nodes 8 pretrain_gpt.py --num-layers 24 --hidden-size 4096 --num-attention-heads 32 --seq-length 2048 \
  --max-position-embeddings 2048 --micro-batch-size 4 --global-batch-size 256 --tensor-model-parallel-size 4 \
  --pipeline-model-parallel-size 2 --fp16 --checkpoint-activations --vocab-size 50257 --deepspeed --deepspeed_config ds.json --zero-stage 1
