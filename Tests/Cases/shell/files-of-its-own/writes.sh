PP=8
cat > job.sh << EOF
#!/bin/bash
torchrun --nproc_per_node 8 --nnodes 8 pretrain_gpt.py --num-layers 16 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --bf16 --pipeline-model-parallel-size $PP --micro-batch-size ${MBS:-1} --global-batch-size 64
EOF
sbatch job.sh
