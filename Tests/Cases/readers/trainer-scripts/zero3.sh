deepspeed --num_gpus=8 --master_port 29500 run_sft.py --model_name_or_path mistralai/Mistral-7B-v0.1 --deepspeed zero3.json --bf16 true \
  --per_device_train_batch_size 4 --gradient_accumulation_steps 2 --model_max_length 2048 --gradient_checkpointing true --optim adamw_bnb_8bit
