"""The layers of results: added by a first run, updated by later ones, never anybody else's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.viewer.layers import Placement, find, same_plane

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.utils.colormaps import Colormap
    from napari.viewer import Viewer

__all__ = ["CONFIDENCE", "REGION", "ResultImage", "ResultLayers", "put_image"]

CONFIDENCE = "colour confidence"
REGION = "filled region"  # the role of the labels layer with the pixels that were filled
_VIOLET = (0.45, 0.0, 0.9, 1.0)
_Key: TypeAlias = tuple[str, tuple[int, ...], str]  # image, plane, label


@dataclass(frozen=True, eq=False)
class ResultImage:
    """One image of a finished run.

    Attributes
    ----------
    role : str
        What it shows; one layer for each role, image and plane.
    tint : bool
        Whether it is a plane from 0 to 1 to lay over the result: violet at 0, clear at 1.
    """

    role: str
    data: NDArray[Any]
    rgb: bool
    visible: bool = False
    tint: bool = False


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
    if image.tint:
        display.update(contrast_limits=(0.0, 1.0), colormap=_tint(), gamma=1.0)
        display.update(blending="multiplicative")
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


def _tint() -> Colormap:
    from napari.utils.colormaps import Colormap

    return Colormap([_VIOLET, (1.0, 1.0, 1.0, 1.0)], name="violet to clear")


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
            The last one is the result. Tints are laid over it, all others lie below.
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
        tints = [image for image in images[:-1] if image.tint]
        below = [image for image in images[:-1] if not image.tint]
        with same_plane(self.viewer):
            for image in below:
                roles[image.role] = self._put(earlier, placement, image, label)
            roles[REGION] = self._put_region(region_layer, placement, region)
            for image in (images[-1], *tints):
                roles[image.role] = self._put(earlier, placement, image, label)
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
