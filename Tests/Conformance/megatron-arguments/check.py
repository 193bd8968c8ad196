"""check.py CHECKOUT TARGET FOLDER: every exported argument file must pass the checkout's parse_args, validate_args and configuration, and
the arguments that it prints must be read back as the plan."""

import contextlib
import io
import json
import logging
import os
import re
import subprocess
import sys
import typing
import warnings

import plans
import typing_extensions

warnings.filterwarnings("ignore")
checkout, target, folder = sys.argv[1:4]
sys.path.insert(0, checkout)
# Newer checkouts ask for Python 3.12 only because of this.
if not hasattr(typing, "override"):
    typing.override = typing_extensions.override

import torch
from packaging.version import Version

capability = (9, 0)
torch.cuda.get_device_capability = lambda *_, **__: capability
torch.cuda.get_device_properties = lambda *_, **__: type("Properties", (), {"major": capability[0], "minor": 0, "total_memory": 80 << 30})()

import megatron.core.utils

# Transformer Engine needs a GPU to be installed; only its version is asked for here.
engine = Version("2.12")
modules = [megatron.core.utils]
megatron.core.utils.get_te_version = lambda: engine
megatron.core.utils.is_te_min_version = lambda *_, **__: True
megatron.core.utils.HAVE_TE = True
from megatron.training import arguments
from megatron.core.transformer import transformer_config
from megatron.core.models.common.embeddings import rope_utils

for module in (transformer_config, arguments):
    module.is_te_min_version = lambda *_, **__: True
    module.get_te_version = lambda: engine
for name in ("fused_apply_rotary_pos_emb", "fused_apply_rotary_pos_emb_thd", "fused_apply_mla_rope_for_q", "fused_apply_mla_rope_for_kv"):
    setattr(rope_utils, name, lambda *_, **__: None)
logging.disable(logging.CRITICAL)


def check(path, entry):
    global capability
    text = (path / f"{target}.args").read_text()
    script = (path / f"{target}.sh").read_text()
    capability = (10, 0) if "B200" in text.split("\n")[1] else (9, 0)
    words = [line for line in text.split("\n") if line and not line.startswith("#")]
    os.environ.pop("CUDA_DEVICE_MAX_CONNECTIONS", None)
    if found := re.search(r"^export CUDA_DEVICE_MAX_CONNECTIONS=(\d+)", script, re.M):
        os.environ["CUDA_DEVICE_MAX_CONNECTIONS"] = found[1]
    s = entry["strategy"]
    os.environ.update(RANK="0", LOCAL_RANK="0", WORLD_SIZE=str(s["tp"] * s["cp"] * s["dp"] * s["pp"]))
    vocabulary = re.search(r"--vocab-size (\d+)", script)[1]
    sys.argv = ["pretrain_gpt.py", *words, "--mock-data", "--tokenizer-type", "NullTokenizer", "--vocab-size", vocabulary, "--train-iters", "20", "--lr", "1e-4"]
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            parsed = arguments.parse_args()
            arguments.validate_args(parsed)
            arguments.core_transformer_config_from_args(parsed)
    except SystemExit:
        return said.getvalue().strip().split("\n")[-1]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    micro_batches = parsed.global_batch_size // (parsed.micro_batch_size * parsed.data_parallel_size)
    if (parsed.data_parallel_size, micro_batches) != (s["dp"], s["micro_batches"]):
        return f"Megatron-LM makes dp {parsed.data_parallel_size} and {micro_batches} micro-batches of it"
    return read_back(path, entry, said.getvalue())


def read_back(path, entry, said):
    """Whether the arguments that Megatron-LM printed are read back as the plan they were made from."""
    log = path / "run.log"
    step = " [2026-01-01 00:00:00] iteration {0:8d}/      20 | consumed samples: 1 | elapsed time per iteration (ms): 1000.0 | loss scale: 1.0 |\n"
    log.write_text(said + "".join(step.format(number + 1) for number in range(20)))
    plan = json.loads((path.parent / f"plan-{path.name.split('-')[0]}.json").read_text())
    command = [os.environ["MESHWRIGHT"], "validate", "--log", f"megatron:{log}", "--cluster", plan["inputs"]["cluster"]["name"], "--format", "json"]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode != 0:
        return f"the log is not read: {answer.stderr.strip()}"
    read = json.loads(answer.stdout)["logs"][0]
    # What no flag can say, which the file states, makes another model of it; so does a pattern whose letters are layers of their own.
    text = (path / f"{target}.args").read_text()
    has_pattern = "--hybrid-layer-pattern" in text
    is_same = read["model"] == plan["inputs"]["model"]["name"]
    if not is_same and not has_pattern and "since this target cannot express it" not in text:
        return f"the log is taken for {read['model']}"
    s = entry["strategy"]
    ignored = {"cp_kind"} if s["cp"] == 1 else set()
    if s["recompute"] != "selective":
        ignored.add("recompute_modules")
    if s["recompute"] != "full":
        ignored.add("recompute_layers")
    if s["vpp"] == 1:
        ignored.add("group_size")
    if has_pattern:
        ignored |= {"layers_per_stage", "recompute_layers"}
    others = {key: (value, s[key]) for key, value in read["strategy"].items() if key not in ignored and value != s[key]}
    if others:
        return "the log is read as another strategy: " + ", ".join(f"{key} {value} for {planned}" for key, (value, planned) in others.items())
    # What a log does not say, lengths and collectives without user buffers, was priced in the plan.
    is_told = not plan.get("lengths") and "tensor_technique" not in s["overlap"]
    if is_same and is_told and abs(read["predicted_step_time_s"] / entry["step_time_s"] - 1) > 1e-3:
        return f"the log's configuration is predicted at {read['predicted_step_time_s']} s, the plan's at {entry['step_time_s']} s"
    return None


stacks = ["megatron-core", "megatron-core", "megatron-core", "megatron-fsdp"]
sys.exit(plans.judge(plans.exported(target, stacks, folder), check))
