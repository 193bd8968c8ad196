"""Plans of many models on many clusters, exported for the checks of launch files.

The choice is seeded, so that a failure can be repeated: set MESHWRIGHT_PLANS for another number of plans than 200.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess

DENSE = ["gpt-2", "gpt-3-175b", "llama-2-7b", "llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "qwen3-8b", "qwen3-32b", "megatron-22b"]
SPARSE = ["qwen3-30b-a3b", "mixtral-8x7b", "deepseek-v3", "gpt-oss-20b", "qwen3-235b-a22b"]
CLUSTERS = ["dgx-h100", "dgx-a100", "hgx-h200", "dgx-b200"]
SIZES = {"small": [8, 32], "large": [128, 256]}
LARGE = {"gpt-3-175b", "llama-3.1-70b", "llama-3.1-405b", "deepseek-v3", "qwen3-235b-a22b"}
# What a plan may be pinned to, so that the list is not only of the fastest kind.
PINS = [
    [], [], ["--cp", "2"], ["--vpp", "2...4"], ["--pp", "4...16"], ["--recompute", "full"], ["--recompute", "none"], ["--tp", "2...8"],
    ["--layout", "embedding-aware", "--pp", "2...16"], ["--optimizer", "adam-bf16-moments"], ["--pp", "3...7"], ["--ep", "4...16"],
]


def exported(target, stacks, folder, models=DENSE + SPARSE, precisions=("bf16", "bf16", "fp8"), seed=1):
    """Folders with the files of `target`, one a plan, as pairs of folder and plan."""
    tool = os.environ.get("MESHWRIGHT", "meshwright")
    count = int(os.environ.get("MESHWRIGHT_PLANS", "200"))
    root = pathlib.Path(folder)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    choose = random.Random(seed)
    made = []
    refused = 0
    for attempt in range(count):
        if len(made) >= count:
            break
        model = choose.choice(models)
        question = [
            "--model", model, "--cluster", choose.choice(CLUSTERS), "--gpus",
            str(choose.choice(SIZES["large" if model in LARGE else "small"])), "--stack", choose.choice(stacks), "--precision",
            choose.choice(precisions), "--top", "8", *choose.choice(PINS),
        ]
        answer = subprocess.run([tool, "plan", "--format", "json", "--no-cache", *question], capture_output=True, text=True)
        if answer.returncode != 0:
            continue
        plan = root / f"plan-{attempt}.json"
        plan.write_text(answer.stdout)
        for entry in json.loads(answer.stdout)["plans"]:
            output = root / f"{attempt}-{entry['rank']}"
            command = [tool, "export", "--plan", plan, "--rank", str(entry["rank"]), "--target", target, "--output", output]
            export = subprocess.run(command, capture_output=True, text=True)
            if "does not start this plan" in export.stderr:
                refused += 1
                continue
            export.check_returncode()
            made.append((output, entry, " ".join(question)))
    print(f"{len(made)} plans exported for {target}" + (f", {refused} refused with the reason" if refused else ""))
    return made[:count]


def judge(made, check):
    """Runs `check` on every folder and plan, prints what fails, and returns the status to exit with."""
    failures = 0
    for folder, entry, question in made:
        problem = check(folder, entry)
        if problem:
            failures += 1
            print(f"FAILED plan {entry['rank']} of meshwright plan {question}\n  in {folder}: {problem}")
    print(f"{len(made) - failures} of {len(made)} plans are accepted")
    return 1 if failures or not made else 0
