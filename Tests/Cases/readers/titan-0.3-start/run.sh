#!/bin/bash
#SBATCH --nodes=4
NGPU=8
SEQ=8192
MODULE=qwen3 CONFIG=qwen3_32b srun torchrun --nnodes 4 --nproc_per_node ${NGPU} -m torchtitan.train \
    --module qwen3 --config qwen3_32b \
    --training.seq_len $SEQ --training.local-batch-size=1 --training.global_batch_size 64 \
    --parallelism.tensor_parallel_degree 4 --parallelism.data_parallel_shard_degree -1 \
    --compile.enable --training.no_enable_cpu_offload --training.disable_cuda_graphs activation-checkpoint:none
