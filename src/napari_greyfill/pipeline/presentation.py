"""A filled image as layers, in napari's words and without napari."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["LayerData", "as_layers"]

LayerData: TypeAlias = tuple[NDArray[Any], dict[str, Any], str]  # data, arguments, type


def as_layers(
    image: NDArray[Any],
    labels: NDArray[np.uint8],
    confidence: NDArray[np.float32] | None,
    provenance: dict[str, Any],
) -> list[LayerData]:
    """Return layers of a filled image, of where it was filled and of how sure its colours are.

    Parameters
    ----------
    image : array
        As the user gave it, filled.
    labels : (H, W) uint8 array
        Not 0 where it was filled: 1 filled, 4 corrected.
    confidence : (H, W) float32 array in [0, 1] or None
        None if no colour was recovered.
    provenance : dict
        How it was filled; kept in the metadata of the image's layer.

    Returns
    -------
    list of (array, dict, str)
        Only the image is visible at first.
    """
    rgb = image.shape[-1] in (3, 4) and image.shape[:-1][-2:] == labels.shape
    shown = {"name": "filled", "rgb": rgb, "metadata": {"greyfill": provenance}}
    region = {"name": "filled region", "visible": False}
    layers: list[LayerData] = [
        (image, shown, "image"),
        (labels, region, "labels"),
    ]
    if confidence is not None:
        sure = {"name": "colour confidence", "contrast_limits": (0.0, 1.0), "visible": False}
        layers.append((confidence, sure, "image"))
    return layers
