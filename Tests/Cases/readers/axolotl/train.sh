axolotl train qlora.yml --micro-batch-size 1 --launcher torchrun -- --nproc_per_node=4
