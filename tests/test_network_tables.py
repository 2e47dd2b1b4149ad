"""The tables of networks in docs/weights.md."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.inpaint.networks.store import catalogue

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "network_tables.py"
    spec = importlib.util.spec_from_file_location("network_tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_networks_say(script):
    text = script.PAGE.read_text("utf-8")
    assert text.count(script.BEGIN) == text.count(script.END) == 1
    assert script.page(text) == text, "run: python scripts/network_tables.py"


def test_everything_published_is_in_the_tables(script):
    text = script.sections()
    for info in catalogue():
        rows = (line for line in text.splitlines() if line.startswith("|"))
        (row,) = (line for line in rows if f"`{info.id}`" in line)
        for said in (info.licence, info.training_data, info.masks):
            assert said in row
        assert ("`weights get`" in row) if info.url else (info.page in row)


def test_a_network_without_anything_published_leads_to_own_weights(script):
    bare = replace(NETWORKS[0], checkpoints=(), default_method="")
    assert "Nothing is published; it runs with [weights of your own]" in script.sections((bare,))
    assert "## Weights of your own\n" in script.PAGE.read_text("utf-8")
