deepspeed --num_gpus 8 sft.py --model_name_or_path meta-llama/Llama-2-7b-hf --per_device_train_batch_size 4 --deepspeed ds.json
