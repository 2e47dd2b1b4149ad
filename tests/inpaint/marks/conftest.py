"""A picture with a mark that lets half of the light pass, and the same with something opaque."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from napari_greyfill.inpaint.marks import Scene


@dataclass(frozen=True)
class Marked:
    scene: Scene
    truth: np.ndarray
    cover: np.ndarray


@pytest.fixture(scope="session")
def histology():
    return data.immunohistochemistry()[:192, :192].astype(np.float32) / 255


@pytest.fixture(scope="session")
def marked(histology):
    """Return a function that lays a mark over the picture."""

    def lay(passes=0.5, adds=0.0, over=None, colour=False, wider=2):
        truth = histology if colour else histology @ np.float32([0.299, 0.587, 0.114])
        cover = np.zeros(truth.shape[:2])
        cover[80:112, 70:120] = 1
        share = cover[..., None] if colour else cover
        through = truth * np.float32(passes) + adds if over is None else over
        given = np.rint((truth * (1 - share) + share * through) * 255) / 255
        own = ndimage.binary_dilation(cover > 0, iterations=wider) if wider else cover > 0
        lost = np.zeros_like(own)
        scene = Scene(given.astype(np.float32), own, lost, 0.0, (0.0, 1.0), 1 / 255)
        return Marked(scene, truth, cover)

    return lay
