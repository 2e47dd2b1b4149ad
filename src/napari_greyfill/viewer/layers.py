"""The one place that touches layers: reads planes, makes masks, shows results.

* `plane_at`, `Placement`: the plane of a layer that the viewer shows, and where it lies.
* `not_ready`: why a fill cannot start, in words.
* `new_mask`, `edit_mask`: masks to paint on, and changes to them that can be undone.
* `ResultLayers`: adds results, updates its own layers in later runs, never anybody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.hints import ColourHints
from napari_greyfill.viewer.models import PlaneSource

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Layer, Points
    from napari.viewer import Viewer

__all__ = [
    "CONFIDENCE",
    "PREVIEW",
    "REGION",
    "Placement",
    "ResultImage",
    "ResultLayers",
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
    "put_image",
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


# ---------------------------------------------------------------- results

CONFIDENCE = "colour confidence"
REGION = "filled region"  # the role of the labels layer with the pixels that were filled
_Key: TypeAlias = tuple[str, tuple[int, ...], str]  # image, plane, label


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


@dataclass(frozen=True, eq=False)
class ResultImage:
    """One image of a finished run.

    Attributes
    ----------
    role : str
        What it shows; one layer for each role, image and plane.
    limits : tuple of float, optional
        Contrast limits; by default those of the image, or the whole range of grey from colour.
    """

    role: str
    data: NDArray[Any]
    rgb: bool
    visible: bool = False
    limits: tuple[float, float] | None = None


def put_image(
    viewer: Viewer,
    earlier: Layer | None,
    placement: Placement,
    image: ResultImage,
    label: str = "",
) -> Layer:
    """Update an earlier layer with an image, or add a layer if there is none.

    A label is put into the name of a new layer.
    """
    data = placement.stacked(image.data)
    if earlier is not None and earlier.rgb == image.rgb:
        _update(earlier, data, placement)
        return earlier
    display = dict(placement.display)
    if image.limits is not None:
        display.update(contrast_limits=image.limits, colormap="viridis", gamma=1.0)
    elif image.rgb != placement.rgb:  # grey made from colour
        display["contrast_limits"] = _full_range(image.data)
    return viewer.add_image(
        data,
        name=f"{placement.source} {image.role}" + (f" ({label})" if label else ""),
        rgb=image.rgb,
        visible=image.visible,
        **placement.spatial,
        **display,
    )


@dataclass
class ResultLayers:
    """The layers this dock made, and nobody else's."""

    viewer: Viewer
    _own: dict[_Key, dict[str, str]] = field(default_factory=dict)
    _preview: str = ""

    def show_preview(self, plane: NDArray[Any], placement: Placement) -> None:
        """Show an unfinished result in a layer of its own."""
        shown = find(self.viewer, self._preview)
        if shown is not None:
            shown.data = placement.stacked(plane)
            return
        layer = self.viewer.add_image(
            placement.stacked(plane),
            name=f"{placement.source} (preview)",
            rgb=placement.rgb,
            **placement.spatial,
            **placement.display,
        )
        self._preview = layer.unique_id

    def remove_preview(self) -> None:
        """Take the unfinished result away."""
        shown = find(self.viewer, self._preview)
        if shown is not None:
            self.viewer.layers.remove(shown)
        self._preview = ""

    def show(
        self,
        source: str,
        placement: Placement,
        images: Sequence[ResultImage],
        region: NDArray[np.bool_],
        metadata: dict[str, Any],
        *,
        label: str = "",
        keep_earlier: bool = False,
    ) -> Layer:
        """Add the images and the filled region, or update the layers of an earlier run.

        Methods that run together are told apart by a label in the names of their layers; they
        share the filled region.

        Parameters
        ----------
        source : str
            Unique id of the image layer.
        placement : Placement
        images : sequence of ResultImage
            The last one is the result.
        region : (H, W) bool array
            The pixels that were filled.
        metadata : dict
            Provenance, put into every layer as ``metadata["greyfill"]``.
        label : str
            The method, where several ran; empty otherwise.
        keep_earlier : bool
            Add new layers whatever there is.

        Returns
        -------
        Layer
            The result, selected.
        """
        key, shared = (source, placement.index, label), (source, placement.index, "")
        earlier = {} if keep_earlier else self._earlier(key)
        region_layer = None if keep_earlier else self._earlier(shared).get(REGION)
        roles: dict[str, Layer] = {}
        with self._steady():
            for image in images[:-1]:
                roles[image.role] = self._put(earlier, placement, image, label)
            roles[REGION] = self._put_region(region_layer, placement, region)
            roles[images[-1].role] = self._put(earlier, placement, images[-1], label)
            for role in set(earlier) - set(roles):
                self.viewer.layers.remove(earlier[role])
        for role, layer in roles.items():
            layer.metadata["greyfill"] = {**metadata, "role": role}
        self._own[key] = {role: layer.unique_id for role, layer in roles.items()}
        self._own.setdefault(shared, {})[REGION] = roles[REGION].unique_id
        result = roles[images[-1].role]
        self.viewer.layers.selection.active = result
        return result

    def remove_others(self, source: str, placement: Placement, labels: Collection[str]) -> None:
        """Remove the layers of earlier runs on a plane, but for these labels and the region."""
        place = (source, placement.index)
        for key in [key for key in self._own if key[:2] == place and key[2] not in labels]:
            for role, layer in self._earlier(key).items():
                if role != REGION:
                    self.viewer.layers.remove(layer)
            region = self._own.pop(key).get(REGION)
            if region is not None and key[2] == "":
                self._own[key] = {REGION: region}

    def _earlier(self, key: _Key) -> dict[str, Layer]:
        """Return the layers of the run before that are still there."""
        found = {role: find(self.viewer, uid) for role, uid in self._own.get(key, {}).items()}
        return {role: layer for role, layer in found.items() if layer is not None}

    def _put(
        self, earlier: dict[str, Layer], placement: Placement, image: ResultImage, label: str
    ) -> Layer:
        return put_image(self.viewer, earlier.get(image.role), placement, image, label)

    def _put_region(
        self, layer: Layer | None, placement: Placement, region: NDArray[np.bool_]
    ) -> Layer:
        data = placement.stacked(region.astype(np.uint8))
        if layer is not None:
            _update(layer, data, placement)
            return layer
        name = f"{placement.source} {REGION}"
        return self.viewer.add_labels(data, name=name, visible=False, **placement.spatial)

    @contextmanager
    def _steady(self) -> Iterator[None]:
        """Keep the current plane in view: adding layers can move the sliders."""
        point = self.viewer.dims.point
        yield
        self.viewer.dims.point = point


def _update(layer: Layer, data: NDArray[Any], placement: Placement) -> None:
    layer.data = data
    for name, value in placement.spatial.items():
        setattr(layer, name, value)


def _full_range(data: NDArray[Any]) -> tuple[float, float]:
    """Return contrast limits for the luma of a colour image."""
    if data.dtype.kind in "iu":
        low, high = 0.0, float(np.iinfo(data.dtype).max)
        if float(data.max()) > high / 4:
            return low, high
    return float(data.min()), max(float(data.max()), float(data.min()) + 1e-6)


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
