"""What the system refuses is a sentence, and costs nothing. None of this is skipped as root."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import tifffile

from napari_greyfill.files import write_image
from tests.unprivileged import run_unprivileged

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions as on Unix")
FAST = ["--method", "biharmonic", "--colorizer", "propagation", "--force"]
STUDY = ["--methods", "biharmonic", "--pipelines", "rgb-rgb"]


@pytest.fixture
def folder(astronaut, scratch):
    """A folder that everybody can reach; pytest's own are for one user."""
    folder = Path(tempfile.mkdtemp(prefix="greyfill-"))
    folder.chmod(0o777)
    for name in ("data", "masks", "warm", "open", "closed", "listed", "kept"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777)
    write_image(folder / "photo.png", astronaut)
    write_image(folder / "mask.png", scratch)
    grey = np.stack([astronaut[..., 0]] * 3)
    tifffile.imwrite(folder / "stack.tif", grey, photometric="minisblack")
    for name in ("data/a.png", "data/b.png", "closed/photo.png", "listed/photo.png"):
        write_image(folder / name, astronaut)
    (folder / "kept" / "out.tif.unfinished.ome.zarr.journal").touch()
    for name in ("secret.png", "fixed.png"):
        write_image(folder / name, np.zeros((96, 120), np.uint8))
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o777)
    shutil.rmtree(folder)


WARM = [
    ["fill", "photo.png", "mask.png", "-o", "warm/out.png", *FAST],
    ["fill", "stack.tif", "mask.png", "-o", "warm/out.tif", "--method", "biharmonic"],
    ["compare", "photo.png", "mask.png", "-o", "warm/compare", "--methods", "biharmonic"],
    ["evaluate", "data", "-o", "warm/study", *STUDY],
    ["mask", "photo.png", "-o", "warm/masks"],
]
# folders: 0o666 can be listed and not entered, 0o555 can be read only
MODES = [
    ("secret.png", 0),
    ("fixed.png", 0o444),
    ("kept/out.tif.unfinished.ome.zarr.journal", 0o444),
    ("closed", 0),
    ("listed", 0o666),
    ("open", 0o555),
]
REFUSED = {
    ("fill", "secret.png", "mask.png", "-o", "out.png"): "no permission to read secret.png",
    ("fill", "photo.png", "secret.png", "-o", "out.png"): "no permission to read secret.png",
    ("fill", "closed/photo.png", "mask.png", "-o", "out.png"): "closed/photo.png",
    ("fill", "listed/photo.png", "mask.png", "-o", "out.png"): "listed/photo.png",
    ("fill", "photo.png", "mask.png", "-o", "open/out.png", "--force"): "no permission to write",
    ("fill", "photo.png", "mask.png", "-o", "closed/out.png", "--force"): "closed",
    ("fill", "stack.tif", "mask.png", "-o", "open/out.tif"): "no permission to write to open",
    ("fill", "stack.tif", "mask.png", "-o", "kept/out.tif"): "journal cannot be written",
    ("fill", "photo.png", "mask.png", "-o", "listed/out.png", "--force"): "listed",
    ("fill", "photo.png", "mask.png", "-o", "fixed.png", "--force"): "read-only",
    ("fill", "photo.png", "mask.png", "-o", "out.png", "--steps", "open/steps"): "no permission",
    ("fill", "photo.png", "mask.png", "-o", "out.png", "--steps", "closed/steps"): "closed",
    ("compare", "photo.png", "mask.png", "-o", "open/compare", "--methods", "biharmonic"): "open",
    ("compare", "photo.png", "mask.png", "-o", "closed", "--methods", "biharmonic"): "closed",
    ("evaluate", "data", "-o", "open/study", *STUDY): "open/study",
    ("evaluate", "data", "-o", "closed/study", *STUDY): "closed/study",
    ("evaluate", "closed", "-o", "study", *STUDY): "closed",
    ("mask", "closed/photo.png", "-o", "masks2"): "closed/photo.png",
    ("mask", "closed", "-o", "masks2"): "closed",
    ("mask", "photo.png", "-o", "open/masks"): "open/masks",
}


def test_each_is_refused_with_a_sentence(folder):
    commands = [list(command) for command in REFUSED]
    results = run_unprivileged(folder, WARM, commands, MODES)
    for command, (code, said), expected in zip(commands, results, REFUSED.values(), strict=True):
        assert code == 1, (command, said)
        assert expected in said, (command, said)
        assert said.strip().endswith(".") and "Traceback" not in said, (command, said)
        assert said.count("\n") == 1, (command, said)
    assert not {"out.png", "masks2", "study"} & set(os.listdir(folder))  # noqa: PTH208
    assert not list(folder.rglob("*.part"))
