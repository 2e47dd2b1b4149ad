"""The two layers of a filled stack: the result and the filled region, updated as planes come."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_greyfill.pipeline.intermediate import FINAL
from napari_greyfill.stack.result import FilledPlane
from napari_greyfill.stack.tasks import Source
from napari_greyfill.viewer.layers import colours
from napari_greyfill.viewer.layers.keeping import kept_selection, same_plane
from napari_greyfill.viewer.layers.overlays import Overlay
from napari_greyfill.viewer.layers.own import Purpose, disown, find_own, sign
from napari_greyfill.viewer.layers.planes import Placement, find, plane_index
from napari_greyfill.viewer.layers.results import PROVENANCE, REGION, ResultImage, put_image

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["StackLayers", "region_look"]

_COLOURS = {
    Source.OWN: colours.INFERRED,
    Source.Z: colours.COPIED,
    Source.T: colours.CORRECTED,
    Source.CHANNEL: colours.BORROWED,
    Source.GAIN: colours.RECORDED,
}

_PAUSE = 1.0  # seconds between looks at a stack that is put together where it is looked at


class StackLayers:
    """The layers of one run on a stack.

    Planes that are out of view are drawn once they are looked at. A layer that the user took
    away while the run goes on comes back at its end, one that was renamed or given other pixels
    is the user's from then on.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
    source : str
        Unique id of the image layer.
    placement : Placement
        Where the stack lies, and how it is displayed.
    """

    def __init__(self, viewer: Viewer, source: str, placement: Placement) -> None:
        self.viewer = viewer
        self.placement = placement
        self._purpose = Purpose("fill", source, placement.index)
        self._ids = {FINAL: "", REGION: ""}  # unique ids
        self._left: dict[str, tuple[str, Any]] = {}  # name and pixels that we gave them
        self._arrays: tuple[Any, Any] | None = None
        self._overlay: Overlay | None = None
        self._unseen: set[tuple[int, ...]] = set()  # planes that came since the last look
        self._looked = -np.inf

    def leave_earlier(self) -> None:
        """Leave the layers of earlier runs to the user."""
        for role in self._ids:
            layer = find_own(self.viewer, self._purpose.to("", role))
            if layer is not None:
                disown(layer)

    def begin(self, image: Any, labels: Any) -> None:  # noqa: ANN401 - any array type
        """Take arrays to paste planes into; they show with the first plane.

        Parameters
        ----------
        image : array
            A copy of the stack.
        labels : array
            Of the same shape without colour, 0 where nothing was filled.
        """
        self._arrays = (image, labels)

    def lay(self, overlay: Overlay) -> None:
        """Take what lays planes over the stack where it is looked at, in place of arrays."""
        self._overlay = overlay

    def add(self, plane: FilledPlane) -> None:
        """Show a finished plane."""
        if self._arrays is not None:
            plane.paste(*self._arrays)
            if not self._ids[FINAL]:
                self._show(*self._arrays)
            elif self._in_view(plane.index):
                for unique_id in self._ids.values():
                    layer = find(self.viewer, unique_id)
                    if layer is not None:
                        layer.refresh()
            return
        assert self._overlay is not None
        self._overlay.add(plane.patches)
        self._unseen.add(plane.index)
        if time.monotonic() - self._looked < _PAUSE or not self._wanted():
            return
        self._look()

    def end(self, overlay: Overlay, metadata: dict[str, Any]) -> Layer:
        """Show a result, all of it or as far as a run got, and return its layer, selected.

        Parameters
        ----------
        overlay : Overlay
            What came of the run, for stacks that were not pasted into arrays.
        metadata : dict
            Provenance, put into both layers as ``metadata["greyfill"]``.
        """
        self._leave_changed()
        if self._arrays is None:
            self._overlay = overlay
            self._look()
        elif any(find(self.viewer, each) is None for each in self._ids.values()):
            self._show(*self._arrays)
        for role, unique_id in self._ids.items():
            layer = find(self.viewer, unique_id)
            assert layer is not None  # it was shown just now
            layer.metadata[PROVENANCE] = {**metadata, "role": role}
            sign(layer, self._purpose.to("", role))
        shown = find(self.viewer, self._ids[FINAL])
        assert shown is not None
        self.viewer.layers.selection.active = shown
        return shown

    # ------------------------------------------------------------ what to look at

    def _in_view(self, index: tuple[int, ...]) -> bool:
        """Return whether a plane is the one in view."""
        layer = find(self.viewer, self._ids[FINAL])
        if layer is None:
            return False
        found = plane_index(layer, self.viewer)
        return found == index or len(found) != len(index)  # axes in an order of their own

    def _wanted(self) -> bool:
        """Return whether a plane that came is in view; the first ones show in any case."""
        if not self._ids[FINAL]:
            return True
        return any(self._in_view(index) for index in self._unseen)

    def _look(self) -> None:
        assert self._overlay is not None
        self._leave_changed()
        self._show(self._overlay.image, self._overlay.labels)
        self._looked = time.monotonic()
        self._unseen.clear()

    # ------------------------------------------------------------ layers

    def _leave_changed(self) -> None:
        """Leave layers to the user that were renamed or got other pixels meanwhile."""
        for role, (name, data) in list(self._left.items()):
            layer = find(self.viewer, self._ids[role])
            if layer is not None and (layer.name != name or not _is_same(layer.data, data)):
                disown(layer)
                del self._left[role]
                self._ids[role] = ""

    def _show(self, image: Any, labels: Any) -> None:  # noqa: ANN401 - any array type
        """Show both; the region is added last, because it can be seen only over the result."""
        with kept_selection(self.viewer), same_plane(self.viewer):
            for role, data in ((FINAL, image), (REGION, labels)):
                layer = find(self.viewer, self._ids[role])
                if layer is None:
                    layer = self._put_image(data) if role == FINAL else self._put_region(data)
                    self._ids[role] = layer.unique_id
                else:
                    layer.data = data
                self._left[role] = (layer.name, layer.data)

    def _put_image(self, data: Any) -> Layer:  # noqa: ANN401 - any array type
        made = ResultImage(FINAL, data, rgb=self.placement.rgb, visible=True)
        return put_image(self.viewer, self._purpose.to("", FINAL), self.placement, made)

    def _put_region(self, data: Any) -> Layer:  # noqa: ANN401 - any array type
        several = isinstance(data, list)
        earlier = find_own(self.viewer, self._purpose.to("", REGION))
        if earlier is not None and bool(earlier.multiscale) == several:
            earlier.data = data
            return earlier
        return self.viewer.add_labels(
            data,
            name=f"{self.placement.source} {REGION}",
            multiscale=several,
            **region_look(),
            **self.placement.spatial,
        )


def region_look() -> dict[str, Any]:
    """Return how the filled region looks: hidden, a colour and words for what pixels are made of.

    Returns
    -------
    dict
        What napari takes for a labels layer.
    """
    from napari.utils.colormaps import DirectLabelColormap
    from pandas import DataFrame

    shown = {int(source): colours.with_opacity(each) for source, each in _COLOURS.items()}
    words = [source.words for source in Source]
    return {
        "visible": False,
        "colormap": DirectLabelColormap(color_dict={**shown, None: colours.CLEAR}, name="made of"),
        "features": DataFrame({"index": [int(s) for s in Source], "made of": words}),
    }


def _is_same(shown: Any, given: Any) -> bool:  # noqa: ANN401 - any array type
    """Return whether a layer shows what it was given, array or pyramid."""
    pyramid = not hasattr(given, "dtype") or isinstance(given, Sequence)
    if not pyramid:
        return shown is given
    return len(shown) == len(given) and shown[0] is given[0]
