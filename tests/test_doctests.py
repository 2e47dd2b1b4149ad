"""Every example in a docstring gives what it says."""

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import napari_greyfill

ROOT = Path(napari_greyfill.__file__).parent


def modules_with_examples():
    for path in sorted(ROOT.rglob("*.py")):
        if ">>> " in path.read_text(encoding="utf-8"):
            parts = path.relative_to(ROOT.parent).with_suffix("").parts
            yield ".".join(part for part in parts if part != "__init__")


@pytest.mark.parametrize("name", list(modules_with_examples()))
def test_examples(name):
    outcome = doctest.testmod(import_module(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0


# What scripts make or derive from themselves, besides calling functions.
CLASSES = {
    "Colorizer",
    "ColourHints",
    "Combination",
    "Comparison",
    "FillOptions",
    "FillResult",
    "Inpainter",
    "StackOptions",
    "StackResult",
}


def public_functions():
    for name in napari_greyfill.__all__:
        if inspect.isfunction(getattr(napari_greyfill, name)):
            yield name


@pytest.mark.parametrize("name", [*public_functions(), *sorted(CLASSES)])
def test_public_names_have_an_example(name):
    assert ">>> " in inspect.getdoc(getattr(napari_greyfill, name))
