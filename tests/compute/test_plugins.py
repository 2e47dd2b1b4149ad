"""Methods that other packages bring; the example package is in tests/data/example_method."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.plugins import METHODS, methods_from_outside
from napari_greyfill.compute.registry import MethodInfo, Registry
from napari_greyfill.errors import BrokenMethodError, MissingDependencyError
from napari_greyfill.inpaint import Inpainter
from tests.test_imports import imported_by

EXAMPLE = Path(__file__).parents[1] / "data" / "example_method"


def installed(folder, name, code, groups):
    """Write a module and its entry points as an installer leaves them; return where."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(code)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = []
    for group, entries in groups.items():
        lines += [f"[{group}]", *(f"{entry} = {where}" for entry, where in entries.items())]
    (info / "entry_points.txt").write_text("\n".join([*lines, ""]))
    return folder


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """Return a function that makes a registry which finds a package of some code."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def make(code, **entries):
        monkeypatch.syspath_prepend(installed(tmp_path, "outside", code, {METHODS: entries}))
        sys.modules.pop("outside", None)
        made = Registry(
            auto="ours",
            kind="inpainter",
            others=lambda taken: methods_from_outside(
                METHODS, "inpainter", lambda: Inpainter, taken
            ),
        )
        made.add(MethodInfo("ours", "Ours", "inpainter", summary="Ours."), lambda compute: None)
        return made

    yield make
    sys.modules.pop("outside", None)


GOOD = """
from napari_greyfill.compute.registry import Method, MethodInfo
from napari_greyfill.inpaint import Fill, Inpainter

class Mean(Inpainter):
    def run(self, plane, hole, unknown=None):
        yield 0.0
        return Fill(plane)

def method(create=Mean, kind="inpainter", name="mean", **changes):
    return Method(MethodInfo(name, "Mean", kind, summary="The mean."), create, **changes)

METHOD = method()
COLORIZER = method(kind="colorizer")
OURS = method(name="ours")
NOT_HERE = method(why_not=lambda: "it lacks a key; buy one")
UNSURE = method(why_not=lambda: 1 // 0)
FAILING = method(lambda compute: 1 // 0)
FOREIGN = method(lambda compute: "no inpainter")
"""


def test_a_method_from_outside_is_one_of_the_methods(registry):
    made = registry(GOOD, mean="outside:METHOD")
    assert [info.name for info in made.infos()] == ["ours", "mean"]
    assert made.info("mean").available
    assert type(made.create("mean", Compute())).__name__ == "Mean"


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("gone:METHOD", "it cannot be loaded (ModuleNotFoundError: No module named 'gone')"),
        ("outside:GONE", "it cannot be loaded (AttributeError: "),
        ("outside:Mean", "its entry point leads to no Method;"),
        ("outside:COLORIZER", "it is no inpainter, but a colorizer;"),
        ("outside:OURS", "there is a method ours already;"),
        ("outside:UNSURE", "it cannot say whether it can run (ZeroDivisionError: "),
    ],
)
def test_one_that_is_broken_says_so_and_takes_no_other_away(registry, where, problem):
    made = registry(GOOD, mean=where)
    assert made.info("ours").available
    info = made.info("mean")
    assert not info.available
    assert info.why_not.startswith(problem)
    assert info.why_not.endswith(
        "update the package outside, or remove it with: pip uninstall outside"
    )
    with pytest.raises((BrokenMethodError, MissingDependencyError), match="cannot run: "):
        made.create("mean", Compute())


@pytest.mark.parametrize("code", ["1 // 0", "raise SystemExit(1)", "def broken(:", "import no"])
def test_a_package_that_cannot_be_imported(registry, code):
    made = registry(code, mean="outside:METHOD")
    assert "it cannot be loaded (" in made.info("mean").why_not


def test_what_it_lacks_is_its_own_sentence(registry):
    made = registry(GOOD, mean="outside:NOT_HERE")
    assert made.info("mean").why_not == "it lacks a key; buy one"


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("outside:FAILING", "it cannot be made (ZeroDivisionError: "),
        ("outside:FOREIGN", "what it makes is no Inpainter;"),
    ],
)
def test_one_that_cannot_be_made_is_a_sentence(registry, where, problem):
    made = registry(GOOD, mean=where)
    with pytest.raises(BrokenMethodError) as caught:
        made.create("mean", Compute())
    assert str(caught.value).startswith(f"Mean cannot run: {problem}")
    assert str(caught.value).endswith("pip uninstall outside")


def test_two_of_one_name_are_both_listed(registry):
    made = registry(GOOD, ours="outside:GONE", mean="outside:METHOD", mine="outside:METHOD")
    names = [info.name for info in made.infos()]
    assert names == ["ours", "mean", "mine", "ours (outside)"]
    assert "there is a method mean already" in made.info("mine").why_not


def test_nothing_of_it_is_imported_before_the_registry_is_asked(tmp_path, monkeypatch):
    installed(tmp_path, "outside", GOOD, {METHODS: {"mean": "outside:METHOD"}})
    on_path(monkeypatch, tmp_path)
    code = "import napari_greyfill.inpaint.registry, napari_greyfill.colorization.registry"
    assert imported_by(code, ("outside", "torch")) == set()
    code = "import napari_greyfill; napari_greyfill.methods()"
    assert imported_by(code, ("outside", "torch")) == {"outside"}
    code = "import napari_greyfill; napari_greyfill.colorizers()"
    assert imported_by(code, ("outside", "torch")) == set()


def on_path(monkeypatch, folder):
    """Let fresh interpreters import what is in a folder."""
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


FILL = """
import json, sys
import numpy as np
import napari_greyfill
image = np.random.default_rng(0).random((40, 50, 3)).astype(np.float32)
mask = np.zeros((40, 50), bool)
mask[10:20, 10:20] = True
result = napari_greyfill.fill(image, mask, method="mean-of-rim", colorizer="rim-colour")
np.save(sys.argv[1], result.image)
print(json.dumps([result.method, result.colorizer]))
print("torch" in sys.modules)
"""


def test_the_example_package_fills_and_colours(tmp_path, monkeypatch):
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    code = (EXAMPLE / "example_method.py").read_text()
    site = installed(tmp_path / "site", "example_method", code, project["entry-points"])
    on_path(monkeypatch, site)
    run = [sys.executable, "-c", FILL, str(tmp_path / "filled.npy")]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ['["mean-of-rim", "rim-colour"]', "False"]
    image = np.random.default_rng(0).random((40, 50, 3)).astype(np.float32)
    filled = np.load(tmp_path / "filled.npy")
    mask = np.zeros((40, 50), bool)
    mask[10:20, 10:20] = True
    np.testing.assert_array_equal(filled[~mask], image[~mask])
    grey = filled @ np.array([0.299, 0.587, 0.114])
    assert grey[mask].std() < 1e-3
    assert not np.array_equal(filled[mask], image[mask])
