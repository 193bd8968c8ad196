"""Questions of fine-tuning drawn at random: adapters, weights in fewer bits, frozen parts, offload, on one box."""

import plans

GPUS = ["a100-80gb-sxm", "h100-80gb-sxm", "h200-sxm", "rtx-4090", "l40s", "a100-40gb-sxm"]
TARGETS = [
    None, None, "attention", "mlp", "q_proj,v_proj", "q_proj,k_proj,v_proj,o_proj", "q_proj,v_proj,output_proj,gate_proj,up_proj,down_proj", "linear_qkv",
    "down_proj"]
OFFLOADS = ["never", "auto", "all", "checkpoints", "optimizer,parameters", "optimizer,parameters,checkpoints"]
OPTIMIZERS = ["adam", "adam-8bit", "adam-bf16", "adafactor", "lion", "sgd", "sgd-plain", "adam-bf16-moments", "muon"]
PINS = {
    "--micro-batch-size": ["1", "2", "4"], "--recompute": ["none", "full"], "--optimizer-sharding": ["none", "zero2", "zero3"], "--optimizer": OPTIMIZERS,
    "--offload": OFFLOADS, "--tokens": ["1B"]}


def question(methods):
    """A function that draws a question of one of some methods, as `plans.exported` asks them."""

    def ask(choose, models, clusters, stacks, precisions):
        method = choose.choice(methods)
        gpus = choose.choice([1, 1, 2, 4, 8])
        asked = [
            "--model", choose.choice(models), "--gpu", choose.choice(GPUS), "--gpus", str(gpus), "--stack", choose.choice(stacks), "--method", method]
        if method in ("lora", "qlora"):
            asked += ["--lora-rank", choose.choice(["4", "8", "16", "64"])]
            if targets := choose.choice(TARGETS):
                asked += ["--lora-targets", targets]
            if choose.random() < 0.3:
                asked += ["--lora-dropout", "0.05"]
            if choose.random() < 0.2:
                asked += ["--dora"]
        if method == "distil":
            asked += ["--teacher", asked[1]]
        if method == "qlora" and choose.random() < 0.4:
            asked += ["--base-format", choose.choice(["int8", "int4"])]
        if method == "frozen":
            asked += ["--freeze", choose.choice(["embedding", "embedding,head", "embedding,head,layers:0-7", "embedding,head,layers:0-15", "layers:4-11", "head"])]
        pins = [["--precision", choose.choice(precisions)], ["--seq-len", choose.choice(["512", "1024", "2048", "4096", "8192"])]]
        pins += [[option, choose.choice(PINS[option])] for option in choose.sample(list(PINS), choose.choice([0, 1, 2, 3]))]
        return asked, pins

    return ask


def batch(entry):
    """Sequences of a micro-batch and micro-batches of a plan."""
    return entry["strategy"]["micro_batch_size"], entry["strategy"]["micro_batches"]


def sizes(training, entry):
    """How a trainer's batch differs from the plan's; None where it does not."""
    own = training.per_device_train_batch_size, training.gradient_accumulation_steps
    return None if own == batch(entry) else f"micro-batches {own} instead of {batch(entry)}"
