"""Collect every sentence that an error of this package says, for the page of questions.

The sentences are read from the source, so that none is missing and none is out of date. What is
only known when an error happens, such as a path, is shown by its name, in italics.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from itertools import groupby
from pathlib import Path

from napari_greyfill import errors

ROOT = Path(errors.__file__).parent
AREAS = {
    "image": "Images",
    "masks": "Masks",
    "files": "Files",
    "pipeline": "Filling",
    "inpaint": "Methods and networks",
    "colorization": "Colours",
    "stack": "Stacks and clusters",
    "weights": "Weights",
    "comparison": "Comparisons",
    "measure": "Metrics",
    "datasets": "Folders of pictures",
    "study": "Studies",
    "compute": "Devices and methods from elsewhere",
    "options": "Options",
    "atomic": "Options",
    "checks": "Options",
    "viewer": "In napari",
    "cli": "On the command line",
}
# What to do about sentences that do not say it themselves.
ADVICE = {
    "BadCheckpointError": "Get the file again from the page it was published on.",
    "BrokenMethodError": "Ask the authors of the package that brings the method.",
    "CancelledError": "Nothing, if you wanted it to stop; otherwise start it again.",
    "DownloadError": "Try again later, or fetch the file with a browser.",
    "EveryMethodFailedError": "The reasons of the single methods stand in it; see those.",
    "MissingWeightsError": "Get the weights, or choose another method.",
    "RefusedError": "Get the file again from the page it was published on.",
}
# Sentences that only repeat others, by module and by what is handed to the error.
REPEATED = {
    ("cli/weights_run.py", "unreadable[0]"),
    ("comparison/mask_comparison.py", "told"),
    ("comparison/result.py", "told"),
    ("weights/download.py", "problem"),
    ("weights/stored.py", "problem"),
}
_WORDS = {"error": "reason", "strerror": "reason"}


@dataclass(frozen=True)
class Sentence:
    """What an error says.

    Attributes
    ----------
    text : str
        In Markdown, with names in italics for what differs from case to case.
    error : str
        Name of the exception's class.
    module : str
        Where it is raised, from the package's folder.
    line : int
    """

    text: str
    error: str
    module: str
    line: int

    @property
    def area(self) -> str:
        """Return the heading it stands under."""
        return AREAS[self.module.removesuffix(".py").split("/")[0]]

    @property
    def advice(self) -> str:
        """Return what to do about it."""
        told = self.text.replace("; or ", ", or ").rpartition("; ")[2]
        if told != self.text and self.error != "CancelledError":
            return told[0].upper() + told[1:] + ("" if told.endswith((".", "!", "?")) else ".")
        return ADVICE.get(self.error, "What the sentence says.")


class Source:
    """The source of a module, and the sentences in it."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(ROOT).as_posix()
        self.tree = ast.parse(path.read_text("utf-8"))
        self._within = {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }

    @cached_property
    def namespace(self) -> dict[str, object]:
        """Return the module's names; it is imported only for the values of its constants."""
        return vars(import_module("napari_greyfill." + self.name[:-3].replace("/", ".")))

    def raised(self) -> Iterator[tuple[ast.Call, str]]:
        """Yield where one of the package's errors is made, and the name of its class."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and (name := error_name(node)):
                yield node, name

    def function_around(self, node: ast.AST) -> ast.AST:
        """Return the function that something stands in, or the module."""
        while node in self._within:
            node = self._within[node]
            if isinstance(node, ast.FunctionDef):
                return node
        return self.tree


Functions = dict[str, list[tuple[Source, ast.FunctionDef]]]  # by name


def error_name(call: ast.Call) -> str:
    """Return the class of an error of this package that a call makes, or nothing."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return name if name in errors.__all__ or name == "RefusedError" else ""


def sources() -> list[Source]:
    """Return every module of the package but the errors themselves."""
    return [Source(path) for path in sorted(ROOT.rglob("*.py")) if path.name != "errors.py"]


def sentences() -> list[Sentence]:
    """Return every sentence, once.

    Raises
    ------
    LookupError
        If an error says something that cannot be read from the source: hand it a sentence.
    """
    modules = sources()
    functions: Functions = defaultdict(list)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                functions[node.name].append((module, node))
    found: dict[str, Sentence] = {}
    for module in modules:
        for call, error in module.raised():
            texts = list(_said(call, module, functions))
            if not texts and (module.name, ast.unparse(call.args[0])) not in REPEATED:
                raise LookupError(f"{module.name}:{call.lineno} says what is not in the source")
            for text in texts:
                found.setdefault(text, Sentence(text, error, module.name, call.lineno))
    return list(found.values())


def _said(call: ast.Call, module: Source, functions: Functions) -> Iterator[str]:
    """Yield what an error says, in Markdown."""
    if not call.args:
        return
    for where, expression in _texts(call.args[0], module, call, functions):
        text = " ".join("".join(_parts(expression, where)).split())
        yield text


def _texts(
    node: ast.expr, module: Source, near: ast.AST, functions: Functions, depth: int = 0
) -> Iterator[tuple[Source, ast.expr]]:
    """Yield the texts that an expression may be, each with its module."""
    if (
        isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        or isinstance(node, ast.BinOp)
    ):
        yield module, node
    elif isinstance(node, ast.IfExp):
        for each in (node.body, node.orelse):
            yield from _texts(each, module, near, functions, depth)
    elif isinstance(node, ast.Name):
        for around in (module.function_around(near), module.tree):
            for each in ast.walk(around):
                given = each.targets if isinstance(each, ast.Assign) else ()
                if isinstance(each, (ast.NamedExpr, ast.AnnAssign)):
                    given = (each.target,)
                if any(isinstance(t, ast.Name) and t.id == node.id for t in given) and each.value:
                    yield from _texts(each.value, module, near, functions, depth + 1)
            if around is not module.tree and _is_given(around, node.id):
                return
    elif isinstance(node, ast.Call) and depth < 4:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        own = [each for each in functions[name] if each[0] is module]
        for there, function in own or functions[name]:
            for each in ast.walk(function):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield from _texts(each.value, there, each, functions, depth + 1)


def _is_given(function: ast.AST, name: str) -> bool:
    return isinstance(function, ast.FunctionDef) and any(a.arg == name for a in function.args.args)


def _parts(node: ast.expr, module: Source) -> Iterator[str]:
    """Yield the pieces of a text, with a name in italics for what is not known yet."""
    if isinstance(node, ast.JoinedStr):
        for each in node.values:
            yield from _parts(each, module)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left, module)
        yield from _parts(node.right, module)
    elif isinstance(node, ast.Constant):
        yield _escaped(str(node.value))
    else:
        value = node.value if isinstance(node, ast.FormattedValue) else node
        yield _constant(node, module) or f"*{_name_of(value)}*"


def _constant(node: ast.expr, module: Source) -> str:
    """Return the text of what is made of constants alone, or nothing."""
    names = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
    known = [name for name in names if re.fullmatch(r"_?[A-Z][A-Z_0-9]*", name)]
    if not known:
        return ""
    whole = ast.JoinedStr([node]) if isinstance(node, ast.FormattedValue) else node
    code = compile(ast.fix_missing_locations(ast.Expression(whole)), module.name, "eval")
    try:
        return _escaped(str(eval(code, module.namespace)))
    except (NameError, AttributeError, TypeError):
        return ""


def _name_of(node: ast.expr) -> str:
    """Return a word for something that is only known when the error happens."""
    if isinstance(node, ast.Name):
        return _WORDS.get(node.id, node.id.strip("_").replace("_", " "))
    if isinstance(node, ast.Attribute):
        if node.attr in ("name", "id", "title", "path", "parent", "info"):
            return _name_of(node.value) if _name_of(node.value) != "self" else node.attr
        return _WORDS.get(node.attr, node.attr.strip("_").replace("_", " "))
    if isinstance(node, ast.Call):
        called = (
            node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        )
        if called == "reason_of":
            return "reason"
        if node.args and called.strip("_") in ("shown", "join", "described", "size", "len", "str"):
            return _name_of(node.args[0])
        return called.strip("_").replace("_", " ")
    if isinstance(node, (ast.Subscript, ast.Starred, ast.FormattedValue)):
        return _name_of(node.value)
    if isinstance(node, ast.BinOp):
        return _name_of(node.left)
    if isinstance(node, ast.BoolOp):
        return _name_of(node.values[0])
    return "…"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_<>\[\]$|])", r"\\\1", text)


def page() -> str:
    """Return the entries in Markdown, a heading for each area."""
    order = list(dict.fromkeys(AREAS.values()))
    found = sorted(sentences(), key=lambda s: (order.index(s.area), s.text.lower()))
    lines = []
    for area, entries in groupby(found, key=lambda s: s.area):
        lines += [f"### {area}", ""]
        for each in entries:
            kind = getattr(errors, each.error, errors.BadCheckpointError)
            when = (kind.__doc__ or "").strip().splitlines()[0]
            link = f"{{py:class}}`~napari_greyfill.errors.{kind.__name__}`"
            lines += [each.text, f": {when} **What to do:** {each.advice} ({link})", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(page())
