"""The correcting network in numpy: its few layers run before torch would be imported.

A U-Net of residual blocks (O. Ronneberger et al., "U-Net", MICCAI 2015; K. He et al., "Deep
Residual Learning", CVPR 2016) on pixels unshuffled by two (W. Shi et al., "Real-Time Single
Image and Video Super-Resolution", CVPR 2016, section 3.2).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCKS", "MULTIPLE_OF", "WIDTHS", "Network"]

Maps = NDArray[np.float32]  # (C, H, W)

WIDTHS = (32, 64, 96)
BLOCKS = {
    "in0": WIDTHS[0],
    "in1": WIDTHS[1],
    "bottom0": WIDTHS[2],
    "bottom1": WIDTHS[2],
    "bottom2": WIDTHS[2],
    "out1": WIDTHS[1],
    "out0": WIDTHS[0],
}
MULTIPLE_OF = 8


class Network:
    """Runs the network with given weights.

    Parameters
    ----------
    weights : mapping
        Arrays ``NAME.weight``, (out, in, k, k) with k 1 or 3, and ``NAME.bias``, (out,).
    """

    def __init__(self, weights: Mapping[str, NDArray[np.floating]]) -> None:
        self._weights = {name: np.asarray(w, dtype=np.float32) for name, w in weights.items()}

    def __call__(self, features: Maps) -> Maps:
        """Return the correction, (H, W), for features (C, H, W); sides a multiple of 8.

        Any axes between C and H are pictures of their own.
        """
        first = self._blocks(self._convolved(_unshuffled(features), "head"), "in0")
        second = self._blocks(self._down(first, 1), "in1")
        third = self._blocks(self._down(second, 2), "bottom")
        second = self._blocks(second + self._up(third, 2), "out1")
        first = self._blocks(first + self._up(second, 1), "out0")
        return np.asarray(_shuffled(self._convolved(first, "tail"))[0])

    def _down(self, x: Maps, level: int) -> Maps:
        return _rectified(self._convolved(_unshuffled(x), f"down{level}"))

    def _up(self, x: Maps, level: int) -> Maps:
        return _shuffled(self._convolved(x, f"up{level}"))

    def _blocks(self, x: Maps, prefix: str) -> Maps:
        for name in BLOCKS:
            if name.startswith(prefix):
                inner = _rectified(self._convolved(x, f"{name}a"))
                x = _rectified(x + self._convolved(inner, f"{name}b"))
        return x

    def _convolved(self, x: Maps, name: str) -> Maps:
        """Return the convolution of 1 x 1 or 3 x 3, zeros outside."""
        kernel, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        channels, *several, height, width = x.shape
        side = kernel.shape[-1]
        reach = side // 2
        padded = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(reach, reach)] * 2)
        columns = np.empty((channels, side * side, *x.shape[1:]), dtype=np.float32)
        for index, (dy, dx) in enumerate(np.ndindex(side, side)):
            columns[:, index] = padded[..., dy : dy + height, dx : dx + width]
        result = kernel.reshape(len(kernel), -1) @ columns.reshape(channels * side * side, -1)
        result += bias[:, None]
        return np.asarray(result.reshape(-1, *several, height, width))


def _rectified(x: Maps) -> Maps:
    return np.maximum(x, np.float32(0), out=x)


def _unshuffled(x: Maps) -> Maps:
    """Return (4 C, ..., H / 2, W / 2): each 2 x 2 pixels side by side in the channels."""
    channels, *several, height, width = x.shape
    cells = x.reshape(channels, *several, height // 2, 2, width // 2, 2)
    apart = np.moveaxis(cells, (-3, -1), (1, 2))
    return apart.reshape(4 * channels, *several, height // 2, width // 2)


def _shuffled(x: Maps) -> Maps:
    """Undo `_unshuffled`."""
    channels, *several, height, width = x.shape
    cells = x.reshape(channels // 4, 2, 2, *several, height, width)
    together = np.moveaxis(cells, (1, 2), (-3, -1))
    return together.reshape(channels // 4, *several, 2 * height, 2 * width)
