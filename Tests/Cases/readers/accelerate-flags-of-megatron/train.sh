#!/bin/bash
# fine-tuning on two machines
NUM=${NUM:-16}
accelerate launch --use_megatron_lm --num_processes 16 --num_machines 2 --mixed_precision bf16 \
  --megatron_lm_tp_degree 4 --megatron_lm_pp_degree=2 --megatron_lm_num_micro_batches 8 --megatron_lm_sequence_parallelism true \
  --megatron_lm_use_distributed_optimizer true --megatron_lm_recompute_activations true \
  examples/run_clm.py --model_name_or_path meta-llama/Llama-2-7b-hf --per_device_train_batch_size 2 --block_size 4096
