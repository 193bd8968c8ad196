accelerate launch --config_file conf/fsdp.yaml --num_processes 4 train.py --model_name_or_path meta-llama/Meta-Llama-3-8B \
  --per_device_train_batch_size 4 --use_peft --lora_r 32 --lora_target_modules q_proj k_proj v_proj o_proj --load_in_4bit --max_length 2048
