from pathlib import Path

from napari_greyfill import weights
from tests.test_imports import imported_by

LATE = ("torch", "pooch", "requests", "numpy", "platformdirs", "safetensors", "rich.progress")
GRAPHICAL = ("napari", "magicgui", "superqt", "qtpy", "PyQt5", "PyQt6", "PySide2", "PySide6")


def test_importing_it_imports_nothing_heavy():
    folder = Path(weights.__file__).parent
    stems = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
    # what reads files of Torch7 is imported once there is one
    names = [stem for stem in stems if not stem.startswith("torch7")]
    assert {"catalogue", "folder", "download", "loading", "store"} <= set(names)
    modules = [
        *(f"napari_greyfill.weights.{name}" for name in names),
        "napari_greyfill.cli.weights",
    ]
    code = "\n".join(f"import {module}" for module in modules)
    assert imported_by(code, (*LATE, *GRAPHICAL)) == set()


def test_listing_imports_nothing_heavy(tmp_path):
    code = (
        "from napari_greyfill.inpaint.networks.store import network_weights\n"
        f"network_weights({str(tmp_path)!r}).list()"
    )
    assert imported_by(code, (*LATE, *GRAPHICAL)) == set()


def test_the_check_would_notice():
    assert imported_by("import pooch", LATE) >= {"pooch", "platformdirs"}


def test_every_public_name_exists():
    assert all(
        getattr(weights, name).__doc__
        for name in weights.__all__
        if name not in ("State", "Identity")
    )
