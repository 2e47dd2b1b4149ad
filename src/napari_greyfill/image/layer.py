"""Pixels of napari's layers, without napari."""

from __future__ import annotations

from typing import Any

__all__ = ["data_of"]


def data_of(layer: Any) -> Any:  # noqa: ANN401 - layers, and whatever numpy makes an array of
    """Return the array of an image or labels layer at its full resolution, or what was given.

    Parameters
    ----------
    layer : napari Image or Labels layer, or anything else
        Layers are told by what they have; napari is not needed.
    """
    if not (hasattr(layer, "rgb") or hasattr(layer, "selected_label")):
        return layer
    return layer.data[0] if getattr(layer, "multiscale", False) else layer.data
