"""The pages of networks, and the tables of them in docs/weights.md and README.md."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from napari_greyfill.inpaint.networks import NETWORKS

ROOT = Path(__file__).parents[1]
RUN = "run: python scripts/network_tables.py"


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "network_tables.py"
    spec = importlib.util.spec_from_file_location("network_tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_what_the_networks_say(script):
    for path, text in script.pages().items():
        assert path.read_text("utf-8") == text, RUN
    assert {path.stem for path in script.PAGES.glob("*.md")} == {
        "index",
        *(network.name for network in NETWORKS),
    }


def test_the_tables_are_what_the_networks_say(script):
    for path, folder in script.TABLES.items():
        text = path.read_text("utf-8")
        assert text.count(script.BEGIN) == text.count(script.END) == 1
        assert script.with_table(text, folder) == text, RUN
        assert all((path.parent / folder / f"{each.name}.md").is_file() for each in NETWORKS)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_everything_published_is_on_its_page(script, network):
    text = script.network_page(network)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for info in network.checkpoints:
        (row,) = (line for line in rows if f"`{info.id}`" in line)
        for said in (info.licence, info.training_data, info.masks, str(info.size)):
            assert said in row
        assert ("`weights get`" in row) if info.url else (info.page in row)
        assert ("Not for commercial use" in row) == info.non_commercial
    assert all(f"`{layout.name}`" in text for layout in network.descriptors)
    assert network.bad_at
    assert network.bad_at in text


def test_what_was_measured_is_on_the_page(script):
    assert "| gmcnn-celebahq | 256 |" in script.network_page(NETWORKS[0])
    (pggan,) = (network for network in NETWORKS if network.name == "pggan")
    assert "Not measured." in script.network_page(pggan)


def test_a_network_without_anything_published_leads_to_own_weights(script):
    bare = replace(NETWORKS[0], checkpoints=(), default_method="")
    assert "Nothing is published; it runs with [weights of your own]" in script.network_page(bare)
    assert "## Weights of your own\n" in (script.DOCS / "weights.md").read_text("utf-8")
