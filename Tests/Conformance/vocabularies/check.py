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
    return key in known or any(".".join(parts[:n]) + ".*" in known for n in range(1, len(parts) + 1))


def nanotron(root):
    """Keys of nanotron's `Config` and of the model configurations that it can hold."""
    classes = {}
    for path in sorted((root / "src/nanotron/config").rglob("*.py")):
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


known = table()
failed = False
for variable in ("MEGATRON_LM", "MEGATRON_DEEPSPEED"):
    if not os.environ.get(variable):
        continue
    theirs = parsers(pathlib.Path(os.environ[variable]))
    missing = sorted(flag for flag in theirs if flag not in known)
    print(f"{variable}: {len(theirs)} flags, {len(missing)} missing in the table of {len(known)} spellings")
    for flag in missing:
        print(f"  --{flag} ({theirs[flag]})")
    failed = failed or bool(missing) or not theirs
    if variable == "MEGATRON_LM":
        # A range without an end says that main has it.
        gone = sorted(f for f, versions in known.items() if re.fullmatch(r"[0-9.]+-(,ds)?", versions) and f not in theirs)
        print(f"  {len(gone)} of the table are said to be in main and are defined elsewhere or not at all: {', '.join('--' + f for f in gone)}")
for variable, name, theirs_of in (("NANOTRON", "NanotronKeys", nanotron), ("TORCHTUNE", "TorchtuneKeys", torchtune)):
    if not os.environ.get(variable):
        continue
    ours, theirs = keys(name), theirs_of(pathlib.Path(os.environ[variable]))
    missing = sorted(key for key in theirs if not covers(ours, key))
    print(f"{variable}: {len(theirs)} keys, {len(missing)} missing in the table of {len(ours)}")
    for key in missing:
        print(f"  {key} ({theirs[key]})")
    failed = failed or bool(missing) or not theirs
sys.exit(1 if failed else 0)
