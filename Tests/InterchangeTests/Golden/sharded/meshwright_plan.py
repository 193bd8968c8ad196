# Configuration of TorchTitan 0.3. Written by meshwright export --target torchtitan-0.3.
# llama-3.1-8b on 32 × NVIDIA H100 SXM5 80 GB (dgx-h100): tp 1, pp 1, cp 2 (all-gather), dp 16, micro-batch 2 × 4, schedule 1f1b, sharding zero3, recompute full.
from torchtitan.models.llama3.config_registry import llama3_8b as shipped
from torchtitan.distributed.activation_checkpoint import FullAC


def plan():
    config = shipped()
    config.training.local_batch_size = 2
    config.training.global_batch_size = 128
    config.training.seq_len = 8192
    config.training.disable_cuda_graphs = True
    config.parallelism.data_parallel_replicate_degree = 2
    config.parallelism.data_parallel_shard_degree = 8
    config.parallelism.fsdp_reshard_after_forward = "always"
    config.parallelism.tensor_parallel_degree = 1
    config.parallelism.enable_sequence_parallel = True
    config.parallelism.context_parallel_degree = 2
    config.parallelism.expert_parallel_degree = 1
    config.parallelism.pipeline_parallel_degree = 1
    config.activation_checkpoint = FullAC.Config()
    config.compile.enable = True
    return config
