"""Every tooltip has its one place, and nothing there is left over."""

import ast
from pathlib import Path

import pytest

from napari_greyfill.viewer.widgets import texts

VIEWER = Path(texts.__file__).parents[1]
SOURCES = {path: path.read_text(encoding="utf-8") for path in sorted(VIEWER.rglob("*.py"))}
# These modules are handed the texts of those that use their classes.
SHARED = {
    "(RunDock)": VIEWER / "widgets" / "run_dock.py",
    "(RowsTable)": VIEWER / "widgets" / "rows_table.py",
}


def words_of(path):
    """Return every text that a module mentions."""
    nodes = ast.walk(ast.parse(SOURCES[path]))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def users_of(name):
    """Return the modules that import one of the collections of texts."""
    return [path for path, text in SOURCES.items() if f"texts import {name} as TEXTS" in text]


def looked_up(path):
    """Return the keys that a module looks up by name."""
    for node in ast.walk(ast.parse(SOURCES[path])):
        match node:
            case ast.Subscript(value=ast.Name(id="TEXTS"), slice=ast.Constant(value=key)):
                yield key


@pytest.mark.parametrize("name", texts.__all__)
def test_every_text_is_used(name):
    users = users_of(name)
    own = [SOURCES[path] for path in users]
    users += [path for base, path in SHARED.items() if any(base in text for text in own)]
    mentioned = set().union(*(words_of(path) for path in users))
    assert set(getattr(texts, name)) - mentioned == set()


@pytest.mark.parametrize("name", texts.__all__)
def test_every_text_that_is_looked_up_is_there(name):
    wanted = {key for path in users_of(name) for key in looked_up(path)}
    assert wanted
    assert wanted <= set(getattr(texts, name))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(VIEWER)))
def test_no_tooltip_is_written_beside_its_widget(path):
    calls = (node for node in ast.walk(ast.parse(SOURCES[path])) if isinstance(node, ast.Call))
    written = [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "setToolTip"
        if isinstance(call.args[0], ast.Constant | ast.JoinedStr)
    ]
    assert written == []
