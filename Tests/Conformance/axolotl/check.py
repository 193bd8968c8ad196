"""check.py FOLDER: every exported YAML must pass Axolotl's own schema, which must know every key, with the adapters and sizes of the plan."""

import sys

import finetuning
import plans
import yaml
from axolotl.utils.dict import DictDefault
from axolotl.utils.schemas.config import AxolotlConfigWCapabilities

BOX = {"bf16": True, "fp8": True, "n_gpu": 8, "n_node": 1, "compute_capability": "sm_90", "tf32": True}


def check(path, entry):
    content = yaml.safe_load((path / "axolotl.yaml").read_text())
    unknown = set(content) - set(AxolotlConfigWCapabilities.model_fields)
    if unknown:
        return f"the schema has no {', '.join(sorted(unknown))}"
    try:
        read = AxolotlConfigWCapabilities(**DictDefault(content), capabilities=BOX, env_capabilities={"torch_version": "2.12.0"})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    sizes = read.micro_batch_size, read.gradient_accumulation_steps
    return None if sizes == finetuning.batch(entry) else f"micro-batches {sizes} instead of {finetuning.batch(entry)}"


made = plans.exported(
    "axolotl", ["transformers"], sys.argv[1], precisions=("bf16", "bf16", "fp16", "fp32"), ask=finetuning.question(["full", "lora", "lora", "qlora", "frozen"]))
sys.exit(plans.judge(made, check))
