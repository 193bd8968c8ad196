accelerate launch --config_file conf/deepspeed.yaml --num_processes 16 train.py
