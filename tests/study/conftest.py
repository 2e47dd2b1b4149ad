"""A small data set, and settings that run it quickly."""

from __future__ import annotations

import numpy as np
import pytest

from napari_greyfill.comparison import Choices
from napari_greyfill.files import write_image
from napari_greyfill.study import StudySettings


@pytest.fixture
def dataset(tmp_path, astronaut, tissue, cell):
    """Pictures in a folder and below, an unreadable one, a tiny one, and other files."""
    folder = tmp_path / "pictures"
    (folder / "scenes").mkdir(parents=True)
    write_image(folder / "face.png", astronaut)
    write_image(folder / "scenes" / "face.png", tissue)
    write_image(folder / "cell.png", cell)
    write_image(folder / "tiny.png", astronaut[:20, :50])
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "labels.txt").write_text("face 1")
    (folder / ".hidden.png").write_bytes(b"")
    return folder


@pytest.fixture
def settings(dataset):
    choices = Choices(("telea",), ("grey-rgb", "rgb-rgb"), ("propagation",))
    return StudySettings(str(dataset), choices, share=0.05)


@pytest.fixture
def masks(tmp_path, scratch):
    """A mask for every picture of one of the names."""
    folder = tmp_path / "masks"
    folder.mkdir()
    write_image(folder / "face.png", np.where(scratch, 255, 0).astype(np.uint8))
    return folder
