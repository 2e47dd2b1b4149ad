"""The tables of options in docs/usage.md and docs/cli.md."""

import importlib.util
from pathlib import Path

import pytest

from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.options import StackOptions

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "option_tables.py"
    spec = importlib.util.spec_from_file_location("option_tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["usage.md", "cli.md"])
def test_the_page_is_what_the_options_say(script, name):
    text = (ROOT / "docs" / name).read_text("utf-8")
    assert text.count(script.END) == len(script.TABLES[name])
    for source, table in script.TABLES[name].items():
        assert text.count(script.BEGIN.format(source)) == 1
        assert script.page(text, source, table()) == text, "run: python scripts/option_tables.py"


@pytest.mark.parametrize(
    ("name", "source"),
    [("usage.md", FillOptions), ("cli.md", FillOptions), ("cli.md", StackOptions)],
)
def test_every_option_has_a_row(script, name, source):
    rows = script.TABLES[name][source.__name__]().splitlines()[2:]
    options = source.options()
    if source is StackOptions:
        around, rows = rows[len(options) :], rows[: len(options)]
        for each, row in zip(script.AROUND_STACKS, around, strict=True):
            assert f"`--{each}`" in row
    assert len(rows) == len(options)
    for row, option in zip(rows, options, strict=True):
        spelled = option.name if name == "usage.md" else f"--{option.name.replace('_', '-')}"
        assert f"`{spelled}`" in row
        for choice in option.choices:
            assert f"`{choice}`" in row
        assert row.count(" | ") == (4 if name == "usage.md" else 3)
        if isinstance(option.default, bool):
            assert "a whole number" not in row and "on or off" in row
