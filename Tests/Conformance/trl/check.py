"""check.py FOLDER: every exported YAML must be one of TRL's with the adapters and sizes of the plan, and Accelerate's beside it where state is sharded."""

import sys

import finetuning
import plans
from accelerate.commands.config.config_args import load_config_from_file
from trl.experimental.gkd import GKDConfig
from trl import DatasetMixtureConfig, ModelConfig, ScriptArguments, SFTConfig, TrlParser, get_peft_config


def check(path, entry):
    distils = "teacher_model_name_or_path" in (path / "trl.yaml").read_text()
    parser = TrlParser((ScriptArguments, GKDConfig if distils else SFTConfig, ModelConfig, DatasetMixtureConfig))
    try:
        # A machine without GPUs may not be asked for what only they have.
        words = ["--config", str(path / "trl.yaml"), "--bf16", "false", "--fp16", "false", "--tf32", "false"]
        _, training, model, _ = parser.parse_args_and_config(args=words, fail_with_unknown_args=True)
        adapters = get_peft_config(model)
        if (path / "accelerate.yaml").exists():
            load_config_from_file(str(path / "accelerate.yaml"))
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    if problem := finetuning.sizes(training, entry):
        return problem
    if (adapters is not None) != model.use_peft or training.gradient_checkpointing != (entry["strategy"]["recompute"] == "full"):
        return "adapters or recomputation are not the plan's"
    if distils and (training.lmbda, training.beta) != (0, 0):
        return "more than the divergence on the dataset is learned"
    return None


made = plans.exported(
    "trl", ["transformers"], sys.argv[1], precisions=("bf16", "bf16", "fp16", "fp32"), ask=finetuning.question(["full", "lora", "lora", "qlora", "frozen", "distil"]))
sys.exit(plans.judge(made, check))
