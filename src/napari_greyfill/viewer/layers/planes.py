"""Layers as every dock needs them: reads planes, makes masks, places what is made.

* `plane_at`, `Placement`: the plane of a layer that the viewer shows, and where it lies.
* `not_ready`: why a fill cannot start, in words.
* `new_mask`, `edit_mask`: masks to paint on, and changes to them that can be undone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.errors import ShapeMismatchError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.layer import data_of
from napari_greyfill.pipeline.hints import ColourHints
from napari_greyfill.viewer.layers.models import PlaneSource

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Layer, Points
    from napari.viewer import Viewer

__all__ = [
    "PREVIEW",
    "Placement",
    "edit_mask",
    "find",
    "hints_on",
    "new_mask",
    "not_ready",
    "plane_at",
    "plane_index",
    "plane_indices",
    "plane_size",
    "why_no_plane",
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


def plane_indices(layer: Layer) -> list[tuple[int, ...]]:
    """Return where the planes of a stack lie, in order; one empty index for a single picture."""
    return list(np.ndindex(*_stack(layer)))


def plane_at(layer: Layer, index: tuple[int, ...], image: Layer | None = None) -> PlaneSource:
    """Return one plane of a layer.

    Parameters
    ----------
    layer : Layer
        An image or labels layer.
    index : tuple of int
        Where the plane lies along the axes of the image before the last two.
    image : Layer, optional
        The image the index belongs to, the layer itself by default. Axes that it has before those
        of the layer, or where the layer has length 1, do not matter: a flat mask serves every
        plane.

    Raises
    ------
    ShapeMismatchError
        If the axes of layer and image do not fit.
    """
    own = _stack(layer)
    before = (1,) * len(index) + own
    other = before[len(own) :] if image is None else _stack(image)
    found = _matched(own, other, index)
    if found is None:
        raise ShapeMismatchError(
            f"{layer.name} has no plane that belongs to the one in view; "
            "choose a layer with the axes of the image."
        )
    coarser = tuple(layer.data[1:]) if getattr(layer, "multiscale", False) else ()
    return PlaneSource(data_of(layer), found, coarser)


def why_no_plane(layer: Layer | None, viewer: Viewer, image: Layer) -> str:
    """Return why a layer has no plane for the one of the image in view; nothing if it has one."""
    try:
        if layer is not None:
            plane_at(layer, plane_index(image, viewer), image)
    except ShapeMismatchError as error:
        return str(error)
    return ""


def _stack(layer: Layer) -> tuple[int, ...]:
    """Return the lengths of the axes before those of a plane."""
    return _shape(layer)[:-2]


def _matched(
    own: tuple[int, ...], other: tuple[int, ...], index: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Return the place along its own axes that belongs to one along others; None if none does.

    Axes are matched from the last one, and then again without those of length 1.
    """
    found = _broadcast(own, other, index)
    if found is not None:
        return found
    kept = [(length, i) for length, i in zip(other, index, strict=True) if length != 1]
    lengths, places = tuple(length for length, _ in kept), tuple(i for _, i in kept)
    short = _broadcast(tuple(length for length in own if length != 1), lengths, places)
    if short is None:
        return None
    left = iter(short)
    return tuple(0 if length == 1 else next(left) for length in own)


def _broadcast(
    own: tuple[int, ...], other: tuple[int, ...], index: tuple[int, ...]
) -> tuple[int, ...] | None:
    more = max(0, len(own) - len(other))
    pairs = zip(
        own,
        ((1,) * more + other)[len(other) + more - len(own) :],
        ((0,) * more + index)[len(index) + more - len(own) :],
        strict=True,
    )
    places = [(length, n, 0 if length == 1 else i) for length, n, i in pairs]
    if any(length not in (1, n) for length, n, _ in places):
        return None
    return tuple(i for _, _, i in places)


def _shape(layer: Layer) -> tuple[int, ...]:
    """Return the shape of the data without its colour axis."""
    return tuple(data_of(layer).shape[: layer.ndim])


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
    if not _lies_on(mask, image):
        sizes = f"{_by(_shape(image))} and {_by(_shape(mask))}"
        return f"Image and mask differ in size: {sizes} pixels."
    return ""


def _lies_on(mask: Layer, image: Layer) -> bool:
    """Return whether every plane of an image has one of the mask; all axes are compared."""
    stack = _stack(image)
    fits = _matched(_stack(mask), stack, (0,) * len(stack)) is not None
    return fits and plane_size(mask) == plane_size(image)


def lies_elsewhere(mask: Layer, image: Layer) -> bool:
    """Return whether a mask is seen in another place than where its pixels are on the image.

    Its planes have the size of those of the image; only how both are laid out counts.
    """
    height, width = plane_size(image)
    corners = [(0.0, 0.0), (height - 1.0, 0.0), (0.0, width - 1.0)]
    seen = [
        np.array([layer.data_to_world((*[0.0] * (layer.ndim - 2), *c))[-2:] for c in corners])
        for layer in (mask, image)
    ]
    pixel = np.linalg.norm(_linear(image)[-2:, -2:], axis=0).min()
    return bool(np.abs(seen[0] - seen[1]).max() > pixel)


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


def new_mask(viewer: Viewer, image: Image, *, each_plane: bool = False) -> Labels:
    """Add an empty labels layer that lies on the image, with the brush in hand.

    Parameters
    ----------
    viewer : Viewer
        Gets the layer.
    image : Image
        What the mask lies on.
    each_plane : bool
        Whether each plane of a stack has a mask of its own. Otherwise the mask is flat: it costs
        the memory of one plane however long the stack is, and shows on every plane.
    """
    spatial = _spatial(image) if each_plane else flat(image, plane_index(image, viewer))
    mask = viewer.add_labels(
        np.zeros(_shape(image) if each_plane else plane_size(image), dtype=np.uint8),
        name=f"{image.name} mask",
        **spatial,
    )
    mask.brush_size = max(5, min(plane_size(image)) // 40)
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


# ---------------------------------------------------------------- placement


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

    def stacked(self, plane: Any) -> Any:  # noqa: ANN401 - any array type
        """Return a plane, or all levels of one, with axes of length 1 for those of its stack."""
        if isinstance(plane, list):
            return [self.stacked(level) for level in plane]
        return plane[(np.newaxis,) * len(self.index)]

    def at(self, window: Window | None) -> Placement:
        """Return the placement of a part of the plane; of the plane itself without a window."""
        if window is None:
            return self
        spatial = self.spatial
        offset = np.zeros(len(spatial["translate"]))
        offset[-2:] = window.y0, window.x0
        moved = spatial["translate"] + _linear_of(spatial) @ offset
        return replace(self, spatial=spatial | {"translate": moved})


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


def flat(layer: Layer, index: tuple[int, ...]) -> dict[str, Any]:
    """Return the spatial metadata of a layer of two dimensions that lies on a layer's planes.

    Where a stack is turned or sheared out of its planes, it lies on the plane of this index.
    """
    if layer.ndim == 2:
        return _spatial(layer)
    from napari.utils.transforms import Affine

    places = {"units": layer.units[-2:], "axis_labels": layer.axis_labels[-2:]}
    outer = np.asarray(layer.affine.affine_matrix)
    whole = (
        outer
        @ Affine(linear_matrix=_linear(layer), translate=np.array(layer.translate)).affine_matrix
    )
    plane, stack = slice(-3, -1), slice(None, -3)
    if not (whole[plane, stack].any() or whole[stack, plane].any()):
        shear = np.asarray(layer.shear)
        return places | {
            "scale": np.array(layer.scale)[-2:],
            "translate": np.array(layer.translate)[-2:],
            "rotate": np.array(layer.rotate)[-2:, -2:],
            "shear": shear[-2:, -2:] if shear.ndim == 2 else shear[-1:],
            "affine": outer[-3:, -3:],
        }
    moved = whole @ np.array([*index, 0, 0, 1])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = whole[plane, plane], moved[plane]
    return places | {"affine": matrix}


def _linear(layer: Layer) -> NDArray[np.float64]:
    """Return the matrix that takes steps in data to steps before the layer's affine."""
    return _linear_of({name: getattr(layer, name) for name in ("rotate", "shear", "scale")})


def _linear_of(spatial: dict[str, Any]) -> NDArray[np.float64]:
    """Return the same for spatial metadata."""
    from napari.utils.transforms import Affine

    own = Affine(**{name: spatial[name] for name in ("rotate", "shear", "scale")})
    return np.asarray(own.linear_matrix)
