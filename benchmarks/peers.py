"""Who fills grey pictures: ours by their names, and what else people have.

Every contender takes an 8-bit grey picture and a hole and returns an 8-bit picture. OpenCV's
contributed modules come as the package opencv-contrib-python-headless, which cannot be installed
beside opencv-python-headless: put it into a folder of its own,
``pip install --no-deps --target FOLDER opencv-contrib-python-headless``, and name that folder in
PYTHONPATH.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

import numpy as np
from skimage.restoration import inpaint_biharmonic

import napari_greyfill
from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.inpaint.networks.methods import network_methods

BASELINE = "scikit-image biharmonic"
FOR_THE_EYE = ("texture-thorough", "msnps")  # up to a minute a picture; another benchmark has them
Fill = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Contender:
    """One row of the tables.

    Attributes
    ----------
    name : str
        What the tables call it.
    fill : callable or None
        None if it is not installed.
    modules : tuple of module
        Whose source decides whether stored results still count.
    """

    name: str
    fill: Fill | None
    modules: tuple[ModuleType, ...]


def contenders() -> list[Contender]:
    """Return all of them: the baseline, the other peers, then ours."""
    return [*_peers(), *_embedded()]


def _peers() -> list[Contender]:
    here = (sys.modules[__name__],)
    return [
        Contender(BASELINE, _biharmonic, here),
        Contender("OpenCV FSR_FAST", _fsr if _has_xphoto() else None, here),
        Contender("PyPatchMatch", _patchmatch if find_spec("patchmatch") else None, here),
    ]


def _embedded() -> list[Contender]:
    """Return our methods that need neither weights nor a download."""
    published = {method.info.name for method in network_methods()}
    names = [
        info.name
        for info in INPAINTERS.infos()
        if info.available and info.name not in {*published, *FOR_THE_EYE}
    ]
    return [Contender(name, _ours(name), _sources(name)) for name in names]


def _ours(name: str) -> Fill:
    def run(grey: np.ndarray, hole: np.ndarray) -> np.ndarray:
        return np.asarray(napari_greyfill.fill(grey, hole, method=name, device="cpu").image)

    return run


def _sources(name: str) -> tuple[ModuleType, ...]:
    """Return the modules of stage 1 that a method is made of."""
    made = type(INPAINTERS.create(name, Compute()))
    found: list[ModuleType] = []
    _collect(sys.modules[made.__module__], found)
    return tuple(sorted(found, key=lambda module: module.__name__))


def _collect(module: ModuleType, found: list[ModuleType]) -> None:
    """Add a module and those of stage 1 whose names it uses."""
    if module in found or not module.__name__.startswith("napari_greyfill.inpaint."):
        return
    found.append(module)
    for value in vars(module).values():
        source = (
            value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "")
        )
        if source in sys.modules:
            _collect(sys.modules[source], found)


def _biharmonic(grey: np.ndarray, hole: np.ndarray) -> np.ndarray:
    return _eight_bits(255 * inpaint_biharmonic(grey, hole))


def _has_xphoto() -> bool:
    if find_spec("cv2") is None:
        return False
    import cv2

    return hasattr(cv2, "xphoto")


def _fsr(grey: np.ndarray, hole: np.ndarray) -> np.ndarray:
    import cv2

    filled = np.empty_like(grey)
    known = np.where(hole, 0, 255).astype(np.uint8)
    cv2.xphoto.inpaint(
        np.where(hole, 0, grey).astype(np.uint8), known, filled, cv2.xphoto.INPAINT_FSR_FAST
    )
    return np.where(hole, filled, grey)


def _patchmatch(grey: np.ndarray, hole: np.ndarray) -> np.ndarray:
    import patchmatch

    patchmatch.set_random_seed(0)
    colour = np.repeat(np.where(hole, 0, grey)[..., None], 3, axis=-1).astype(np.uint8)
    filled = patchmatch.inpaint(colour, hole[..., None].astype(np.uint8), patch_size=3)  # a radius
    return np.where(hole, filled[..., 0], grey)


def _eight_bits(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
