import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import napari_greyfill
from napari_greyfill import errors

HEAVY = (
    "torch",
    "skimage",
    "scipy",
    "pandas",
    "cv2",
    "napari",
    "magicgui",
    "qtpy",
    "PyQt6",
    "PySide6",
)
GRAPHICAL = ("napari", "magicgui", "superqt", "qtpy", "PyQt5", "PyQt6", "PySide2", "PySide6")
# Modules of torch, which are imported by what runs them.
TORCHES = re.compile(
    r"networks\.\w+\.(network|graph_network|attention|shift|parts|critics|synthesis)$"
    r"|colorization\.(accelerated|correction|network)$"
)

FILL = """
import numpy as np, napari_greyfill
image = np.random.default_rng(0).random((40, 50, 3))
mask = np.zeros((40, 50), bool)
mask[10:20, 10:20] = True
assert napari_greyfill.fill(image, mask).colorizer == "hybrid"
"""


def imported_by(code, names):
    """Return which of some packages a fresh interpreter has after running code."""
    tail = "import sys, json; print(json.dumps(sorted(sys.modules)))"
    run = [sys.executable, "-c", f"{code}\n{tail}"]
    no_device = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(run, capture_output=True, text=True, check=True, env=no_device)
    return set(json.loads(done.stdout.splitlines()[-1])) & set(names)


def engine_modules():
    """Return the names of all modules but the viewer and the command line."""
    root = Path(napari_greyfill.__file__).parent
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[0] not in ("viewer", "cli") and parts[-1] != "__main__":
            yield ".".join(("napari_greyfill", *(part for part in parts if part != "__init__")))


def test_importing_the_package_costs_next_to_nothing():
    code = "import napari_greyfill; dir(napari_greyfill); napari_greyfill.__version__"
    assert imported_by(code, (*HEAVY, "numpy")) == set()


@pytest.mark.torch  # whose modules are among them
def test_the_engine_knows_neither_qt_nor_napari():
    names = list(engine_modules())
    assert {"napari_greyfill.pipeline.run", "napari_greyfill.colorization.network"} <= set(names)
    code = "\n".join(f"import {name}" for name in names)
    assert imported_by(code, (*GRAPHICAL, "pandas", "jinja2")) == set()


@pytest.mark.parametrize(
    "code",
    [
        "import napari_greyfill; napari_greyfill.methods()",
        "import napari_greyfill; napari_greyfill.colorizers()",
        FILL,
        FILL.replace("mask)", "mask, method='texture', pipeline='rgb-grey-rgb')"),
    ],
    ids=["methods", "colorizers", "a default fill", "a texture fill"],
)
def test_torch_stays_out_until_a_network_or_a_cuda_device_needs_it(code):
    assert imported_by(code, ("torch",)) == set()


def test_no_module_but_those_of_networks_imports_torch_as_it_is_imported():
    code = "\n".join(f"import {name}" for name in engine_modules() if not TORCHES.search(name))
    assert imported_by(code, ("torch",)) == set()


def test_no_module_inside_asks_the_package_for_its_public_names():
    root = Path(napari_greyfill.__file__).parent
    asking = re.compile(r"^\s*(from napari_greyfill import|import napari_greyfill$)", re.MULTILINE)
    found = {path.name for path in root.rglob("*.py") if asking.search(path.read_text())}
    assert found <= {"app.py"}  # its version


def test_a_comparison_imports_pandas_for_its_tables_only():
    picture = "\n".join(FILL.strip().splitlines()[:-1])
    compared = f"{picture}\nfound = napari_greyfill.compare(image, mask, methods='biharmonic')"
    assert imported_by(f"{compared}\nfound.best()", ("pandas",)) == set()
    assert imported_by(f"{compared}\nfound.to_dataframe()", ("pandas",)) == {"pandas"}


@pytest.mark.parametrize("dock", ["fill", "compare", "masks", "weights"])
def test_a_dock_needs_no_pandas_to_open(dock):
    heavy = ("pandas", "torch", "matplotlib")
    assert imported_by(f"import napari_greyfill.viewer.{dock}.dock", heavy) == set()


@pytest.mark.torch
def test_the_check_would_notice_torch():
    assert imported_by("import napari_greyfill.colorization.network", HEAVY) >= {"torch"}


@pytest.mark.parametrize("name", [n for n in napari_greyfill.__all__ if n != "__version__"])
def test_every_public_name_exists(name):
    public = getattr(napari_greyfill, name)
    assert public.__name__ == name
    assert public.__doc__
    assert name in dir(napari_greyfill)


def test_whatever_may_be_raised_is_public():
    assert set(errors.__all__) <= set(napari_greyfill.__all__)


def test_other_names_do_not():
    with pytest.raises(AttributeError, match="attribute paint"):
        napari_greyfill.paint  # noqa: B018 - looking it up is the test


def test_every_public_name_is_documented():
    page = Path(__file__).parents[1].joinpath("docs", "api.md").read_text(encoding="utf-8")
    listed = re.findall(
        r"^.. autosummary::\n   :toctree: reference\n\n((?:   \w+\n)+)", page, re.MULTILINE
    )
    shown = set("".join(listed).split())
    own = set(napari_greyfill.__all__) - set(errors.__all__) - {"__version__"}
    assert shown == own
