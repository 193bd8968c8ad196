"""check.py FOLDER: every exported Python configuration must be loaded by TorchTitan 0.3, fill its GPUs and name a schedule that PyTorch has."""

import contextlib
import io
import logging
import sys
import warnings

warnings.filterwarnings("ignore")
import plans
from torch.distributed.pipelining.schedules import PipelineScheduleSingle, get_schedule_class
from torchtitan.components.quantization import float8
from torchtitan.config.manager import ConfigManager
from torchtitan.distributed import ParallelDims

logging.disable(logging.CRITICAL)
# Configurations of models with converters ask for the GPU that they will run on.
float8.has_cuda_capability = lambda *_: True
# What trial.sbatch adds.
TRIAL = ["--training.steps", "7", "--metrics.log_freq", "1", "--metrics.disable_color_printing"]


def check(path, entry):
    s = entry["strategy"]
    world = s["tp"] * s["cp"] * s["dp"] * s["pp"]
    sys.modules.pop("meshwright_plan", None)
    sys.path.insert(0, str(path))
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            config = ConfigManager().parse_args(["--module", "meshwright_plan", "--config", "plan", *TRIAL])
        p = config.parallelism
        ParallelDims(
            dp_replicate=p.data_parallel_replicate_degree, dp_shard=p.data_parallel_shard_degree, cp=p.context_parallel_degree,
            tp=p.tensor_parallel_degree, pp=p.pipeline_parallel_degree, ep=p.expert_parallel_degree, world_size=world)
    except SystemExit:
        return said.getvalue().strip()[-300:]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        sys.path.pop(0)
    if (config.training.steps, config.metrics.log_freq, config.metrics.disable_color_printing) != (7, 1, True):
        return "the arguments of a trial are not read"
    if config.training.global_batch_size % (config.training.local_batch_size * s["dp"]) != 0:
        return "the global batch is no multiple of local batch and data parallelism"
    if s["pp"] == 1:
        return None
    stages = p.module_fqns_per_model_part
    if [sum(name.startswith("layers.") for name in stage) for stage in stages] != s["layers_per_stage"]:
        return "the layers of the model parts are not the plan's"
    if issubclass(get_schedule_class(p.pipeline_parallel_schedule), PipelineScheduleSingle) != (s["vpp"] == 1):
        return f"{p.pipeline_parallel_schedule} with vpp {s['vpp']}"
    if config.training.local_batch_size != p.pipeline_parallel_microbatch_size * s["micro_batches"]:
        return "another number of micro-batches"
    return None


sys.exit(plans.judge(plans.exported("torchtitan-0.3", ["torchtitan"], sys.argv[1]), check))
