"""Plans drawn at random and exported, for the checks of launch files.

Every run draws anew over all shipped models and clusters, sizes, sequence lengths, formats and pins, from a seed that it prints:
CONFORMANCE_SEED repeats a run, and MESHWRIGHT_PLANS asks for another number of plans than 200.
"""

import collections
import json
import os
import pathlib
import random
import shutil
import subprocess

TOOL = os.environ.get("MESHWRIGHT", "meshwright")
# Plans of one answer that are exported: enough to meet other schedules than the fastest, few enough to ask many questions.
PLANS_OF_AN_ANSWER = 2
SEQUENCES = [1024, 2048, 4096, 8192, 8192, 16384, 32768, 65536, 131072]
NODES = [1, 1, 2, 4, 8, 8, 16, 32, 64]
# What a plan may be pinned to, so that the list is not only of the fastest kind: an option and what its values are drawn from.
PINS = {
    "--tp": ["1", "2", "4", "8", "2...8", "3", "5", "6"],
    "--pp": ["1", "2", "3", "4", "5...7", "4...16"],
    "--vpp": ["1", "2", "3", "2...4"],
    "--cp": ["2", "4", "2...8"],
    "--cp-kind": ["ring", "all-gather", "ulysses", "hierarchical"],
    "--ep": ["1", "2", "4...16", "8"],
    "--etp": ["1", "2", "4"],
    "--micro-batch-size": ["1", "2", "3", "4"],
    "--recompute": ["none", "selective", "full"],
    "--recompute-layers": ["1", "2"],
    "--recompute-modules": ["core_attn", "layernorm", "moe_act", "mla_up_proj", "mlp", "moe", "core_attn,layernorm,moe_act"],
    "--schedule": ["1f1b", "interleaved", "combined-1f1b", "gpipe", "zb-v", "interleaved-zero-bubble"],
    "--optimizer-sharding": ["none", "zero1", "zero2", "zero3"],
    "--shard-group": ["2", "4", "8"],
    "--group-size": ["4", "5", "8"],
    "--sequence-parallel": ["on", "off"],
    "--layout": ["even", "embedding-aware"],
    "--optimizer": ["adam-bf16-moments", "sgd"],
    "--offload": ["all", "optimizer", "activations", "checkpoints", "optimizer,parameters"],
    "--lengths": ["github", "github --packing pack", "sft-chat --packing best-fit", "uniform --packing none"],
    "--tp-overlap": ["none", "user-buffers", "async-tp"],
    "--ep-overlap": ["none", "shared-experts"],
}
# What exports are asked for beside a plan, where it can have it.
EXPORTS = {"megatron-lm": ["--dealing", "hybrid"]}


def shipped(kind, without=None):
    """Names of the shipped profiles of a kind, in the order of the tool's own list; those with an empty column `without` where given."""
    table = subprocess.run([TOOL, kind, "list"], capture_output=True, text=True, check=True).stdout.splitlines()
    end = table[0].index(without) + len(without) if without else 0
    return [line.split()[0] for line in table[1:] if line.strip() and not (without and line[:end].endswith(tuple("0123456789")))]


def question(choose, models, clusters, stacks, precisions):
    """A question in two parts: what is asked for, and pins that may be given up where nothing answers them."""
    asked = [
        "--model", choose.choice(models), "--cluster", choose.choice(clusters), "--nodes", str(choose.choice(NODES)),
        "--stack", choose.choice(stacks),
    ]
    pins = [["--precision", choose.choice(precisions)], ["--seq-len", str(choose.choice(SEQUENCES))]]
    pins += [[option, *choose.choice(PINS[option]).split()] for option in choose.sample(list(PINS), choose.choice([0, 1, 1, 2, 3, 4]))]
    return asked, pins


def moving(parts):
    """Questions of which every second one asks for parts to be moved beside the GPU."""

    def ask(choose, *drawn):
        asked, pins = question(choose, *drawn)
        if choose.random() < 0.5:
            return asked, pins
        return asked + ["--offload", choose.choice(parts)], [pin for pin in pins if pin[0] != "--offload"]

    return ask


def answered(asked, pins, statuses):
    """The plans of a question as JSON text with the words that got them, giving up one pin after another; None where it has none."""
    while True:
        words = asked + [word for pin in pins for word in pin]
        command = [TOOL, "plan", "--format", "json", "--no-cache", "--placement", "none", "--top", "8", *words]
        answer = subprocess.run(command, capture_output=True, text=True)
        statuses[answer.returncode] += 1
        if answer.returncode == 0:
            return answer.stdout, " ".join(words)
        if answer.returncode not in (64, 65, 69):
            raise SystemExit(f"meshwright plan {' '.join(words)} ended with {answer.returncode}: {answer.stderr.strip()[-500:]}")
        if not pins:
            return None
        pins = pins[:-1]


def exported(target, stacks, folder, models=None, precisions=("bf16", "bf16", "fp16", "fp8", "mxfp8", "nvfp4"), ask=question):
    """Folders with the files of `target`, one a plan, as triples of folder, plan and question, which `ask` draws."""
    seed = int(os.environ.get("CONFORMANCE_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"CONFORMANCE_SEED={seed} repeats these plans", flush=True)
    count = int(os.environ.get("MESHWRIGHT_PLANS", "200"))
    root = pathlib.Path(folder)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    choose = random.Random(seed)
    models = models or shipped("model")
    clusters = shipped("cluster")
    made, statuses, refused = [], collections.Counter(), 0
    for attempt in range(4 * count):
        if len(made) >= count:
            break
        found = answered(*ask(choose, models, clusters, stacks, precisions), statuses)
        if found is None:
            continue
        text, words = found
        (root / f"plan-{attempt}.json").write_text(text)
        plans = json.loads(text)["plans"]
        for entry in choose.sample(plans, min(PLANS_OF_AN_ANSWER, len(plans))):
            output = root / f"{attempt}-{entry['rank']}"
            command = [TOOL, "export", "--plan", root / f"plan-{attempt}.json", "--rank", str(entry["rank"]), "--target", target]
            besides = EXPORTS.get(target, []) if "--lengths" in words and choose.random() < 0.5 else []
            export = subprocess.run([*command, *besides, "--output", output], capture_output=True, text=True)
            # Groups for every sequence are for dense models in one stage.
            if besides and export.returncode == 65:
                export = subprocess.run([*command, "--output", output], capture_output=True, text=True)
            if "does not start this plan" in export.stderr:
                refused += 1
                continue
            if export.returncode != 0:
                raise SystemExit(f"meshwright export of {words}, plan {entry['rank']}: {export.stderr.strip()}")
            made.append((output, entry, words))
    print(f"{sum(statuses.values())} questions asked, by exit status: {dict(sorted(statuses.items()))}")
    print(f"{len(made)} plans exported for {target}" + (f", {refused} refused with the reason" if refused else ""), flush=True)
    return made[:count]


def judge(made, check):
    """Runs `check` on every folder and plan, prints what fails, and returns the status to exit with."""
    failures = 0
    for folder, entry, words in made:
        problem = check(folder, entry)
        if problem:
            failures += 1
            print(f"FAILED plan {entry['rank']} of meshwright plan {words}\n  in {folder}: {problem}")
    print(f"{len(made) - failures} of {len(made)} plans are accepted")
    return 1 if failures or not made else 0
