from torchtitan.distributed.activation_checkpoint import FullAC
from torchtitan.models.llama3.config_registry import llama3_70b as shipped

TENSOR = 8


def plan():
    """Our 70B run."""
    config = shipped()
    config.training.local_batch_size = 2 * 4
    config.training.seq_len = 8_192
    config.parallelism.tensor_parallel_degree = TENSOR
    config.parallelism.pipeline_parallel_degree = 4
    config.parallelism.pipeline_parallel_microbatch_size = 1
    config.activation_checkpoint = FullAC.Config()
    config.parallelism.module_fqns_per_model_part = [
        ["tok_embeddings"] + ["layers.0", "layers.1"],
    ] * 1 + [["layers.2"], ["layers.3"], ["layers.4", "norm", "lm_head"]]
    config.compile.enable = True
    return config
