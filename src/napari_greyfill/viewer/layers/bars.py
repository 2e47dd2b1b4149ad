"""The layers of error bars: both ends of an interval, half its width as a glow, and draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.viewer.layers.keeping import kept_selection, same_plane
from napari_greyfill.viewer.layers.own import Purpose, find_own, sign
from napari_greyfill.viewer.layers.planes import Placement
from napari_greyfill.viewer.layers.results import PROVENANCE

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.utils.colormaps import Colormap
    from napari.viewer import Viewer

__all__ = ["show_bars"]

HALF_WIDTH = "±"  # how the name of the half width begins
DRAWS = "draws"


def show_bars(
    viewer: Viewer,
    source: str,
    placement: Placement,
    arrays: dict[str, NDArray[Any]],
    window: Window,
    metadata: dict[str, Any],
) -> list[Layer]:
    """Add layers of error bars to those of a result, in place of earlier ones.

    Parameters
    ----------
    viewer : Viewer
        Where they go.
    source : str
        Unique id of the image layer.
    placement : Placement
        Where the plane lies.
    arrays : dict
        By what they are called: a half width glows over the hole, draws have an axis of their own
        before all others, and ends of intervals are shown as the image is, hidden.
    window : Window
        The part of the plane that they are.
    metadata : dict
        Provenance of the fill.

    Returns
    -------
    list of Layer
    """
    place = Purpose("fill", source, placement.index)
    made = []
    with kept_selection(viewer), same_plane(viewer):
        for role, data in arrays.items():
            purpose = place.to("", role)
            earlier = find_own(viewer, purpose)
            if earlier is not None:
                viewer.layers.remove(earlier)
            layer = _added(viewer, role, data, placement.at(window))
            layer.metadata[PROVENANCE] = {**metadata, "role": role}
            sign(layer, purpose)
            made.append(layer)
    return made


def _added(viewer: Viewer, role: str, data: NDArray[Any], placement: Placement) -> Layer:
    name = f"{placement.source} {role}"
    if role.startswith(HALF_WIDTH):
        most = max(float(np.max(data)), float(np.finfo(np.float32).eps))
        return viewer.add_image(
            placement.stacked(data),
            name=name,
            colormap=_glow(),
            contrast_limits=(0.0, most),
            blending="translucent",
            **placement.spatial,
        )
    if role == DRAWS:
        stacked = np.stack([placement.stacked(each) for each in data])
        return viewer.add_image(
            stacked,
            name=name,
            rgb=placement.rgb,
            **_with_axis(placement.spatial, DRAWS),
            **placement.display,
        )
    return viewer.add_image(
        placement.stacked(data),
        name=name,
        rgb=placement.rgb,
        visible=False,
        **placement.spatial,
        **placement.display,
    )


def _glow() -> Colormap:
    """Return what shows a half width: nothing at 0, then dark violet to light yellow."""
    from napari.utils.colormaps import Colormap

    return Colormap(
        [
            (0, 0, 0, 0),
            (0.2, 0.04, 0.4, 1),
            (0.73, 0.21, 0.33, 1),
            (0.98, 0.6, 0.1, 1),
            (1, 1, 0.65, 1),
        ],
        controls=[0.0, 0.001, 0.4, 0.75, 1.0],
        name="violet to yellow",
    )


def _with_axis(spatial: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the spatial metadata of a layer with one more axis before all others."""
    affine = np.asarray(spatial["affine"])
    count = len(spatial["scale"])
    outer, turned = np.eye(len(affine) + 1), np.eye(count + 1)
    outer[1:, 1:] = affine
    turned[1:, 1:] = spatial["rotate"]
    shear = np.asarray(spatial["shear"])
    sheared = np.eye(count + 1)
    if shear.ndim == 2:
        sheared[1:, 1:] = shear
    else:
        sheared[1:, 1:][np.triu_indices(count, 1)] = shear
    return {
        "scale": np.concatenate([[1.0], spatial["scale"]]),
        "translate": np.concatenate([[0.0], spatial["translate"]]),
        "rotate": turned,
        "shear": sheared,
        "affine": outer,
        "units": ("pixel", *spatial["units"]),
        "axis_labels": (name, *spatial["axis_labels"]),
    }
