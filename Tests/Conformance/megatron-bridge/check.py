"""check.py BRIDGE MEGATRON FOLDER: every exported override must be one that Hydra reads and name a field that Megatron-Bridge has."""

import ast
import pathlib
import sys

import plans
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

bridge, megatron, folder = sys.argv[1:4]

# Fields and bases of every class, by its name; sources are only read, since importing them needs a GPU.
classes = {}
for source in [*pathlib.Path(bridge, "src/megatron/bridge").rglob("*.py"), *pathlib.Path(megatron, "megatron/core").rglob("*.py"),
               *pathlib.Path(megatron, "megatron/training").rglob("*.py")]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.ClassDef):
            fields, bases = classes.setdefault(node.name, (set(), set()))
            fields |= {part.target.id for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)}
            bases |= {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}


def fields(name, seen=()):
    own, bases = classes.get(name, (set(), set()))
    return own.union(*(fields(base, (*seen, name)) for base in bases if base not in (*seen, name)))


SECTIONS = {
    "model": ("GPTModelProvider", "MLATransformerConfig"), "train": ("TrainingConfig",), "dataset": ("GPTDatasetConfig",),
    "optimizer": ("OptimizerConfig",), "ddp": ("DistributedDataParallelConfig",), "comm_overlap": ("CommOverlapConfig",),
    "dist": ("DistributedInitConfig",), "checkpoint": ("CheckpointConfig",),
}
known = {section: {field: None for name in names for field in fields(name)} for section, names in SECTIONS.items()}
known |= {field: None for field in fields("ConfigContainer") if field not in known}
assert all(known[section] for section in ("model", "train", "dataset", "optimizer", "ddp")), "classes are not where they were"


def check(path, entry):
    lines = [line for line in (path / "megatron-bridge.overrides").read_text().split("\n") if line and not line.startswith("#")]
    config = OmegaConf.create(known)
    OmegaConf.set_struct(config, True)
    try:
        ConfigLoaderImpl._apply_overrides_to_config(overrides=OverridesParser.create().parse_overrides(overrides=lines), cfg=config)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    s, model = entry["strategy"], config.model
    read = (model.tensor_model_parallel_size, model.pipeline_model_parallel_size, model.context_parallel_size, config.train.micro_batch_size)
    if read != (s["tp"], s["pp"], s["cp"], s["micro_batch_size"]):
        return f"read as {read}"
    return None


sys.exit(plans.judge(plans.exported("megatron-bridge", ["megatron-core", "megatron-fsdp"], folder), check))
