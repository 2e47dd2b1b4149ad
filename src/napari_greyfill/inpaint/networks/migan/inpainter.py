"""The inpainter that runs MI-GAN: what goes into the network and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import ndimage

from napari_greyfill.image.padding import pad_to
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.showing import Showing

if TYPE_CHECKING:
    from napari_greyfill.inpaint.networks.migan.network import Migan

__all__ = ["SHOWING", "MiganInpainter", "fitted"]

SHOWING = Showing(planes=("signs", "picture"))


class MiganInpainter(NetworkInpainter):
    """Fills with MI-GAN, which takes pictures of one size.

    Smaller windows are continued with their mirror image; larger ones are reduced, and what was
    filled is enlarged again. It takes one module, of any of the network's variants.

    References
    ----------
    A. Sargsyan, S. Navasardyan, X. Xu, H. Shi, "MI-GAN: A Simple Baseline for Image Inpainting on
    Mobile Devices", ICCV 2023.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        ((name, module),) = self.modules.items()
        side = cast("Migan", module).side
        height, width = holes.shape[1:]
        pairs = [fitted(*each, side) for each in zip(images, holes, strict=True)]
        output = self.apply(name, np.stack([SHOWING.given(*each) for each in pairs]))
        factor = min(side / max(height, width), 1)
        rows, columns = (max(round(n * factor), 1) for n in (height, width))
        pictures = SHOWING.taken(output).clip(0, 1)[:, :rows, :columns]
        return np.stack([_resized(each, (height, width), order=3) for each in pictures]).clip(0, 1)


def fitted(image: Plane, hole: Hole, side: int) -> tuple[Plane, Hole]:
    """Return a picture and its hole as a square of one size.

    Parameters
    ----------
    image : (H, W, C) float32 array in [0, 1]
        0 in the hole.
    hole : (H, W) bool array
        True where pixels are to be filled.
    side : int
        What is longer is reduced to this, what is shorter continued by its mirror image.

    Returns
    -------
    image : (side, side, C) float32 array
        0 in the hole.
    hole : (side, side) bool array
        True wherever a pixel of the hole had a part in.
    """
    factor = min(side / max(hole.shape), 1)
    if factor < 1:
        size = tuple(max(round(n * factor), 1) for n in hole.shape)
        # known pixels alone have a part in what is known; what is near the hole is hole as well
        known = _reduced(np.where(hole, 0, 1).astype(np.float32)[..., None], size)
        image = _reduced(np.where(hole[..., None], np.float32(0), image), size)
        hole = known[..., 0] < 1 - 1e-3
        image = np.where(hole[..., None], np.float32(0), image)
    return pad_to(image, hole, (side, side))


def _reduced(image: Plane, size: tuple[int, ...]) -> Plane:
    """Return means over the pixels that each new pixel covers."""
    for axis, length in enumerate(size):
        sums = np.insert(np.cumsum(image, axis=axis, dtype=np.float64), 0, 0, axis=axis)
        edges = np.linspace(0, image.shape[axis], length + 1)
        at = np.arange(image.shape[axis] + 1)
        part = np.apply_along_axis(lambda each: np.interp(edges, at, each), axis, sums)  # noqa: B023
        image = (np.diff(part, axis=axis) * (length / image.shape[axis])).astype(np.float32)
    return image


def _resized(image: Plane, size: tuple[int, int], order: int) -> Plane:
    if image.shape[:2] == size:
        return image
    zoom = (size[0] / image.shape[0], size[1] / image.shape[1], 1)
    larger = ndimage.zoom(image, zoom, order=order, mode="nearest", grid_mode=True)
    return np.asarray(larger, dtype=np.float32)
