"""Pictures with damage to try the plugin on, made from scikit-image's own.

Each sample is three layers: the damaged picture, the intact one (hidden, to measure against)
and the mask of the damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage import data
from skimage.draw import disk, line
from skimage.morphology import dilation
from skimage.morphology import disk as disk_footprint

__all__ = ["damaged_stack", "dusty_histology", "scratched_cells", "scratched_photo"]

LayerTuple = tuple[NDArray[Any], dict[str, Any], str]
Mask = NDArray[np.bool_]


def scratched_photo() -> list[LayerTuple]:
    """Return a photograph with white scratches."""
    photo = data.chelsea()
    mask = _strokes(photo.shape[:2], count=6, width=1, seed=4)
    return _layers("photo", photo, mask, damage=(255, 255, 255), rgb=True)


def dusty_histology() -> list[LayerTuple]:
    """Return immunohistochemistry with dark specks of dust."""
    slide = data.immunohistochemistry()
    mask = _specks(slide.shape[:2], count=40, radii=(2, 9), seed=1)
    return _layers("histology", slide, mask, damage=(35, 30, 28), rgb=True)


def scratched_cells() -> list[LayerTuple]:
    """Return a grey micrograph of a cell with a bright scratch."""
    cells = data.cell()
    mask = _strokes(cells.shape, count=1, width=3, seed=2)
    return _layers("cells", cells, mask, damage=(255,), rgb=False)


def damaged_stack() -> list[LayerTuple]:
    """Return a short film of moving blobs with a scratch, a bubble and static dust.

    The scratch runs through one frame, the bubble through three, and the dust is at the same
    places in all frames, where it takes half of the light.
    """
    frames, height, width, count = 10, 96, 128, 400
    rng = np.random.default_rng(7)
    places = rng.uniform((-10, -10), (height + 10, width + 10), (count, 2))
    speeds, sizes = rng.normal(0, 1.2, (count, 2)), rng.uniform(0.9, 2.8, count)
    rows, columns = np.mgrid[:height, :width]
    intact = np.full((frames, height, width), 800.0)
    for frame in range(frames):
        for (y, x), speed, size in zip(places, speeds, sizes, strict=True):
            far = (rows - y - frame * speed[0]) ** 2 + (columns - x - frame * speed[1]) ** 2
            intact[frame] += 1500 * np.exp(-far / (2 * size**2))
    intact += rng.normal(0, 25, intact.shape)
    intact = np.clip(intact, 0, 65535).astype(np.uint16)
    mask = np.zeros(intact.shape, dtype=bool)
    mask[2] = _strokes((height, width), count=1, width=2, seed=5)
    for frame, radius in ((4, 7), (5, 9), (6, 7)):
        mask[frame][disk((30, 90), radius, shape=(height, width))] = True
    dust = _specks((height, width), count=5, radii=(2, 4), seed=3)
    damaged = intact.copy()
    damaged[mask] = 6000
    damaged[:, dust] = damaged[:, dust] // 2
    axes = {"axis_labels": ("t", "y", "x")}
    return [
        (damaged, {"name": "film", "rgb": False, **axes}, "image"),
        (intact, {"name": "film (intact)", "rgb": False, "visible": False, **axes}, "image"),
        (
            (mask | dust).astype(np.uint8),
            {"name": "film mask", "opacity": 0.6, **axes},
            "labels",
        ),
    ]


def _layers(
    name: str, intact: NDArray[Any], mask: Mask, damage: tuple[int, ...], *, rgb: bool
) -> list[LayerTuple]:
    damaged = intact.copy()
    damaged[mask] = damage
    return [
        (damaged, {"name": name, "rgb": rgb}, "image"),
        (intact, {"name": f"{name} (intact)", "rgb": rgb, "visible": False}, "image"),
        (mask.astype(np.uint8), {"name": f"{name} mask", "opacity": 0.6}, "labels"),
    ]


def _strokes(shape: tuple[int, ...], count: int, width: int, seed: int) -> Mask:
    """Return bent lines across the picture."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(shape[:2], dtype=bool)
    height, width_px = mask.shape
    for _ in range(count):
        rows = np.cumsum(rng.normal(0, height / 14, 6)) + rng.uniform(0.15, 0.85) * height
        columns = np.linspace(0.05, 0.95, 6) * width_px
        rows = np.clip(rows, 2, height - 3).astype(int)
        for i in range(5):
            drawn = line(rows[i], int(columns[i]), rows[i + 1], int(columns[i + 1]))
            mask[drawn] = True
    return np.asarray(dilation(mask, disk_footprint(width)))


def _specks(shape: tuple[int, ...], count: int, radii: tuple[int, int], seed: int) -> Mask:
    """Return filled disks, small ones more often."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(shape[:2], dtype=bool)
    for _ in range(count):
        radius = radii[0] + (radii[1] - radii[0]) * rng.random() ** 2
        centre = (rng.uniform(0, shape[0]), rng.uniform(0, shape[1]))
        mask[disk(centre, radius, shape=mask.shape)] = True
    return mask
