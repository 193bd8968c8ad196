"""check.py FOLDER: every exported YAML must be a configuration whose components torchtune can call, with the adapters and sizes of the plan."""

import inspect
import sys

import finetuning
import plans
from omegaconf import OmegaConf
from torchtune.config import validate
from torchtune.config._utils import _get_component_from_path

MODELS = [
    "llama-2-7b", "llama-2-13b", "llama-2-70b", "llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "llama-3.2-1b", "gemma-2-27b", "mistral-7b", "phi-4",
    "qwen2.5-7b", "qwen2.5-32b", "qwen2.5-72b", "qwen3-8b"]


def check(path, entry):
    try:
        config = OmegaConf.load(path / "torchtune.yaml")
        validate(config)
        builder = _get_component_from_path(config.model["_component_"])
        unknown = set(config.model) - {"_component_"} - set(inspect.signature(builder).parameters)
        if unknown:
            return f"the builder takes no {', '.join(sorted(unknown))}"
        _get_component_from_path(config.tokenizer["_component_"])
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    sizes = config.batch_size, config.gradient_accumulation_steps
    return None if sizes == finetuning.batch(entry) else f"micro-batches {sizes} instead of {finetuning.batch(entry)}"


made = plans.exported(
    "torchtune", ["torchtune", "torchtune", "transformers"], sys.argv[1], models=MODELS, precisions=("bf16", "bf16", "fp32"),
    ask=finetuning.question(["full", "lora", "lora", "qlora", "frozen"]))
sys.exit(plans.judge(made, check))
