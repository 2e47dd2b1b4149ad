"""Layers as every dock needs them: reads planes, makes masks, changes what is visible.

* `plane_at`, `Placement`: the plane of a layer that the viewer shows, and where it lies.
* `not_ready`: why a fill cannot start, in words.
* `new_mask`, `edit_mask`: masks to paint on, and changes to them that can be undone.
* `kept_visibility`, `original_shown`: look at some layers, and put everything back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.hints import ColourHints
from napari_greyfill.viewer.models import PlaneSource

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Layer, Points
    from napari.viewer import Viewer

__all__ = [
    "PREVIEW",
    "Placement",
    "edit_mask",
    "find",
    "hints_on",
    "kept_visibility",
    "new_mask",
    "not_ready",
    "original_shown",
    "plane_at",
    "plane_index",
    "plane_size",
    "same_plane",
]

PREVIEW = "greyfill preview"  # key in the metadata of layers that are not for choosing


def find(viewer: Viewer, unique_id: str) -> Layer | None:
    """Return the layer with this unique id, or None if it is gone.

    Ids in place of layers let a removed layer, and its data, go.
    """
    return next((layer for layer in viewer.layers if layer.unique_id == unique_id), None)


# ---------------------------------------------------------------- planes


def plane_index(layer: Layer, viewer: Viewer) -> tuple[int, ...]:
    """Return where the displayed plane lies along the axes before the last two."""
    extra = layer.ndim - 2
    if extra == 0:
        return ()
    position = layer.world_to_data(viewer.dims.point[-layer.ndim :])
    last = np.array(_shape(layer)[:extra]) - 1
    return tuple(int(i) for i in np.clip(np.rint(position[:extra]), 0, last))


def plane_at(layer: Layer, index: tuple[int, ...]) -> PlaneSource:
    """Return one plane of a layer; a mask of fewer dimensions serves every plane."""
    return PlaneSource(_full_data(layer), index[len(index) - (layer.ndim - 2) :])


def _full_data(layer: Layer) -> Any:  # noqa: ANN401 - any array type
    return layer.data[0] if getattr(layer, "multiscale", False) else layer.data


def _shape(layer: Layer) -> tuple[int, ...]:
    """Return the shape of the data without its colour axis."""
    return tuple(_full_data(layer).shape[: layer.ndim])


def plane_size(layer: Layer) -> tuple[int, int]:
    """Return height and width of a layer's planes."""
    height, width = _shape(layer)[-2:]
    return height, width


def not_ready(
    viewer: Viewer,
    image: Image | None,
    mask: Labels | None,
    to_mask: str = "Press New mask and paint over what is to be filled.",
) -> str:
    """Return why a fill cannot start, or an empty string; `to_mask` says how to get a mask."""
    if image is None or image not in viewer.layers:
        return "Open an image first."
    if mask is None or mask not in viewer.layers:
        return to_mask
    if viewer.dims.ndisplay != 2:
        return "Switch to the 2-D view."
    if image.ndim > 2 and viewer.dims.displayed[-2:] != (
        viewer.dims.ndim - 2,
        viewer.dims.ndim - 1,
    ):
        return "Show the last two axes: planes are filled as they are stored."
    shape = _shape(image)
    if _shape(mask)[-2:] != shape[-2:] or mask.ndim > image.ndim:
        return f"Image and mask differ in size: {_by(shape)} and {_by(_shape(mask))} pixels."
    if mask.ndim == image.ndim and _shape(mask) != shape:
        return f"Image and mask differ in size: {_by(shape)} and {_by(_shape(mask))} pixels."
    return ""


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(str(n) for n in shape)


def hints_on(points: Points, image: Image, index: tuple[int, ...]) -> ColourHints:
    """Return the points of a layer that lie on one plane of an image, as colour hints."""
    places = np.array(
        [image.world_to_data(points.data_to_world(point)[-image.ndim :]) for point in points.data]
    ).reshape(-1, image.ndim)
    here = (np.rint(places[:, :-2]) == np.array(index)).all(axis=1)
    size = np.asarray(points.size) * np.mean(points.scale[-2:]) / np.mean(image.scale[-2:])
    return ColourHints.from_points(
        places[here, -2:],
        np.asarray(points.face_color)[here],
        np.broadcast_to(size, len(here))[here],
    )


# ---------------------------------------------------------------- masks


def new_mask(viewer: Viewer, image: Image) -> Labels:
    """Add an empty labels layer that lies on the image, with the brush in hand."""
    shape = _shape(image)
    mask = viewer.add_labels(
        np.zeros(shape, dtype=np.uint8),
        name=f"{image.name} mask",
        **_spatial(image),
    )
    mask.brush_size = max(5, min(shape[-2:]) // 40)
    mask.mode = "paint"
    viewer.layers.selection.active = mask
    return mask


def edit_mask(mask: Labels, index: tuple[int, ...], plane: NDArray[Any]) -> None:
    """Replace one plane of a mask as a single edit that Undo takes back."""
    old = np.asarray(mask.data[index])
    where = np.nonzero(old != plane)
    if where[0].size == 0:
        return
    position = tuple(np.full(where[0].size, i) for i in index)
    with mask.block_history():
        mask.data_setitem((*position, *where), plane[where])


# ---------------------------------------------------------------- placement and visibility


@dataclass(frozen=True)
class Placement:
    """Where a plane lies in the world and how it is displayed, copied from its layer.

    Attributes
    ----------
    index : tuple of int
        The plane's position in its stack; empty for a single plane.
    spatial : dict
        scale, translate, rotate, shear, affine, units and axis_labels of a layer that holds
        this plane alone.
    display : dict
        contrast_limits, colormap, gamma, interpolation for images of the same kind.
    """

    index: tuple[int, ...]
    spatial: dict[str, Any]
    display: dict[str, Any]
    rgb: bool
    source: str

    @classmethod
    def of(cls, image: Image, index: tuple[int, ...]) -> Placement:
        """Copy what is needed, so that the layer may go away meanwhile."""
        display = {
            "gamma": image.gamma,
            "interpolation2d": image.interpolation2d,
            "blending": image.blending,
        }
        if not image.rgb:
            display["contrast_limits"] = tuple(image.contrast_limits)
            display["colormap"] = image.colormap
        return cls(index, _spatial(image, index), display, bool(image.rgb), image.name)

    def stacked(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return a plane with an axis of length 1 for each axis of its stack."""
        return plane[(np.newaxis,) * len(self.index)]


def _spatial(layer: Layer, index: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return a layer's spatial metadata, moved to one plane of its stack."""
    offset = np.zeros(layer.ndim)
    offset[: len(index)] = index
    return {
        "scale": np.array(layer.scale),
        "translate": np.array(layer.translate) + _linear(layer) @ offset,
        "rotate": np.array(layer.rotate),
        "shear": np.array(layer.shear),
        "affine": np.array(layer.affine.affine_matrix),
        "units": layer.units,
        "axis_labels": layer.axis_labels,
    }


def _linear(layer: Layer) -> NDArray[np.float64]:
    """Return the matrix that takes steps in data to steps before the layer's affine."""
    from napari.utils.transforms import Affine

    own = Affine(rotate=layer.rotate, shear=layer.shear, scale=layer.scale)
    return np.asarray(own.linear_matrix)


@contextmanager
def same_plane(viewer: Viewer) -> Iterator[None]:
    """Keep the current plane in view: adding layers can move the sliders."""
    point = viewer.dims.point
    yield
    viewer.dims.point = point


def kept_visibility(viewer: Viewer) -> Callable[[], None]:
    """Return what makes the layers visible that are visible now, and no others.

    Layers that have gone by then are left alone, and so are new ones.
    """
    before = {layer.unique_id: layer.visible for layer in viewer.layers}

    def restore() -> None:
        for layer in viewer.layers:
            if layer.unique_id in before:
                layer.visible = before[layer.unique_id]

    return restore


@contextmanager
def original_shown(viewer: Viewer, image: Layer) -> Iterator[None]:
    """Show an image without what lies over it, and put everything back afterwards."""
    restore = kept_visibility(viewer)
    for layer in viewer.layers[viewer.layers.index(image) + 1 :]:
        layer.visible = False
    image.visible = True
    try:
        yield
    finally:
        restore()
