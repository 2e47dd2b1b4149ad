"""Public functions say what each of their parameters is, but for a number that may only fall."""

import ast
from pathlib import Path

import napari_greyfill

SOURCE = Path(napari_greyfill.__file__).parent
# Their parameters are those of the contract, of Qt or of typer, which says them itself.
ELSEWHERE = {
    "complete",
    "data",
    "eventFilter",
    "forward",
    "headerData",
    "run",
    "run_together",
    "tip",
}
MOST = 50


def functions(body, prefix=""):
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield prefix + node.name, node


def parameters(node):
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [a.arg for a in every if a.arg not in ("self", "cls")]


def silent():
    """Return the functions of two and more parameters that do not list them."""
    for path in sorted(SOURCE.rglob("*.py")):
        module = path.relative_to(SOURCE).as_posix()
        if module.startswith("cli/"):
            continue
        for name, node in functions(ast.parse(path.read_text(encoding="utf-8")).body):
            doc = ast.get_docstring(node) or ""
            listed = "Parameters\n" in doc or name.split(".")[-1] in ELSEWHERE
            if len(parameters(node)) > 1 and not listed and not node.decorator_list:
                yield f"{module}: {name}"


def test_parameters_are_listed():
    found = list(silent())
    assert len(found) <= MOST, "list the parameters of what is new here:\n" + "\n".join(found)
