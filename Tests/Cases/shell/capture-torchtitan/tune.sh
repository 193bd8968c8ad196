tune run --nproc_per_node 4 lora_finetune_distributed --config lora.yaml batch_size=4 model.lora_rank=64 enable_activation_checkpointing=True
