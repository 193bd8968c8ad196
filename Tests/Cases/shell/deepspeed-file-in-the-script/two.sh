ZERO_STAGE=2
cat <<EOT > ds.json
{"train_micro_batch_size_per_gpu": 2, "train_batch_size": 64, "zero_optimization": {"stage": $ZERO_STAGE}, "bf16": {"enabled": true}}
EOT
deepspeed --num_gpus 8 --num_nodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --tensor-model-parallel-size 4 --micro-batch-size 2 --global-batch-size 64 --deepspeed --zero-stage 1 --deepspeed_config ds.json
