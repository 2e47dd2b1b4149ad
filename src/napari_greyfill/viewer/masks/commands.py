"""Small commands on the selected mask, for the menus and the command palette.

Each changes the plane in view in one step that Undo takes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.viewer.layers.planes import edit_mask, plane_index
from napari_greyfill.viewer.masks.edits import EDITS

if TYPE_CHECKING:
    import napari.viewer

__all__ = ["clear_mask", "grow_mask", "invert_mask", "shrink_mask"]

PIXELS = 2
Plane = NDArray[Any]


def grow_mask(viewer: napari.viewer.Viewer) -> None:
    """Grow every label of the selected mask by two pixels."""
    _change(viewer, lambda plane: EDITS["grow"](plane, PIXELS))


def shrink_mask(viewer: napari.viewer.Viewer) -> None:
    """Take two pixels off the edge of the selected mask."""
    _change(viewer, lambda plane: EDITS["shrink"](plane, PIXELS))


def invert_mask(viewer: napari.viewer.Viewer) -> None:
    """Paint what was unpainted in the selected mask, and clear what was painted."""
    _change(viewer, lambda plane: EDITS["invert"](plane, 1))


def clear_mask(viewer: napari.viewer.Viewer) -> None:
    """Clear the selected mask."""
    _change(viewer, np.zeros_like)


def _change(viewer: napari.viewer.Viewer, make: Callable[[Plane], Plane]) -> None:
    from napari.layers import Labels
    from napari.utils.notifications import show_warning

    mask = viewer.layers.selection.active
    if not isinstance(mask, Labels):
        show_warning("Select the labels layer that is to be changed first.")
        return
    index = plane_index(mask, viewer)
    edit_mask(mask, index, make(np.asarray(mask.data[index])))
