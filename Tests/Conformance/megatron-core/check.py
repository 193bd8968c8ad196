"""check.py FOLDER: every exported set of flags must make a TransformerConfig, with the layers that the plan says on each stage."""

import contextlib
import io
import logging
import sys
import warnings

import plans

warnings.filterwarnings("ignore")
import torch
from packaging.version import Version

torch.cuda.get_device_capability = lambda *_, **__: (9, 0)
import megatron.core.utils
from megatron.core import parallel_state

engine = Version("2.12")
megatron.core.utils.get_te_version = lambda: engine
megatron.core.utils.is_te_min_version = lambda *_, **__: True
from megatron.core.models.common.embeddings import rope_utils
from megatron.core.transformer import transformer_config
from megatron.core.transformer.enums import AttnBackend
from megatron.core.transformer.transformer_block import get_num_layers_to_build
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig

transformer_config.is_te_min_version = lambda *_, **__: True
transformer_config.get_te_version = lambda: engine
for name in ("fused_apply_rotary_pos_emb", "fused_apply_rotary_pos_emb_thd", "fused_apply_mla_rope_for_q", "fused_apply_mla_rope_for_kv"):
    setattr(rope_utils, name, lambda *_, **__: None)
logging.disable(logging.CRITICAL)

RENAMED = {"num_experts": "num_moe_experts", "fp8_format": "fp8", "fp4_format": "fp4", "group_query_attention": None}


def fields(path):
    """The flags that are fields of the configuration, as Megatron-LM's training script would set them."""
    lines = [line for line in path.read_text().split("\n") if line and not line.startswith("#")]
    values = {}
    key = None
    for line in lines:
        if line.startswith("--"):
            key = line[2:].replace("-", "_")
            values[key] = []
        else:
            values[key].append(line)
    return values


def number(text):
    """A value as the parser types it: whole number, fraction or word."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def check(path, entry):
    s = entry["strategy"]
    flags = fields(path / "megatron-core-0.15.args")
    kind = MLATransformerConfig if "multi_latent_attention" in flags else TransformerConfig
    known = kind.__dataclass_fields__
    arguments = {}
    for name, values in flags.items():
        name = RENAMED.get(name, name)
        if name not in known:
            continue
        if not values:
            arguments[name] = True
        elif name == "recompute_modules":
            arguments[name] = values
        elif name == "attention_backend":
            arguments[name] = AttnBackend[values[0]]
        elif name == "moe_layer_freq":
            arguments[name] = eval(values[0])
        elif name in ("window_size", "window_attn_skip_freq"):
            arguments[name] = eval(values[0])
        else:
            arguments[name] = number(values[0])
    arguments.setdefault("pipeline_dtype", torch.bfloat16)
    arguments["params_dtype"] = torch.bfloat16
    arguments["add_bias_linear"] = "disable_bias_linear" not in flags
    if "swiglu" in flags:
        arguments["gated_linear_unit"] = True
        arguments["activation_func"] = torch.nn.functional.silu
    if s["vpp"] > 1:
        arguments["virtual_pipeline_model_parallel_size"] = s["vpp"]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            config = kind(**arguments)
            parallel_state.set_virtual_pipeline_model_parallel_world_size(s["vpp"] if s["vpp"] > 1 else None)
            counts = []
            for chunk in range(s["vpp"]):
                for rank in range(s["pp"]):
                    # Layouts stage by stage ask the process groups for the rank.
                    parallel_state.set_pipeline_model_parallel_rank(rank)
                    counts.append(get_num_layers_to_build(config, vp_stage=chunk if s["vpp"] > 1 else None, pp_rank=rank))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None if counts == s["layers_per_stage"] else f"layers {counts} instead of {s['layers_per_stage']}"


stacks = ["megatron-core", "megatron-core", "megatron-core", "megatron-fsdp"]
sys.exit(plans.judge(plans.exported("megatron-core-0.15", stacks, sys.argv[1]), check))
