"""The guide "Adding a network" in CONTRIBUTING.md, followed word by word in a copy."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[1]

CHECK = """
import json, sys
import numpy as np, torch
import napari_greyfill
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.inpaint.networks.tiny.network import Tiny
from napari_greyfill.weights import Own

torch.manual_seed(0)
state = Tiny(5).state_dict()
torch.save(state, "tiny.pth")
store = network_weights()
listed = [stored.info.id for stored in store.list()]
store.add("tiny.pth", "tiny-noise")
torch.save(Tiny(7).state_dict(), "tiny.pth")
store.add("tiny.pth", own=Own("mine"))
methods = {info.name: info.available for info in napari_greyfill.methods()}
image = np.random.default_rng(0).random((33, 41, 3), dtype=np.float32)
mask = np.zeros((33, 41), bool)
mask[10:20, 10:20] = True
found = napari_greyfill.compare(
    image, mask, methods=["tiny-noise", "tiny@mine"], pipelines="grey-rgb", reference=None
)
filled = [row.image for row in found.rows if row.image is not None]
print(json.dumps({
    "detected": detect(state).name,
    "listed": "tiny-noise" in listed,
    "methods": {name: methods.get(name) for name in ("tiny-noise", "tiny@mine")},
    "failures": [row.failure for row in found.rows if row.error],
    "kept": [bool((each[~mask] == image[~mask]).all()) for each in filled],
    "filled": [bool((each[mask] != image[mask]).any()) for each in filled],
    "where": napari_greyfill.__file__,
}))
"""


def guide():
    """Return the part of CONTRIBUTING.md about adding a network."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return text.split("## Adding a network\n")[1].split("\n## ")[0]


def blocks(kind):
    """Return the blocks of a kind, by the last file that is named before each."""
    found = {}
    pattern = rf"`([^`\n]+\.py)`:\n\n( *)```{kind}\n(.*?)\n *```"
    for path, _, code in re.findall(pattern, guide(), re.DOTALL):
        found[path] = dedent(code) + "\n"
    return found


def with_added(text, diff):
    """Return a text with the added lines of a diff, whose other lines are its context."""
    lines = diff.splitlines()
    old = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    new = "\n".join(line[1:] for line in lines)
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Return a copy of the sources in which the steps of the guide have been done."""
    root = tmp_path_factory.mktemp("copy")
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", root / "src", ignore=without)
    shutil.copytree(ROOT / "scripts", root / "scripts", ignore=without)
    (root / "docs").mkdir()
    for name in ("docs/weights.md", "docs/benchmarks.md", "README.md"):
        shutil.copy(ROOT / name, root / name)
    for path, code in blocks("python").items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(code, "utf-8")
    for path, diff in blocks("diff").items():
        (root / path).write_text(with_added((root / path).read_text("utf-8"), diff), "utf-8")
    (command,) = re.findall(r"```text\n *python (.*)\n", guide())
    run(root, *command.split())
    return root


def run(root, *arguments):
    """Run Python in the copy, with its sources and weights folder; return what it prints."""
    own = {"PYTHONPATH": str(root / "src"), "NAPARI_GREYFILL_WEIGHTS": str(root / "weights")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, **own, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_guide_adds_one_folder_and_one_line():
    folder = "src/napari_greyfill/inpaint/networks"
    names = ("network", "inpainter", "description", "__init__")
    assert list(blocks("python")) == [f"{folder}/tiny/{name}.py" for name in names]
    (diff,) = blocks("diff").values()
    assert list(blocks("diff")) == [f"{folder}/__init__.py"]
    assert [line for line in diff.splitlines() if line[0] in "+-"] == ['+    "tiny",']


def test_the_network_is_detected_listed_and_fills(copy):
    found = json.loads(run(copy, "-c", CHECK).splitlines()[-1])
    assert Path(found.pop("where")).is_relative_to(copy)
    assert found == {
        "detected": "tiny",
        "listed": True,
        "methods": {"tiny-noise": True, "tiny@mine": True},
        "failures": [],
        "kept": [True, True],
        "filled": [True, True],
    }


def test_it_has_a_page(copy):
    text = (copy / "docs" / "networks" / "tiny.md").read_text("utf-8")
    assert "Two convolutions, which fill nothing well." in text
    assert "Everything that is wider than five pixels." in text
    assert "| `tiny-noise` |" in text and "[page](https://example.org/tiny/" in text
    assert "at least 4 and to multiples of 2." in text


@pytest.mark.parametrize("name", ["docs/weights.md", "README.md"])
def test_it_is_in_the_tables(copy, name):
    lines = (copy / name).read_text("utf-8").splitlines()
    mine = [line for line in lines if "[Tiny]" in line]
    assert len(mine) == 1
    lines.remove(mine[0])
    assert lines == (ROOT / name).read_text("utf-8").splitlines()


def test_the_command_line_lists_it(copy):
    code = "from napari_greyfill.cli import main; main()"
    assert "tiny-noise" in run(copy, "-c", code, "weights", "list")
