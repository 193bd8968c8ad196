"""Compares the spellings in our table of Megatron's flags with those that the frameworks' own parsers define.

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
sys.exit(1 if failed else 0)
