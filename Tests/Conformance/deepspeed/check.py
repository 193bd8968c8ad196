"""check.py FOLDER: every exported JSON must be a DeepSpeed configuration whose batch sizes agree on the plan's data parallelism."""

import json
import logging
import sys

import plans
from deepspeed.runtime import config

logging.disable(logging.CRITICAL)
# Without a process group DeepSpeed would take the job for a single rank.
config.dist.get_rank = lambda *_: 0
config.dist.get_world_size = lambda group=1: group


class Grid:
    """Stands for the script's process groups: only their data-parallel size is asked for."""

    def __init__(self, data):
        self.data = data

    def get_data_parallel_world_size(self):
        return self.data


class Mesh:
    """Stands for the mesh that deepspeed.initialize makes of the file's own sizes."""

    def __init__(self, content):
        self.sizes = {"data_parallel": content["data_parallel_size"], "sequence_parallel": content["sequence_parallel_size"]}

    def get_group(self, mesh_dim):
        return self.sizes[mesh_dim]


def groups(content, s):
    """What tells DeepSpeed how many ranks take samples of their own: the file's sizes where it states both, else the script."""
    if "data_parallel_size" not in content:
        return {"mpu": Grid(s["dp"])}
    mesh = Mesh(content)
    if mesh.sizes != {"data_parallel": s["dp"], "sequence_parallel": s["cp"]}:
        raise ValueError(f"a mesh of {mesh.sizes}")
    return {"mesh_device": mesh}


def check(path, entry):
    s = entry["strategy"]
    content = json.loads((path / "deepspeed.json").read_text())
    try:
        read = config.DeepSpeedConfig(content, **groups(content, s))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if read.gradient_accumulation_steps != s["micro_batches"] or read.train_micro_batch_size_per_gpu != s["micro_batch_size"]:
        return f"DeepSpeed accumulates {read.gradient_accumulation_steps} micro-batches of {read.train_micro_batch_size_per_gpu}"
    stage = ["none", "zero1", "zero2", "zero3"].index(s["optimizer_sharding"])
    if read.zero_optimization_stage != stage:
        return f"ZeRO stage {read.zero_optimization_stage}"
    return offload(read.zero_config, s.get("offload") or {})


def offload(read, stated):
    """How what DeepSpeed moves differs from the plan; None where it does not. Interleaved groups are a fork's."""
    place = "nvme" if stated.get("place") == "storage" else "cpu"
    percent = stated.get("optimizer_percent", 0)
    device = read.offload_optimizer.device if read.offload_optimizer else "none"
    if device != (place if percent else "none"):
        return f"the optimizer is on {device}"
    if percent and round(100 * read.offload_optimizer.ratio) != percent:
        return f"{read.offload_optimizer.ratio} of the optimizer moves"
    moved = bool(read.offload_param) and read.offload_param.device != "none"
    return None if moved == bool(stated.get("parameters")) else f"parameters on {read.offload_param}"


made = plans.exported(
    "deepspeed", ["megatron-deepspeed", "fsdp"], sys.argv[1], models=plans.shipped("model", without="experts"), precisions=("bf16", "fp16"),
    ask=plans.moving(["optimizer", "optimizer,parameters", "optimizer,storage", "all"]))
sys.exit(plans.judge(made, check))
