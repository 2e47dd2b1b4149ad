"""Look at some layers, or add one, and have everything else as it was before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["Original", "kept_selection", "kept_visibility", "same_plane"]


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
def kept_selection(viewer: Viewer) -> Iterator[None]:
    """Keep the layers selected that are selected now: napari selects every layer it adds."""
    selection = viewer.layers.selection
    before = set(selection)
    yield
    left = {layer for layer in before if layer in viewer.layers}
    if set(selection) == left:
        return
    if len(left) == 1:
        selection.active = left.pop()
        return
    selection.clear()
    selection.update(left)


class Original:
    """Shows an image without what lies over it, as long as it is held.

    It knows no dock, so that a key of a layer can hold it after the dock was closed.
    """

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._held = ExitStack()

    def hold(self, image: Layer | None) -> None:
        """Show an image alone until `release`; nothing happens if it is gone."""
        if image is not None and image in self.viewer.layers:
            self.release()
            self._held.enter_context(_original_shown(self.viewer, image))

    def release(self) -> None:
        """Put the layers back as they were before `hold`."""
        self._held.close()


@contextmanager
def _original_shown(viewer: Viewer, image: Layer) -> Iterator[None]:
    restore = kept_visibility(viewer)
    for layer in viewer.layers[viewer.layers.index(image) + 1 :]:
        layer.visible = False
    image.visible = True
    try:
        yield
    finally:
        restore()
