"""Compares our tables of flags and keys with those that the frameworks' own parsers and configuration classes define.

Nothing of a framework is run or imported: `add_argument` calls and the configuration classes from which `ArgumentGroupFactory` makes flags are
read as syntax trees. A flag of theirs that the table lacks fails; one of the table that no checkout has is listed where its versions say main.
"""

import ast
import os
import pathlib
import re
import sys

TABLE = pathlib.Path("../../../Sources/Interchange/Read/Vocabulary")
# Programs of their own, with flags that no training run takes.
OTHER_PROGRAMS = re.compile(r"(^|/)(tools|tests?|examples[^/]*|rl|inference|tasks|gpu_sniff_test)(/|$)|_test\.py$|^gpu_sniff")


def table():
    """Spelling to versions."""
    spellings = {}
    for path in sorted(TABLE.glob("MegatronFlags+*.swift")):
        for rows in re.findall(r'"""\n(.*?)"""', path.read_text(), re.S):
            for row in rows.split():
                for spelling in row.split("|"):
                    name, _, versions = spelling.partition("@")
                    spellings[name.partition("=")[0]] = versions
    return spellings


def text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def fields(name, classes, seen):
    """Annotated fields of a class and of those it inherits from."""
    if name not in classes or name in seen:
        return
    seen.add(name)
    for base in classes[name].bases:
        yield from fields(getattr(base, "id", getattr(base, "attr", "")), classes, seen)
    for statement in classes[name].body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement


def strings(node, tree):
    """The strings of a list, or of the list that a name is given."""
    if isinstance(node, ast.Name):
        for statement in ast.walk(tree):
            if isinstance(statement, ast.Assign) and any(getattr(t, "id", None) == node.id for t in statement.targets):
                return strings(statement.value, tree)
    return [text(item) for item in getattr(node, "elts", [])]


def flags_of(field):
    """The flags that ArgumentGroupFactory makes of a field."""
    annotation, name = ast.unparse(field.annotation), field.target.id.replace("_", "-")
    if "ClassVar" in annotation:
        return []
    default, meta = field.value, {}
    if isinstance(default, ast.Call):
        keywords = {keyword.arg: keyword.value for keyword in default.keywords}
        if isinstance(keywords.get("init"), ast.Constant) and keywords["init"].value is False:
            return []
        for key, value in zip(*([keywords["metadata"].keys, keywords["metadata"].values] if isinstance(keywords.get("metadata"), ast.Dict) else [[], []])):
            if text(key) == "argparse_meta" and isinstance(value, ast.Dict):
                meta = {text(k): v for k, v in zip(value.keys, value.values)}
        default = keywords.get("default")
    if "arg_names" in meta:
        return [text(item).lstrip("-").replace("_", "-") for item in meta["arg_names"].elts]
    if re.fullmatch(r"(Optional\[)?bool\]?( \| None)?", annotation):
        is_off = default is None or (isinstance(default, ast.Constant) and default.value is False)
        return [name] if is_off else ["no-" + name, "disable-" + name]
    return [name]


def parsers(root):
    """Flag to the file that defines it."""
    found, classes, factories = {}, {}, []
    for path in sorted(root.rglob("*.py")):
        place = str(path.relative_to(root))
        try:
            tree = ast.parse(path.read_text(errors="replace"))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                classes.setdefault(node.name, node)
            if not isinstance(node, ast.Call) or OTHER_PROGRAMS.search(place):
                continue
            function = getattr(node.func, "attr", getattr(node.func, "id", None))
            if function == "add_argument" and "arguments" in path.name:
                for argument in node.args:
                    if (text(argument) or "").startswith("--"):
                        found.setdefault(text(argument)[2:].replace("_", "-"), place)
            if function == "ArgumentGroupFactory" and node.args and isinstance(node.args[0], ast.Name):
                factories.append((node, tree, place))
    for node, tree, place in factories:
        left_out = next((strings(k.value, tree) for k in node.keywords if k.arg == "exclude"), [])
        for field in fields(node.args[0].id, classes, set()):
            if field.target.id not in left_out:
                for flag in flags_of(field):
                    found.setdefault(flag, place)
    return found


def keys(name):
    """Keys of a table of a file's keys, joined by dots; `section.*` is a whole section."""
    text = (TABLE / f"{name}.swift").read_text()
    rows = re.findall(r'"""\n(.*?)"""', text, re.S) + re.findall(r'\.(?:one|none|many),\s*"([^"\n]+)"', text)
    return {spelling.partition("@")[0].partition("=")[0] for block in rows for row in block.split() for spelling in row.split("|")}


def covers(known, key):
    """Whether a table has a key, or a section around it as a whole."""
    parts = key.split(".")
    if key in known or any(".".join(parts[:n]) + ".*" in known for n in range(1, len(parts) + 1)):
        return True
    # A section of which the keys are known one by one.
    return any(other.startswith(key + ".") for other in known)


def nanotron(root):
    """Keys of nanotron's `Config` and of the model configurations that it can hold."""
    classes = {}
    for path in sorted((inside(root, "nanotron") / "config").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                classes.setdefault(node.name, node)
    found = {}

    def walk(name, prefix):
        for field in fields(name, classes, set()):
            inner = [c for c in re.findall(r"\w+", ast.unparse(field.annotation)) if c in classes and fields(c, classes, set())]
            if field.target.id == "model_config":
                inner = ["LlamaConfig", "Qwen2Config", "Starcoder2Config"]
            if not inner or "List" in ast.unparse(field.annotation):
                found[prefix + field.target.id] = name
            for c in inner if "List" not in ast.unparse(field.annotation) else []:
                walk(c, prefix + field.target.id + ".")

    walk("Config", "")
    return found


def torchtune(root):
    """Keys that torchtune's recipes of full fine-tuning ask for, and all of its configurations' own."""
    found = {}
    for path in sorted((root / "recipes").glob("full_finetune*.py")):
        for key in re.findall(r"\bcfg\.get\(\s*\"(\w+)\"|\bcfg\.(?!get\b)(\w+)", path.read_text()):
            found.setdefault(key[0] or key[1], path.name)
    for path in sorted((root / "recipes/configs").rglob("*.yaml")):
        for key in re.findall(r"(?m)^(\w+):", path.read_text()):
            found.setdefault(key, path.name)
    return found


def inside(root, name):
    """A package in a checkout, or in the folder into which a release of it is unpacked."""
    return root / "src" / name if (root / "src" / name).exists() else root / name


def trees(root, pattern="*.py"):
    """Syntax trees of the files below a folder, by their places."""
    for path in sorted(root.rglob(pattern)):
        try:
            yield str(path.relative_to(root)), ast.parse(path.read_text(errors="replace"))
        except SyntaxError:
            continue


def classes_of(root):
    """Classes by name, those of tests and experiments last."""
    found = {}
    for place, tree in sorted(trees(root), key=lambda item: bool(re.search(r"(^|/)(tests?|experiments|examples)/", item[0]))):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, node)
    return found


def torchtitan(root):
    """Keys of `JobConfig` (before 2026), or of the configurations that `Trainer.Config` holds."""
    found = {}
    old = root / "torchtitan/config/job_config.py"
    old = old if old.exists() else root / "torchtitan/config_manager.py"
    if not old.exists():
        tree = ast.parse((root / "torchtitan/config/configs.py").read_text())
        classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        trainer = ast.parse((root / "torchtitan/trainer.py").read_text())
        # The trainer's own fields say by which names its parts stand in a file.
        sections = {}
        for outer in ast.walk(trainer):
            if isinstance(outer, ast.ClassDef) and outer.name == "Trainer":
                for inner in outer.body:
                    if isinstance(inner, ast.ClassDef) and inner.name == "Config":
                        for field in fields("Config", {"Config": inner}, set()):
                            sections[ast.unparse(field.annotation)] = field.target.id
        for name in [name for name in classes if name.endswith("Config")]:
            section = sections.get(name, name.removesuffix("Config").lower())
            for field in fields(name, classes, set()):
                found[f"{section}.{field.target.id}"] = name
        tree = ast.parse((root / "torchtitan/distributed/activation_checkpoint.py").read_text())
        for outer in ast.walk(tree):
            if isinstance(outer, ast.ClassDef) and outer.name.endswith(("AC", "Checkpointing")):
                for inner in outer.body:
                    if isinstance(inner, ast.ClassDef) and inner.name == "Config":
                        for field in fields("Config", {"Config": inner}, set()):
                            found[f"activation_checkpoint.{field.target.id}"] = outer.name
        sections = {key.partition(".")[0] for key in found}
        for outer in ast.walk(trainer):
            if isinstance(outer, ast.ClassDef) and outer.name == "Trainer":
                inner = next(node for node in outer.body if isinstance(node, ast.ClassDef) and node.name == "Config")
                for field in fields("Config", {"Config": inner}, set()):
                    if field.target.id not in sections:
                        found[field.target.id] = "Trainer.Config"
        return found
    tree = ast.parse(old.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument":
            for argument in node.args:
                if (text(argument) or "").startswith("--"):
                    found[text(argument)[2:]] = old.name
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}

    def walk(name, prefix):
        for field in fields(name, classes, set()):
            inner = [c for c in re.findall(r"\w+", ast.unparse(field.annotation)) if c in classes]
            if inner:
                walk(inner[0], prefix + field.target.id + ".")
            else:
                found[prefix + field.target.id] = name

    walk("JobConfig", "")
    return found


# Sections of DeepSpeed's file that a class of its own reads.
DEEPSPEED_SECTIONS = {
    "zero_optimization": "DeepSpeedZeroConfig", "zero_optimization.offload_param": "DeepSpeedZeroOffloadParamConfig",
    "zero_optimization.offload_optimizer": "DeepSpeedZeroOffloadOptimizerConfig", "zero_optimization.zenflow": "ZenFlowConfig",
    "tensor_parallel": "TPTrainingConfig", "compile": "CompileConfig", "fp16": "DeepSpeedFP16Config", "bf16": "DeepSpeedBF16Config",
    "flops_profiler": "DeepSpeedFlopsProfilerConfig", "comms_logger": "CommsLoggerConfig", "hybrid_engine": "HybridEngineConfig",
}


def deepspeed(root):
    """Keys that `runtime/config.py` asks for, by name or by a constant of that name, and the fields of its sections' classes."""
    found, constants = {}, {}
    runtime = root / "deepspeed"
    for place, tree in trees(runtime):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and text(node.value):
                constants.setdefault(node.targets[0].id, node.value.value)

    def key(node):
        return constants.get(node.id) if isinstance(node, ast.Name) else text(node)

    def path(node):
        """The keys that lead to what an expression asks for; nil where it is not asked of the file."""
        if isinstance(node, ast.Name) and node.id == "param_dict":
            return ()
        outer, last = None, None
        if isinstance(node, ast.Subscript):
            outer, last = path(node.value), key(node.slice)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
            outer, last = path(node.func.value), key(node.args[0])
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "get_scalar_param":
            outer, last = path(node.args[0]), key(node.args[1])
        return None if outer is None or not last or " " in last else outer + (last,)

    # Functions that are given a section, which they call `param_dict` all the same.
    inner = {"get_sparse_attention_mode", "get_sparse_attention_type", "get_checkpoint_tag_validation_mode"}
    tree = ast.parse((runtime / "runtime/config.py").read_text())
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name in inner:
            continue
        for node in ast.walk(function):
            asked = path(node)
            if asked:
                found.setdefault(".".join(asked), function.name)
    found = {k: v for k, v in found.items() if not any(other.startswith(k + ".") for other in found)}
    classes = classes_of(runtime)
    for section, name in DEEPSPEED_SECTIONS.items():
        for field in fields(name, classes, set()):
            keywords = {k.arg: k.value for k in field.value.keywords} if isinstance(field.value, ast.Call) else {}
            asked = f"{section}.{text(keywords.get('alias')) or field.target.id}"
            if asked not in DEEPSPEED_SECTIONS:
                found[asked] = name
    return {k: v for k, v in found.items() if k not in DEEPSPEED_SECTIONS}


def accelerate(root):
    """Keys that `accelerate config` writes and that `accelerate launch` takes over from a file, by its parts."""
    found = {}
    commands = inside(root, "accelerate") / "commands"
    tree = ast.parse((commands / "config/config_args.py").read_text())
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    parts = set()
    for name in ("ClusterConfig", "SageMakerConfig"):
        for field in fields(name, classes, set()):
            (parts.add(field.target.id) if field.target.id.endswith("_config") else found.setdefault(field.target.id, name))
    for section, key in re.findall(r"(\w+_config)\[\s*\"(\w+)\"\s*\]", (commands / "config/cluster.py").read_text()):
        found.setdefault(f"{section}.{key}", "cluster.py")
    for flag in re.findall(r"add_argument\(\s*\"--(\w+)", (commands / "launch.py").read_text()):
        for part in parts:
            prefix = part.removesuffix("config") if part != "parallelism_config" else "parallelism_config_"
            if flag.startswith(prefix) and prefix not in ("mpirun_",):
                found.setdefault(f"{part}.{flag}", "launch.py")
    return found


def accelerate_launch(root):
    """The keys that the options of `accelerate launch` state, by `AccelerateFlags`; those that say only how programs start are left out."""
    source = (TABLE / "../Accelerate/AccelerateFlags.swift").read_text()
    block = lambda name: re.search(rf"let {name}\b.*?\[\n(.*?)\n *\]", source, re.S).group(1)
    sections = re.findall(r'\("(\w+)", "(\w+)"\)', block("sections"))
    starters = set(re.findall(r'"(\w+)"', block("starters"))) | {flag for flag, _ in re.findall(r'\("(\w+)", "(\w+)"\)', block("types"))}
    found = {}
    tree = ast.parse((inside(root, "accelerate") / "commands/launch.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument":
            for flag in (text(argument).lstrip("-") for argument in node.args if (text(argument) or "").startswith("-")):
                if flag not in starters:
                    section = next((section for prefix, section in sections if flag.startswith(prefix)), None)
                    found[f"{section}.{flag}" if section else flag] = "launch.py"
    return found


def trainer(root):
    """The fields of Hugging Face's `TrainingArguments`."""
    tree = ast.parse((inside(root, "transformers") / "training_args.py").read_text())
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    return {field.target.id: "TrainingArguments" for field in fields("TrainingArguments", classes, set())}


def dataclasses_of(folder, files, names=None):
    """Annotated fields of the classes in some files."""
    found = {}
    for path in sorted(path for pattern in files for path in folder.glob(pattern)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and (names is None or node.name in names):
                for field in node.body:
                    if isinstance(field, ast.AnnAssign) and not field.target.id.startswith("_"):
                        found.setdefault(field.target.id, node.name)
    return found


def trl(root):
    """What `trl sft` takes beside the Trainer's arguments."""
    return dataclasses_of(inside(root, "trl") / "trainer", ["model_config.py", "sft_config.py"])


def llama_factory(root):
    """What LLaMA-Factory trains by beside the Trainer's arguments; exports, rewards and inference are other programs'."""
    others = {"ExportArguments", "RLHFArguments", "VllmArguments", "SGLangArguments", "ProfilerArguments", "GaloreArguments", "ApolloArguments",
              "BAdamArgument", "OFTArguments", "KTransformersArguments"}
    found = dataclasses_of(inside(root, "llamafactory") / "hparams", ["model_args.py", "data_args.py", "finetuning_args.py", "training_args.py"])
    return {key: name for key, name in found.items() if name not in others}


def axolotl(root):
    """The fields of Axolotl's schema, less those of preferences and of single trainers."""
    schemas = inside(root, "axolotl") / "utils/schemas"
    names = {"AxolotlInputConfig", "LoraConfig", "ReLoRAConfig", "ModelInputConfig", "ModelOutputConfig", "HyperparametersConfig", "PeftConfig"}
    found = dataclasses_of(schemas, ["config.py", "peft.py", "model.py", "training.py"], names)
    other = re.compile(r"^(dpo_|kto_|orpo|simpo|cpo|rl_|trl$|vllm$|ebft$|generation_|qgalore|dion|is_preprocess|preprocess_|center_rewards|eaft|axolotl_)")
    return {key: name for key, name in found.items() if not other.match(key)}


def keys_with_values(path):
    """The dotted keys of a YAML file whose values stand on their line; read by lines, since recipes hold what YAML alone does not resolve."""
    stack = []
    for line in path.read_text().splitlines():
        match = re.match(r"( *)([A-Za-z_]\w*):(?: +(.*))?$", line)
        if not match:
            continue
        depth, key, value = len(match[1]), match[2], (match[3] or "").split("#")[0].strip()
        while stack and stack[-1][0] >= depth:
            stack.pop()
        if value:
            yield ".".join([name for _, name in stack] + [key])
        else:
            stack.append((depth, key))


def automodel(root):
    """Keys of AutoModel's examples for language models, where the checkout has them."""
    found = {}
    for path in sorted((root / "examples").glob("llm_*/**/*.yaml")):
        for key in keys_with_values(path):
            found.setdefault(key, path.name)
    return found


def nemo_names():
    """What our table translates: sections, flags by keys, flags of keys that are off, and keys that the reader handles one by one."""
    source = (TABLE / "NeMoKeys.swift").read_text()
    reader = (TABLE / "../Megatron/NeMoReader.swift").read_text()
    block = lambda name: re.search(rf"static let {name}\b.*?\[\n(.*?)\n    \]", source, re.S).group(1)
    pairs = lambda name: dict(re.findall(r'"(\w+)": "([\w-]+)"', block(name)))
    handled = set(re.findall(r'\("(\w+)", (?:_|"[\w.]+")\)', reader))
    return re.findall(r'"([\w.]+)"', block("sections")), pairs("flags"), pairs("flagsWhenOff"), handled


def bridge(root):
    """Keys of Bridge's `ConfigContainer`, whose classes it takes over from Megatron-Core where MEGATRON_LM names a checkout."""
    classes = classes_of(root / "src" if (root / "src").exists() else root)
    if os.environ.get("MEGATRON_LM"):
        for name, node in classes_of(pathlib.Path(os.environ["MEGATRON_LM"]) / "megatron").items():
            classes.setdefault(name, node)
            # A class of Bridge that has the name of the one that it extends.
            if any(getattr(base, "attr", getattr(base, "id", "")).removeprefix("MCore").removeprefix("Megatron") == name for base in classes[name].bases):
                classes.setdefault("MCore" + name, node)
    found = {}
    for field in fields("ConfigContainer", classes, set()):
        section = field.target.id
        names = [c for c in re.findall(r"\w+", ast.unparse(field.annotation)) if c in classes]
        if section == "model":
            names = ["GPTModelProvider"]
        if section == "dataset":
            names = ["GPTDatasetConfig"]
        if section.startswith("_"):
            continue
        for name in names:
            for inner in fields(name, classes, set()):
                if not inner.target.id.startswith("_") and "ClassVar" not in ast.unparse(inner.annotation):
                    found.setdefault(f"{section}.{inner.target.id}", name)
        if not names:
            found.setdefault(section, "ConfigContainer")
    return found


def nemo(root):
    """Keys of NeMo 1's configurations of decoders, and the arguments of NeMo 2's strategy."""
    found = {}
    for path in sorted((root / "examples/nlp/language_modeling/conf").glob("megatron_*.yaml")):
        if not re.search(r"gpt|llama|gemma|mixtral|falcon|chatglm|baichuan|starcoder|qwen", path.name):
            continue
        # What trains nothing.
        if re.search(r"inference|export|ptq|prune|validate|distill", path.name):
            continue
        for key in keys_with_values(path):
            found.setdefault(key, path.name)
    for place, tree in trees(root / "nemo/lightning/pytorch/strategies", "megatron_strategy.py"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == "MegatronStrategy":
                init = next(f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__")
                for argument in init.args.args + init.args.kwonlyargs:
                    if argument.arg != "self":
                        found.setdefault(f"trainer.strategy.{argument.arg}", place)
    return found


def covers_nemo(known, flags, key):
    """Whether the reader of NeMo and Bridge knows a key: by its own table, or as a flag of Megatron."""
    sections, named, when_off, handled = nemo_names()
    section = next((s for s in sections if key.startswith(s + ".")), None)
    if covers(known, key):
        return True
    name = key.removeprefix(section + ".") if section else None
    if not name or "." in name:
        return False
    flag = named.get(name, name.replace("_", "-"))
    return name in when_off or name in handled or any(prefix + flag in flags for prefix in ("", "no-", "disable-"))


known = table()
failed = False
for variable in ("MEGATRON_LM", "MEGATRON_DEEPSPEED"):
    theirs = {}
    for root in filter(None, os.environ.get(variable, "").split(":")):
        theirs = parsers(pathlib.Path(root))
        missing = sorted(flag for flag in theirs if flag not in known)
        print(f"{variable}: {len(theirs)} flags, {len(missing)} missing in the table of {len(known)} spellings")
        for flag in missing:
            print(f"  --{flag} ({theirs[flag]})")
        failed = failed or bool(missing) or not theirs
    if not theirs:
        continue
    if variable == "MEGATRON_LM":
        # A range without an end says that main has it.
        gone = sorted(f for f, versions in known.items() if re.fullmatch(r"[0-9.]+-(,ds)?", versions) and f not in theirs)
        print(f"  {len(gone)} of the table are said to be in main and are defined elsewhere or not at all: {', '.join('--' + f for f in gone)}")
FILES = (
    ("NANOTRON", "NanotronKeys", nanotron), ("TORCHTUNE", "TorchtuneKeys", torchtune), ("TORCHTITAN", "TorchTitanKeys", torchtitan),
    ("DEEPSPEED", "DeepSpeedKeys", deepspeed), ("ACCELERATE", "AccelerateKeys", accelerate), ("MEGATRON_BRIDGE", "NeMoKeys", bridge),
    ("NEMO", "NeMoKeys", nemo), ("ACCELERATE", "AccelerateKeys", accelerate_launch), ("TRANSFORMERS", "TrainerKeys", trainer),
    ("TRL", "TrainerKeys", trl), ("LLAMA_FACTORY", "LlamaFactoryKeys", llama_factory), ("AXOLOTL", "AxolotlKeys", axolotl), ("AUTOMODEL", "AutomodelKeys", automodel),
)
for variable, name, theirs_of in FILES:
    # A variable may name checkouts of several years, separated by colons.
    for root in filter(None, os.environ.get(variable, "").split(":")):
        ours, theirs = keys(name), theirs_of(pathlib.Path(root))
        ours |= keys("TrainerKeys") if theirs_of is llama_factory else set()
        knows = (lambda key: covers_nemo(ours, known, key)) if theirs_of in (bridge, nemo) else (lambda key: covers(ours, key))
        missing = sorted(key for key in theirs if not knows(key))
        print(f"{variable}: {len(theirs)} keys, {len(missing)} missing in the table of {len(ours)}")
        for key in missing:
            print(f"  {key} ({theirs[key]})")
        failed = failed or bool(missing) or not theirs
sys.exit(1 if failed else 0)
