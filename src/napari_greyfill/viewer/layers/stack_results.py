"""The two layers of a filled stack: the result and the filled region, updated as planes come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_greyfill.pipeline.result import FINAL
from napari_greyfill.stack.pasting import filled_region
from napari_greyfill.stack.result import FilledPlane, StackResult
from napari_greyfill.viewer.layers.keeping import same_plane
from napari_greyfill.viewer.layers.own import Purpose, disown, find_own, sign
from napari_greyfill.viewer.layers.planes import Placement, find
from napari_greyfill.viewer.layers.results import PROVENANCE, REGION, ResultImage, put_image

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["StackLayers"]

_PAUSE = 2.0  # seconds between looks at a stack that is put together where it is looked at


class StackLayers:
    """The layers of one run on a stack.

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
        self._image = self._region = ""  # unique ids
        self._arrays: tuple[Any, Any] | None = None
        self._looked = -np.inf

    def leave_earlier(self) -> None:
        """Leave the layers of earlier runs to the user."""
        for role in (FINAL, REGION):
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

    def add(self, plane: FilledPlane) -> None:
        """Show a finished plane; layers that the user took away stay away."""
        if self._arrays is not None:
            plane.paste(*self._arrays)
            if not self._image:
                self._show(*self._arrays)
                return
            for unique_id in (self._image, self._region):
                layer = find(self.viewer, unique_id)
                if layer is not None:
                    layer.refresh()
            return
        if time.monotonic() - self._looked < _PAUSE:
            return
        gone = self._image and find(self.viewer, self._image) is None
        if not gone:
            self._show_lazily(plane.so_far)

    def end(self, result: StackResult, metadata: dict[str, Any]) -> Layer:
        """Show a result, all of it or as far as a run got, and return its layer, selected.

        Parameters
        ----------
        result : StackResult
            What came of the run.
        metadata : dict
            Provenance, put into both layers as ``metadata["greyfill"]``.
        """
        if self._arrays is None:
            self._show_lazily(result)
        elif find(self.viewer, self._image) is None or find(self.viewer, self._region) is None:
            self._show(*self._arrays)
        roles = ((FINAL, self._image), (REGION, self._region))
        for role, unique_id in roles:
            layer = find(self.viewer, unique_id)
            assert layer is not None  # it was shown just now
            layer.metadata[PROVENANCE] = {**metadata, "role": role}
            sign(layer, self._purpose.to("", role))
        shown = find(self.viewer, self._image)
        assert shown is not None
        self.viewer.layers.selection.active = shown
        return shown

    def _show_lazily(self, result: StackResult) -> None:
        self._show(
            _in_parts(result.lazy, result),
            _in_parts(filled_region(result.axes, result.patches), result),
        )
        self._looked = time.monotonic()

    def _show(self, image: Any, labels: Any) -> None:  # noqa: ANN401 - any array type
        """Show both; the region is added last, because it can be seen only over the result."""
        with same_plane(self.viewer):
            shown = find(self.viewer, self._image)
            if shown is not None:
                shown.data = image
            else:
                made = ResultImage(FINAL, image, rgb=self.placement.rgb, visible=True)
                purpose = self._purpose.to("", FINAL)
                self._image = put_image(self.viewer, purpose, self.placement, made).unique_id
            region = find(self.viewer, self._region)
            region = region or find_own(self.viewer, self._purpose.to("", REGION))
            if region is None:
                region = self.viewer.add_labels(
                    labels,
                    name=f"{self.placement.source} {REGION}",
                    visible=False,
                    **self.placement.spatial,
                )
            else:
                region.data = labels
            self._region = region.unique_id


def _in_parts(pasted: Any, result: StackResult) -> Any:  # noqa: ANN401 - any array type
    """Return an array of dask, which every version of napari reads plane by plane."""
    import dask.array

    leading = result.axes.leading
    chunks = tuple(
        1 if axis in leading and axis < pasted.ndim else length
        for axis, length in enumerate(pasted.shape)
    )
    return dask.array.from_array(pasted, chunks=chunks, name=False)
