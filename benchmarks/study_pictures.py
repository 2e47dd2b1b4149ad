"""Fifteen crops of scikit-image's own pictures, and masks of strokes, as folders to evaluate.

    python -m benchmarks.study_pictures FOLDER
    napari-greyfill evaluate FOLDER/pictures -o OUT --methods biharmonic,telea --mask-kind box
    napari-greyfill evaluate FOLDER/pictures -o OUT --methods biharmonic,telea \
        --masks FOLDER/strokes

Nothing is downloaded: the pictures are in scikit-image's wheel.
"""

import argparse
from pathlib import Path

import numpy as np
from skimage import data
from skimage.draw import line
from skimage.morphology import dilation, disk

from napari_greyfill.files import write_image

SIDE = 256
# name of the crop: picture, its upper left corner
CROPS = {
    "face": ("astronaut", 0, 100),
    "suit": ("astronaut", 240, 20),
    "shuttle": ("astronaut", 40, 256),
    "cat-eye": ("chelsea", 20, 20),
    "cat-nose": ("chelsea", 44, 180),
    "cup": ("coffee", 40, 80),
    "spoon": ("coffee", 140, 300),
    "rocket": ("rocket", 100, 190),
    "launch-pad": ("rocket", 165, 330),
    "tissue-1": ("immunohistochemistry", 0, 0),
    "tissue-2": ("immunohistochemistry", 256, 200),
    "galaxies": ("hubble_deep_field", 300, 300),
    "retina": ("retina", 560, 250),
    "wheel": ("motorcycle", 200, 60),
    "engine": ("motorcycle", 180, 330),
}


def pictures() -> dict[str, np.ndarray]:
    """Return the crops by name, 256 x 256 pixels of 8-bit colour."""
    loaders = {"motorcycle": lambda: data.stereo_motorcycle()[0]}
    whole: dict[str, np.ndarray] = {}
    found = {}
    for name, (source, y, x) in CROPS.items():
        if source not in whole:
            whole[source] = loaders.get(source, getattr(data, source, None))()
        found[name] = np.ascontiguousarray(whole[source][y : y + SIDE, x : x + SIDE, :3])
        assert found[name].shape == (SIDE, SIDE, 3), name
    return found


def strokes(seed: int, count: int = 9, width: int = 3) -> np.ndarray:
    """Return bent strokes across a picture, about a tenth of it."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    for _ in range(count):
        point = rng.uniform(0, SIDE, 2)
        angle = rng.uniform(0, 2 * np.pi)
        for _ in range(4):
            angle += rng.normal(0, 0.7)
            step = rng.uniform(20, 55)
            end = np.clip(point + step * np.array([np.sin(angle), np.cos(angle)]), 0, SIDE - 1)
            mask[line(*point.astype(int), *end.astype(int))] = True
            point = end
    return np.asarray(dilation(mask, disk(width)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study_pictures")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name in ("pictures", "strokes"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for seed, (name, picture) in enumerate(pictures().items()):
        write_image(folder / "pictures" / f"{name}.png", picture)
        write_image(folder / "strokes" / f"{name}.png", strokes(seed))
    print(f"Wrote {len(CROPS)} pictures and masks to {folder}")


if __name__ == "__main__":
    main()
