"""check.py FOLDER: every exported TOML must be read by TorchTitan, fill its GPUs and name a schedule that PyTorch has."""

import logging
import os
import sys

import plans

if checkout := os.environ.get("TORCHTITAN"):
    sys.path.insert(0, checkout)

from torch.distributed.pipelining.schedules import PipelineScheduleSingle, get_schedule_class
from torchtitan.config import ConfigManager
from torchtitan.distributed import ParallelDims

logging.disable(logging.CRITICAL)
# What trial.sbatch adds.
TRIAL = ["--training.steps", "7", "--metrics.log_freq", "1", "--metrics.disable_color_printing", "--job.print_config"]


def check(path, entry):
    s = entry["strategy"]
    world = s["tp"] * s["cp"] * s["dp"] * s["pp"]
    try:
        job = ConfigManager().parse_args(["--job.config_file", str(path / "torchtitan.toml"), *TRIAL])
        p = job.parallelism
        ParallelDims(
            dp_replicate=p.data_parallel_replicate_degree, dp_shard=p.data_parallel_shard_degree, cp=p.context_parallel_degree,
            tp=p.tensor_parallel_degree, pp=p.pipeline_parallel_degree, ep=p.expert_parallel_degree,
            etp=p.expert_tensor_parallel_degree, world_size=world)
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    if job.training.global_batch_size % (job.training.local_batch_size * s["dp"]) != 0:
        return "the global batch is no multiple of local batch and data parallelism"
    if (job.training.steps, job.metrics.log_freq, job.metrics.disable_color_printing, job.job.print_config) != (7, 1, True, True):
        return "the arguments of a trial are not read"
    if s["pp"] == 1:
        return None
    stages = p.module_fqns_per_model_part
    if len(stages) != s["pp"] * s["vpp"]:
        return f"{len(stages)} model parts for pp {s['pp']} and vpp {s['vpp']}"
    if [sum(name.startswith("layers.") for name in stage) for stage in stages] != s["layers_per_stage"]:
        return "the layers of the model parts are not the plan's"
    is_single = issubclass(get_schedule_class(p.pipeline_parallel_schedule), PipelineScheduleSingle)
    if is_single != (s["vpp"] == 1):
        return f"{p.pipeline_parallel_schedule} with vpp {s['vpp']}"
    if job.training.local_batch_size != p.pipeline_parallel_microbatch_size * s["micro_batches"]:
        return "another number of micro-batches"
    return None


sys.exit(plans.judge(plans.exported("torchtitan", ["torchtitan"], sys.argv[1]), check))
