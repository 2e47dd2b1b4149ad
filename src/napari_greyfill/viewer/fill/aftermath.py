"""After a run: what is invented is outlined, and the brush is in hand again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING

from napari_greyfill.viewer.layers.keeping import Original
from napari_greyfill.viewer.layers.own import source_of
from napari_greyfill.viewer.layers.planes import find
from napari_greyfill.viewer.layers.results import REGION
from napari_greyfill.viewer.widgets.keys import once

if TYPE_CHECKING:
    from napari.layers import Labels, Layer
    from napari.viewer import Viewer

__all__ = [
    "HOLD_KEY",
    "OUTLINE_KEY",
    "bind_keys",
    "hand_back",
    "holding",
    "outlining",
    "toggle_outlines",
]

HOLD_KEY = "H"
OUTLINE_KEY = "O"
_ROLE = "greyfill"  # where results say what they are


def hand_back(viewer: Viewer, mask: Labels | None, source: str) -> None:
    """Put the outline and then the mask on top, the mask in hand and drawn as an outline.

    The mask hides the fill no more, and its brush, eraser or whatever was in hand stays there. If
    somebody chose another layer while the run went on, that layer stays chosen.

    Parameters
    ----------
    viewer : Viewer
        Where the layers are.
    mask : Labels or None
        The one of the run; None if it has gone.
    source : str
        Unique id of the image of the run.
    """
    for layer in outlines(viewer, source):
        _raise(viewer, layer)
    if mask is None or mask not in viewer.layers:
        return
    active = viewer.layers.selection.active
    ours = (source, mask.unique_id)
    if active is not None and active.unique_id not in ours and not source_of(active):
        return
    _raise(viewer, mask)
    if mask.contour == 0:
        mask.contour = 1
    viewer.layers.selection.active = mask


def outlines(viewer: Viewer, source: str) -> list[Labels]:
    """Return the layers that outline what was invented in an image.

    Parameters
    ----------
    viewer : Viewer
        Whose layers are looked at.
    source : str
        The unique id of the image's layer.
    """
    return [
        layer
        for layer in viewer.layers
        if source_of(layer) == str(source) and layer.metadata.get(_ROLE, {}).get("role") == REGION
    ]


def toggle_outlines(viewer: Viewer, source: str) -> None:
    """Hide the outlines of what was invented in an image, or show them.

    Parameters
    ----------
    viewer, source
        As in `outlines`.
    """
    found = outlines(viewer, source)
    shown = any(layer.visible for layer in found)
    for layer in found:
        layer.visible = not shown


def bind_keys(layers: Iterable[Layer | None], original: Original, source: str) -> None:
    """Give layers the keys that show the original, and hide the outlines of what is invented.

    Parameters
    ----------
    layers : iterable of Layer or None
        None for one that has gone.
    original : Original
        Shows it.
    source : str
        Unique id of the image.
    """
    for layer in layers:
        if layer is not None:
            layer.bind_key(HOLD_KEY, holding(original, source), overwrite=True)
            outline = once(outlining(original.viewer, source))
            layer.bind_key(OUTLINE_KEY, outline, overwrite=True)


def holding(original: Original, source: str) -> Callable[[Layer], Generator[None, None, None]]:
    """Return what shows the original as long as a key is down; it does not hold the dock.

    Parameters
    ----------
    original : Original
        Shows it.
    source : str
        Unique id of the image.
    """

    def hold(layer: Layer) -> Generator[None, None, None]:
        original.hold(find(original.viewer, source))
        yield
        original.release()

    return hold


def outlining(viewer: Viewer, source: str) -> Callable[[Layer], None]:
    """Return what shows and hides the outlines of what is invented.

    Parameters
    ----------
    viewer : Viewer
        Where they are.
    source : str
        Unique id of the image.
    """
    return lambda layer: toggle_outlines(viewer, source)


def _raise(viewer: Viewer, layer: Layer) -> None:
    """Move a layer to the top."""
    index, last = viewer.layers.index(layer), len(viewer.layers) - 1
    if index != last:
        viewer.layers.move(index, last + 1)
