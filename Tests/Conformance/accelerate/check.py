"""check.py FOLDER: every exported YAML must be an Accelerate configuration whose parallel sizes fill the GPUs."""

import sys

import plans
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.parallelism_config import ParallelismConfig


def check(path, entry):
    s = entry["strategy"]
    file = path / "accelerate.yaml"
    try:
        config = load_config_from_file(str(file))
        stated = yaml.safe_load(file.read_text())["parallelism_config"]
        sizes = {key.removeprefix("parallelism_config_"): value for key, value in stated.items()}
        sizes.pop("cp_comm_strategy", None)
        parallel = ParallelismConfig(**sizes)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if parallel.total_size != config.num_processes:
        return f"sizes make {parallel.total_size} of {config.num_processes} processes"
    if parallel.data_parallel_size != s["dp"]:
        return f"data parallelism {parallel.data_parallel_size} instead of {s['dp']}"
    moved = bool(config.fsdp_config.get("fsdp_offload_params"))
    return None if moved == bool((s.get("offload") or {}).get("parameters")) else f"fsdp_offload_params is {moved}"


made = plans.exported(
    "accelerate", ["fsdp"], sys.argv[1], models=plans.shipped("model", without="experts"), precisions=("bf16", "fp16"),
    ask=plans.moving(["optimizer,parameters", "optimizer,parameters,checkpoints", "checkpoints", "all"]))
sys.exit(plans.judge(made, check))
