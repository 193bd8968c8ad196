from dataclasses import replace

from torchtitan.components.optimizer import default_adamw
from torchtitan.config import CompileConfig, ParallelismConfig, TrainingConfig
from torchtitan.distributed.activation_checkpoint import FullAC, SelectiveAC
from torchtitan.trainer import Trainer

from . import model_registry


def _base(*, length: int = 4096, spec=None) -> Trainer.Config:
    return Trainer.Config(
        hf_assets_path="./assets/hf/Llama-3.1-8B",
        model_spec=model_registry("8B"),
        optimizer=default_adamw(lr=3e-4),
        training=TrainingConfig(
            num_tokens_per_microbatch_per_dp_rank=2 * length,
            max_context_length=length,
            num_tokens_per_train_step=128 * length,
            steps=1000,
        ),
        parallelism=ParallelismConfig(
            data_parallel_shard_degree=-1,
            tensor_parallel_degree=2,
        ),
        compile=CompileConfig(enable=True, components=["loss"]),
        activation_checkpoint=SelectiveAC.Config(),
    )


def llama3_8b_short() -> Trainer.Config:
    return _base()


def llama3_8b_long() -> Trainer.Config:
    config = _base(length=16384)
    config.parallelism = replace(config.parallelism, context_parallel_degree=4)
    config.activation_checkpoint = FullAC.Config()
    return config


def llama3_8b_by_chance() -> Trainer.Config:
    import os

    config = _base()
    if os.environ.get("WIDE"):
        config.parallelism.tensor_parallel_degree = 8
    return config
