"""The tables of options in docs/usage.md and docs/cli.md."""

import importlib.util
from pathlib import Path

import pytest

from napari_greyfill.pipeline.options import FillOptions

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
    assert text.count(script.BEGIN) == text.count(script.END) == 1
    assert script.page(text, script.TABLES[name]()) == text, "run: python scripts/option_tables.py"


@pytest.mark.parametrize("name", ["usage.md", "cli.md"])
def test_every_option_has_a_row(script, name):
    rows = script.TABLES[name]().splitlines()[2:]
    options = FillOptions.options()
    assert len(rows) == len(options)
    for row, option in zip(rows, options, strict=True):
        spelled = option.name if name == "usage.md" else f"--{option.name.replace('_', '-')}"
        assert f"`{spelled}`" in row
        for choice in option.choices:
            assert f"`{choice}`" in row
        assert row.count(" | ") == (4 if name == "usage.md" else 3)
