"""The layers of a comparison: results, the grid of them, differences between two.

Only layers made here, and left as they were, are ever changed, apart from which layers are
visible; that, and the viewer's grid, are put back as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.errors import ShapeMismatchError
from napari_greyfill.viewer.layers.keeping import kept_selection, kept_visibility, same_plane
from napari_greyfill.viewer.layers.own import Purpose, own_layers
from napari_greyfill.viewer.layers.planes import Placement, find
from napari_greyfill.viewer.layers.results import ResultImage, put_image

if TYPE_CHECKING:
    from napari.layers import Image, Layer
    from napari.viewer import Viewer

__all__ = ["ComparedLayers", "add_difference"]

_LINKED = ("contrast_limits", "gamma", "colormap", "interpolation2d", "opacity")


class ComparedLayers:
    """The layers of the results of one comparison, by combination."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._own: dict[Combination, str] = {}
        self._earlier: set[str] = set()  # unique ids of the layers of comparisons before
        self._place = Purpose("compare", "", ())
        self._undo_grid: Callable[[], None] | None = None

    def begin(self, source: str, index: tuple[int, ...]) -> None:
        """Start a comparison of a plane of an image, given by its unique id.

        The layers of an earlier one stay until `finish`.
        """
        self.end_grid()
        self._own.clear()
        self._place = Purpose("compare", source, index)
        own = own_layers(self.viewer, self._place)
        self._earlier = {layer.unique_id for _, layer in own}

    def add(self, row: Row, placement: Placement, name: str) -> Layer:
        """Show a row that has an image in a layer, the only one visible of the results.

        An earlier comparison of the same plane has left one, or it is added. The selection stays,
        for somebody may be painting.
        """
        assert row.image is not None  # failed rows have no layer
        image = ResultImage("compared", row.image, placement.rgb, visible=True)
        purpose = self._place.to(row.combination.title, image.role)
        with kept_selection(self.viewer), same_plane(self.viewer):
            layer = put_image(self.viewer, purpose, placement, image, name)
        layer.metadata["greyfill"] = {
            **row.provenance,
            "metrics": dict(row.metrics),
            "image": placement.source,
            "role": image.role,
        }
        self._own[row.combination] = layer.unique_id
        self._show_alone(layer)
        return layer

    def finish(self, failed: Collection[Combination]) -> int:
        """Remove what earlier comparisons of the plane left, and return how many layers.

        What they left for a combination that failed now stays.
        """
        kept = {combination.title for combination in failed}
        own = list(own_layers(self.viewer, self._place))
        gone = [
            layer
            for purpose, layer in own
            if layer.unique_id not in self._own.values() and purpose.label not in kept
        ]
        with kept_selection(self.viewer):
            for layer in gone:
                self.viewer.layers.remove(layer)
        return len(gone)

    def find(self, combination: Combination) -> Layer | None:
        """Return the layer of a result, or None if there is none or it was removed."""
        return find(self.viewer, self._own.get(combination, ""))

    def show_only(self, combination: Combination) -> Layer | None:
        """Show one of the results and select it; in the grid all stay visible."""
        chosen = self.find(combination)
        if chosen is None:
            return None
        self._show_alone(chosen)
        self.viewer.layers.selection.active = chosen
        return chosen

    def _show_alone(self, chosen: Layer) -> None:
        if self._undo_grid is not None:
            return
        ids = {*self._earlier, *self._own.values()}
        for layer in self.viewer.layers:
            if layer.unique_id in ids:
                layer.visible = layer.unique_id == chosen.unique_id

    @property
    def in_grid(self) -> bool:
        """Return whether results are shown side by side."""
        return self._undo_grid is not None

    def show_grid(self) -> bool:
        """Show the image and all results side by side, linked; return whether there are any."""
        results = self._layers()
        if not results or self._undo_grid is not None:
            return bool(results)
        source = find(self.viewer, self._place.source)
        shown = results if source is None else [source, *results]
        grid, restore = self.viewer.canvas.grid, kept_visibility(self.viewer)
        camera = self.viewer.scene.camera
        before = (grid.enabled, grid.shape, grid.stride, camera.center, camera.zoom)
        wanted = {layer.unique_id for layer in shown}
        for layer in self.viewer.layers:
            layer.visible = layer.unique_id in wanted
        named = [(layer.name_overlay, layer.name_overlay.visible) for layer in shown]
        for overlay, _ in named:
            overlay.visible = True
        links = self._link(results)
        grid.shape, grid.stride, grid.enabled = (-1, -1), 1, True
        self.viewer.reset_view()

        def undo() -> None:
            grid.enabled, grid.shape, grid.stride, camera.center, camera.zoom = before
            left = [layer for layer in results if layer in self.viewer.layers]
            if links and len(left) > 1:
                self.viewer.layers.unlink_layers(left, _linked(left))
            for overlay, visible in named:
                overlay.visible = visible
            restore()

        self._undo_grid = undo
        return True

    def end_grid(self) -> None:
        """Put the viewer back as it was before the grid."""
        if self._undo_grid is not None:
            undo, self._undo_grid = self._undo_grid, None
            undo()

    def _link(self, results: list[Layer]) -> bool:
        """Make the results change together; return whether there are several."""
        if len(results) < 2:
            return False
        self.viewer.layers.link_layers(results, _linked(results))
        return True

    def _layers(self) -> list[Layer]:
        found = (find(self.viewer, unique_id) for unique_id in self._own.values())
        return [layer for layer in found if layer is not None]


def _linked(results: list[Layer]) -> tuple[str, ...]:
    """Return what can be set alike: colours of colour images are not mapped."""
    return _LINKED[-2:] if results[0].rgb else _LINKED


def add_difference(viewer: Viewer, first: Image, second: Image) -> Layer:
    """Add a layer with the largest absolute difference among the channels of two image layers.

    Raises
    ------
    ShapeMismatchError
        If they do not cover the same pixels.
    """
    if first.multiscale or second.multiscale or first.data.shape != second.data.shape:
        raise ShapeMismatchError(
            f"{first.name} and {second.name} differ in shape; choose two layers of one image."
        )
    values = _difference(np.asarray(first.data), np.asarray(second.data))
    if first.rgb:
        values = values[..., :3].max(axis=-1)
    placement = Placement.of(first, ())
    return viewer.add_image(
        values,
        name=f"difference: {first.name}, {second.name}",
        colormap="inferno",
        contrast_limits=(0.0, max(float(np.nanmax(values)), 1e-6)),
        rgb=False,
        **placement.spatial,
    )


def _difference(first: NDArray[np.generic], second: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.abs(first.astype(np.float64) - second.astype(np.float64)).astype(np.float32)
