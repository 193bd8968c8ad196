torchrun --nproc_per_node 8 --nnodes 2 -m torchtitan.train --job.config_file ./train.toml --parallelism.tensor_parallel_degree 4
