"""Run the published schedule on pictures with a square hole, and store what it reaches.

Run ``python -m benchmarks.published [NAME ...]``. A run takes many minutes, so each is stored with
a hash of its code, picture and hole as soon as it is done, and `colour` only reads them.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.colour_cases import OWN, Case, case, judged, reporting
from benchmarks.frame import recalled, stored, timed
from napari_greyfill.colorization import network, published, pyramid
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.image.colour import chroma, with_luma

PICTURES = 8
MODULES = (network, published, pyramid)
IMAGES = Path(__file__).parent / "published"  # results on scikit-image's pictures, to be seen


def measure(one: Case) -> dict:
    """Return what the published schedule reaches on a case, raw and with its luma put right."""
    return stored(_key(one), MODULES, (one.image, one.hole), lambda: _run(one))


def known(one: Case) -> dict | None:
    """Return what `measure` once returned for a case, if it is stored."""
    return recalled(_key(one), MODULES, (one.image, one.hole))


def _key(one: Case) -> str:
    return f"published {one.name} {one.image.shape[0]}"


def shown(one: Case) -> np.ndarray | None:
    """Return the picture as the published schedule filled it, if that was kept."""
    path = _image_of(one)
    return np.asarray(Image.open(path)) if path.exists() else None


def _run(one: Case) -> dict:
    import torch

    torch.set_num_threads(1)
    colorizer = published.Published(Compute(seed=0))
    planes = one.planes()
    found, _, cpu = timed(lambda: exhaust(colorizer.run(*planes)))
    result = found.plane
    if one.name.split()[0] in OWN:
        filled = np.where(one.hole[..., None], np.rint(result * 255).astype(np.uint8), one.image)
        _image_of(one).parent.mkdir(exist_ok=True)
        Image.fromarray(filled).save(_image_of(one))
    fixed = judged(with_luma(planes[1], chroma(result)), one)
    return {"cpu": round(cpu, 1), "raw": judged(result, one), "luma": fixed}


def _image_of(one: Case) -> Path:
    return IMAGES / f"{one.name.replace(' ', '_')}.png"


def main() -> None:
    pictures = reporting()
    wanted = sys.argv[1:] or list(pictures)[:PICTURES]
    for name in wanted:
        print(name, measure(case(name, pictures[name], "square")), flush=True)


if __name__ == "__main__":
    main()
