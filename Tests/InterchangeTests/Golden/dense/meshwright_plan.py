# Configuration of TorchTitan 0.3. Written by meshwright export --target torchtitan-0.3.
# llama-3.1-70b on 64 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 8, pp 4, vpp 2, dp 2, micro-batch 1 × 64, schedule interleaved, sharding zero1, recompute selective core_attn,layernorm.
#
# Not as planned, since this target cannot express it:
# - ZeRO-1 is not offered; gradients are sharded too (reshard_after_forward never).
# - Modules core_attn, layernorm cannot be chosen; every second matrix product is recomputed.
from torchtitan.models.llama3.config_registry import llama3_70b as shipped
from torchtitan.distributed.activation_checkpoint import SelectiveAC


def plan():
    config = shipped()
    config.training.local_batch_size = 64
    config.training.global_batch_size = 128
    config.training.seq_len = 8192
    config.training.disable_cuda_graphs = True
    config.parallelism.data_parallel_replicate_degree = 1
    config.parallelism.data_parallel_shard_degree = 2
    config.parallelism.fsdp_reshard_after_forward = "never"
    config.parallelism.tensor_parallel_degree = 8
    config.parallelism.enable_sequence_parallel = True
    config.parallelism.context_parallel_degree = 1
    config.parallelism.expert_parallel_degree = 1
    config.parallelism.pipeline_parallel_degree = 4
    config.parallelism.pipeline_parallel_schedule = "Interleaved1F1B"
    config.parallelism.pipeline_parallel_microbatch_size = 1
    config.activation_checkpoint = SelectiveAC.Config()
    config.compile.enable = False
    config.parallelism.module_fqns_per_model_part = [
        ["tok_embeddings", "layers.0", "layers.1", "layers.2", "layers.3", "layers.4", "layers.5", "layers.6", "layers.7", "layers.8", "layers.9"],
        ["layers.10", "layers.11", "layers.12", "layers.13", "layers.14", "layers.15", "layers.16", "layers.17", "layers.18", "layers.19"],
        ["layers.20", "layers.21", "layers.22", "layers.23", "layers.24", "layers.25", "layers.26", "layers.27", "layers.28", "layers.29"],
        ["layers.30", "layers.31", "layers.32", "layers.33", "layers.34", "layers.35", "layers.36", "layers.37", "layers.38", "layers.39"],
        ["layers.40", "layers.41", "layers.42", "layers.43", "layers.44", "layers.45", "layers.46", "layers.47", "layers.48", "layers.49"],
        ["layers.50", "layers.51", "layers.52", "layers.53", "layers.54", "layers.55", "layers.56", "layers.57", "layers.58", "layers.59"],
        ["layers.60", "layers.61", "layers.62", "layers.63", "layers.64", "layers.65", "layers.66", "layers.67", "layers.68", "layers.69"],
        ["layers.70", "layers.71", "layers.72", "layers.73", "layers.74", "layers.75", "layers.76", "layers.77", "layers.78", "layers.79", "norm", "lm_head"],
    ]
    return config
