"""check.py FOLDER: every exported YAML must pass LLaMA-Factory's own parser and checks, with the adapters and sizes of the plan."""

import sys

import finetuning
import plans
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from llamafactory.hparams import parser

# Its checks ask for packages of kernels and quantisation that only a machine with GPUs can have; whether they are there is not what is checked.
parser.check_version = lambda *_, **__: None
parser.is_torch_bf16_gpu_available = lambda: True


def check(path, entry):
    content = yaml.safe_load((path / "llama-factory.yaml").read_text())
    try:
        # Formats are refused where there is no GPU.
        _, data, training, tuning, _ = parser.get_train_args({**content, "bf16": False, "fp16": False, "pure_bf16": False})
        if (path / "accelerate.yaml").exists():
            load_config_from_file(str(path / "accelerate.yaml"))
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    if problem := finetuning.sizes(training, entry):
        return problem
    if not data.packing or tuning.finetuning_type != content["finetuning_type"]:
        return "packing or the method are not the plan's"
    return None


made = plans.exported(
    "llama-factory", ["transformers"], sys.argv[1], precisions=("bf16", "bf16", "fp16", "fp32"),
    ask=finetuning.question(["full", "lora", "lora", "qlora", "frozen"]))
sys.exit(plans.judge(made, check))
