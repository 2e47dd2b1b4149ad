"""The layers of results: added by a first run, updated by later ones, never anybody else's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.origin import Origin
from napari_greyfill.viewer.layers.colours import GUESSED, with_opacity
from napari_greyfill.viewer.layers.keeping import kept_selection, same_plane
from napari_greyfill.viewer.layers.origins import is_outline, outline_colours
from napari_greyfill.viewer.layers.own import Purpose, disown, find_own, own_layers, sign
from napari_greyfill.viewer.layers.planes import PREVIEW, Placement, find

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.utils.colormaps import Colormap
    from napari.viewer import Viewer

__all__ = [
    "CONFIDENCE",
    "PROVENANCE",
    "REGION",
    "Region",
    "ResultImage",
    "ResultLayers",
    "put_image",
]

PROVENANCE = "greyfill"  # the key in a layer's metadata

CONFIDENCE = "colour confidence"
REGION = "filled region"  # the role of the labels layer with the pixels that were filled


@dataclass(frozen=True, eq=False)
class ResultImage:
    """One image of a finished run.

    Attributes
    ----------
    role : str
        What it shows; one layer for each role, image and plane.
    data : array, or list of arrays
        A plane, or the levels of a pyramid.
    tint : bool
        Whether it is a plane from 0 to 1 to lay over the result: violet at 0, clear at 1.
    window : Window or None
        The part of the plane that the data are, None for all of it.
    """

    role: str
    data: Any
    rgb: bool
    visible: bool = False
    tint: bool = False
    window: Window | None = None


@dataclass(frozen=True, eq=False)
class Region:
    """The pixels that were filled, in a part of a plane.

    Attributes
    ----------
    filled : (h, w) bool or uint8 array
        As numbers: 1 filled, 4 corrected.
    window : Window or None
        The part, None for all of the plane.
    origin : Origin
        Where the invented ones come from, which their outline shows.
    """

    filled: NDArray[np.bool_] | NDArray[np.uint8]
    window: Window | None = None
    origin: Origin = Origin.INFERRED


def put_image(
    viewer: Viewer, purpose: Purpose, placement: Placement, image: ResultImage, name: str = ""
) -> Layer:
    """Update our layer for a purpose with an image, or add one if there is none.

    Parameters
    ----------
    viewer : Viewer
        Where the layer is, or goes.
    purpose : Purpose
        What the layer is for, by which it is found again.
    placement : Placement
        Where the plane lies in the layer.
    image : ResultImage
        What to show.
    name : str
        Name of a new layer; by default those of the source and of the role, and the label.

    Returns
    -------
    Layer
    """
    placement = placement.at(image.window)
    data = placement.stacked(image.data)
    earlier = find_own(viewer, purpose)
    if earlier is not None and _fits(earlier, image):
        _update(earlier, data, placement)
        layer = earlier
    else:
        layer = _added(viewer, data, placement, image, name or _name(purpose, placement, image))
    sign(layer, purpose)
    return layer


def _fits(layer: Layer, image: ResultImage) -> bool:
    """Return whether a layer can show an image; napari's layers cannot change their kind."""
    kind = getattr(layer, "rgb", None), getattr(layer, "multiscale", False)
    return kind == (image.rgb, isinstance(image.data, list))


def _name(purpose: Purpose, placement: Placement, image: ResultImage) -> str:
    label = f" ({purpose.label})" if purpose.label else ""
    return f"{placement.source} {image.role}{label}"


def _added(
    viewer: Viewer,
    data: Any,  # noqa: ANN401 - any array type
    placement: Placement,
    image: ResultImage,
    name: str,
) -> Layer:
    display = dict(placement.display)
    if image.tint:
        display.update(contrast_limits=(0.0, 1.0), colormap=_tint(), gamma=1.0)
        display.update(blending="multiplicative")
    elif image.rgb != placement.rgb:  # grey made from colour
        display["contrast_limits"] = _full_range(image.data)
    return viewer.add_image(
        data,
        name=name,
        rgb=image.rgb,
        visible=image.visible,
        multiscale=isinstance(data, list),
        **placement.spatial,
        **display,
    )


def _tint() -> Colormap:
    from napari.utils.colormaps import Colormap

    return Colormap([with_opacity(GUESSED), (1.0, 1.0, 1.0, 1.0)], name="violet to clear")


class ResultLayers:
    """The layers of fills, whichever dock made them, and the preview of this one."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._preview = ""

    def show_preview(
        self, image: NDArray[Any], placement: Placement, window: Window | None = None
    ) -> None:
        """Show an unfinished result in a layer of its own; what is selected stays selected.

        Parameters
        ----------
        image : array
            The plane so far, or the part of it in `window`, in the type of the source.
        placement : Placement
            Where the whole plane lies, and how it is displayed.
        window : Window, optional
            The part of the plane that the image is.
        """
        placement = placement.at(window)
        shown = find(self.viewer, self._preview)
        if shown is not None:
            _update(shown, placement.stacked(image), placement)
            return
        with kept_selection(self.viewer), same_plane(self.viewer):
            layer = self.viewer.add_image(
                placement.stacked(image),
                name=f"{placement.source} (preview)",
                rgb=placement.rgb,
                metadata={PREVIEW: True},
                **placement.spatial,
                **placement.display,
            )
        self._preview = layer.unique_id

    def remove_preview(self) -> None:
        """Take the unfinished result away."""
        shown = find(self.viewer, self._preview)
        self._preview = ""
        if shown is not None:
            with kept_selection(self.viewer):
                self.viewer.layers.remove(shown)

    def show(
        self,
        source: str,
        placement: Placement,
        images: Sequence[ResultImage],
        region: Region | None,
        metadata: dict[str, Any],
        *,
        label: str = "",
    ) -> Layer:
        """Add the images and the filled region, or update the layers of an earlier run.

        Methods that run together are told apart by a label in the names of their layers; they
        share the filled region.

        Parameters
        ----------
        source : str
            Unique id of the image layer.
        placement : Placement
            Where the plane lies in the layers.
        images : sequence of ResultImage
            The last one is the result. Tints are laid over it, all others lie below.
        region : Region or None
            The pixels that were filled, if they are to be shown.
        metadata : dict
            Provenance, put into every layer as ``metadata["greyfill"]``.
        label : str
            The method, where several ran; empty otherwise.

        Returns
        -------
        Layer
            The result; what was selected stays selected.
        """
        place = _place(source, placement)
        roles: dict[str, Layer] = {}
        tints = [image for image in images[:-1] if image.tint]
        below = [image for image in images[:-1] if not image.tint]
        with kept_selection(self.viewer), same_plane(self.viewer):
            for image in below:
                roles[image.role] = self._put(place, placement, image, label)
            for image in (images[-1], *tints):
                roles[image.role] = self._put(place, placement, image, label)
            if region is not None:
                roles[REGION] = self._put_region(place.to("", REGION), placement, region)
        for role, layer in roles.items():
            layer.metadata[PROVENANCE] = {**metadata, "role": role}
        return roles[images[-1].role]

    def remove_others(
        self,
        source: str,
        placement: Placement,
        shown: Collection[tuple[str, str]],
        labels: Collection[str] = (),
    ) -> int:
        """Remove the layers of earlier runs on a plane that are as those runs left them.

        Parameters
        ----------
        source : str
            Unique id of the image layer.
        placement : Placement
            The plane.
        shown : collection of (str, str)
            Label and role of the layers of this run, which stay.
        labels : collection of str
            Those of this run; what earlier runs left for one that showed nothing stays.

        Returns
        -------
        int
            How many were removed.
        """
        unfinished = set(labels) - {label for label, _ in shown}
        gone = [
            layer
            for purpose, layer in own_layers(self.viewer, _place(source, placement))
            if (purpose.label, purpose.role) not in shown and purpose.label not in unfinished
        ]
        with kept_selection(self.viewer):
            for layer in gone:
                self.viewer.layers.remove(layer)
        return len(gone)

    def leave_earlier(self, source: str, placement: Placement, *, but: str = "") -> None:
        """Leave the layers of earlier runs on a plane to the user.

        Parameters
        ----------
        source, placement
            As in `remove_others`.
        but : str
            The role of what the next run shows in the same layer.
        """
        for purpose, layer in own_layers(self.viewer, _place(source, placement)):
            if purpose.role != but:
                disown(layer)

    def _put(self, place: Purpose, placement: Placement, image: ResultImage, label: str) -> Layer:
        return put_image(self.viewer, place.to(label, image.role), placement, image)

    def _put_region(self, purpose: Purpose, placement: Placement, region: Region) -> Layer:
        placement = placement.at(region.window)
        data = placement.stacked(region.filled.astype(np.uint8))
        layer, colours = find_own(self.viewer, purpose), outline_colours(region.origin)
        if layer is not None:
            _update(layer, data, placement)
            if is_outline(layer.colormap.name) and layer.colormap.name != colours.name:
                layer.colormap = colours
        else:
            name = f"{placement.source} {REGION}"
            layer = self.viewer.add_labels(
                data, name=name, colormap=colours, opacity=1.0, **placement.spatial
            )
            layer.contour = 1
        sign(layer, purpose)
        return layer


def _place(source: str, placement: Placement) -> Purpose:
    return Purpose("fill", source, placement.index)


def _update(
    layer: Layer,
    data: Any,  # noqa: ANN401 - any array type
    placement: Placement,
) -> None:
    if not (type(layer.data) is type(data) and _same(layer.data, data)):
        layer.data = data
    for name, value in placement.spatial.items():
        if not np.array_equal(getattr(layer, name), value):  # each would draw the layer anew
            setattr(layer, name, value)


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - any array type
    """Return whether two arrays hold the same, so that nothing need be drawn anew."""
    if not isinstance(one, np.ndarray):
        return False
    return one.dtype == other.dtype and np.array_equal(one, other)


def _full_range(data: NDArray[Any]) -> tuple[float, float]:
    """Return contrast limits for the luma of a colour image."""
    if data.dtype.kind in "iu":
        low, high = 0.0, float(np.iinfo(data.dtype).max)
        if float(data.max()) > high / 4:
            return low, high
    return float(data.min()), max(float(data.max()), float(data.min()) + 1e-6)
