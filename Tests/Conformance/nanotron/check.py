"""check.py CHECKOUT FOLDER: every exported YAML must be a nanotron configuration with the plan's sizes."""

import importlib.abc
import importlib.machinery
import logging
import sys
import warnings
from unittest.mock import MagicMock

import plans

warnings.filterwarnings("ignore")
checkout, folder = sys.argv[1:3]
sys.path.insert(0, f"{checkout}/src")


class Kernels(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands for packages that need a GPU or data, none of which a configuration is read with."""

    def find_spec(self, name, path=None, target=None):
        absent = name.split(".")[0] in ("flash_attn", "grouped_gemm", "ring_flash_attn", "datasets", "s3fs", "boto3")
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if absent else None

    def create_module(self, spec):
        module = MagicMock()
        module.__path__, module.__version__, module.__name__, module.__spec__ = [], "2.7.4", spec.name, spec
        return module

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Kernels())
from nanotron.config import get_config_from_file

logging.disable(logging.CRITICAL)


def check(path, entry):
    s = entry["strategy"]
    try:
        config = get_config_from_file(str(path / "nanotron.yaml"))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    p = config.parallelism
    sizes = (p.tp, p.pp, p.dp, p.context_parallel_size, p.expert_parallel_size)
    if sizes != (s["tp"], s["pp"], s["dp"], s["cp"], s["ep"]):
        return f"sizes {sizes}"
    if p.tp_mode.name != ("REDUCE_SCATTER" if s["sequence_parallel"] else "ALL_REDUCE"):
        return f"tensor parallelism by {p.tp_mode.name}"
    t = config.tokens
    if (t.micro_batch_size, t.batch_accumulation_per_replica) != (s["micro_batch_size"], s["micro_batches"]):
        return f"{t.batch_accumulation_per_replica} micro-batches of {t.micro_batch_size}"
    if config.model.model_config.num_hidden_layers != sum(s["layers_per_stage"]):
        return "another number of layers"
    return None


sys.exit(plans.judge(plans.exported("nanotron", ["megatron-core", "fsdp"], folder, precisions=("bf16", "fp16")), check))
