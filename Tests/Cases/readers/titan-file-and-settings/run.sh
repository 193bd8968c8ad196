CONFIG_FILE="train.toml" ./run_train.sh --training.seq_len=4096 --parallelism.tensor_parallel_degree 4
