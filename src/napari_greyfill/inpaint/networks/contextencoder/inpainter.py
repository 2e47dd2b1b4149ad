"""The inpainter that runs the Context Encoder: squares with the hole in their middle."""

from __future__ import annotations

import numpy as np

from napari_greyfill.image.colour import luma
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.contextencoder.crops import (
    HIDDEN,
    SIDE,
    Crop,
    crops,
    resized,
)
from napari_greyfill.inpaint.networks.modules import Channels

__all__ = ["HIDDEN_COLOUR", "ContextEncoderInpainter", "hidden_colour", "network_input"]

HIDDEN_COLOUR = np.array([117, 104, 123], dtype=np.float32) / np.float32(255)


class ContextEncoderInpainter(NetworkInpainter):
    """Fills with the Context Encoder, one piece of the hole after the other.

    A square is cut out around each piece so that the piece lies within the 7/16 in the middle
    that the network was not shown, and reduced to 128 pixels. A square of less than 128 pixels is
    cut out larger, not enlarged. The whole middle is hidden from the network, as it was in
    training, and only the pixels of the hole are taken from what it predicts.

    References
    ----------
    D. Pathak, P. Krähenbühl, J. Donahue, T. Darrell, A. A. Efros, "Context Encoders: Feature
    Learning by Inpainting", CVPR 2016, arXiv 1604.07379.
    """

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the pictures with their holes filled; see `NetworkInpainter.complete`."""
        pairs = zip(images, holes, strict=True)
        return np.stack([self._piece_by_piece(image, hole) for image, hole in pairs])

    def _piece_by_piece(self, image: Plane, hole: Hole) -> Plane:
        filled = np.where(hole[..., None], hidden_colour(image), image).astype(np.float32)
        left = hole.copy()
        for crop in crops(hole):
            self.compute.check()
            there, within = crop.middle(hole.shape, crop.hidden)
            taken = left[there]
            filled[there][taken] = self._middle(filled, crop)[within][taken]
            left[there] = False
        return filled

    def _middle(self, image: Plane, crop: Crop) -> Plane:
        """Return what the network predicts for the middle of a square, at the square's scale."""
        (name,) = self.modules
        square = resized(crop.cut(image), SIDE)
        (output,) = self.apply(name, network_input(square)[None])
        predicted = resized((output + 1) / 2, crop.side * len(output) // SIDE)
        rim = (len(predicted) - crop.hidden) // 2
        return predicted[rim : rim + crop.hidden, rim : rim + crop.hidden]


def hidden_colour(picture: Plane) -> Plane:
    """Return what hides the middle of a picture of three channels, or its luma for one."""
    return HIDDEN_COLOUR if picture.shape[-1] > 1 else np.atleast_1d(luma(HIDDEN_COLOUR))


def network_input(square: Plane) -> Channels:
    """Return R, G, B, or grey, in [-1, 1] with a fixed colour in the middle.

    Parameters
    ----------
    square : (128, 128, C) float32 array in [0, 1]
        What is in the middle does not count.

    Returns
    -------
    (128, 128, C) float32 array
    """
    rim = (SIDE - HIDDEN) // 2
    hidden = square.copy()
    hidden[rim:-rim, rim:-rim] = hidden_colour(square)
    return np.asarray(2 * hidden - 1, dtype=np.float32)
