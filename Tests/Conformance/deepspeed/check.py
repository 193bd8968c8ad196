"""check.py FOLDER: every exported JSON must be a DeepSpeed configuration whose batch sizes agree on the plan's data parallelism."""

import json
import logging
import sys

import plans
from deepspeed.runtime import config

logging.disable(logging.CRITICAL)
# Without a process group DeepSpeed would take the job for a single rank.
config.dist.get_rank = lambda *_: 0


class Grid:
    """Stands for the script's process groups: only their data-parallel size is asked for."""

    def __init__(self, data):
        self.data = data

    def get_data_parallel_world_size(self):
        return self.data


def check(path, entry):
    s = entry["strategy"]
    content = json.loads((path / "deepspeed.json").read_text())
    try:
        read = config.DeepSpeedConfig(content, mpu=Grid(s["dp"]))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if read.gradient_accumulation_steps != s["micro_batches"] or read.train_micro_batch_size_per_gpu != s["micro_batch_size"]:
        return f"DeepSpeed accumulates {read.gradient_accumulation_steps} micro-batches of {read.train_micro_batch_size_per_gpu}"
    stage = ["none", "zero1", "zero2", "zero3"].index(s["optimizer_sharding"])
    return None if read.zero_optimization_stage == stage else f"ZeRO stage {read.zero_optimization_stage}"


made = plans.exported(
    "deepspeed", ["megatron-deepspeed", "fsdp"], sys.argv[1], models=plans.shipped("model", without="experts"), precisions=("bf16", "fp16"))
sys.exit(plans.judge(made, check))
