"""The three layers of healing: the result, a small patch over it, and what the brush paints on.

A fill shows in the patch, which moves, at once; the result's array is written as well, and its
layer, which may be large, is drawn anew when the hand rests. There is never a layer for a stroke.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import free_memory
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.layer import data_of
from napari_greyfill.pipeline.healing import Healing
from napari_greyfill.viewer.heal.strokes import put
from napari_greyfill.viewer.layers import colours
from napari_greyfill.viewer.layers.colours import with_opacity
from napari_greyfill.viewer.layers.keeping import kept_selection, same_plane
from napari_greyfill.viewer.layers.models import checksum
from napari_greyfill.viewer.layers.origins import COLOURS as ORIGIN_COLOURS
from napari_greyfill.viewer.layers.own import Purpose, find_own, sign
from napari_greyfill.viewer.layers.planes import (
    PREVIEW,
    Placement,
    find,
    flat,
    plane_at,
    plane_size,
)
from napari_greyfill.viewer.layers.results import PROVENANCE

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Layer
    from napari.utils.colormaps import DirectLabelColormap
    from napari.viewer import Viewer

__all__ = ["DROPPED", "DUST", "SOURCE", "STROKE", "WAITING", "HealLayers"]

# labels of the brush's layer; outlines of what is invented are between the first two
STROKE, WAITING, SOURCE, DUST, DROPPED = 1, 5, 6, 7, 8
_COLOURS = {
    STROKE: with_opacity(colours.STROKE, 0.55),
    **{1 + origin: with_opacity(colour) for origin, colour in ORIGIN_COLOURS.items()},
    WAITING: with_opacity(colours.WAITING, 0.55),
    SOURCE: with_opacity(colours.SOURCE),
    DUST: with_opacity(colours.DUST),
    DROPPED: with_opacity(colours.DROPPED, 0.8),
}
_MOST = 1_000_000  # pixels of a patch; more, and the result's layer is drawn anew
_MEMORY = 0.5  # the share of what is free that a copy of a stack may take

Index = tuple[int, ...]


class HealLayers:
    """What healing shows of one image.

    Parameters
    ----------
    viewer : Viewer
    image : Image
        The source, which is never written to.
    index : tuple of int
        The plane in view.
    """

    def __init__(self, viewer: Viewer, image: Image, index: Index) -> None:
        self.viewer = viewer
        self.source = image.unique_id
        self._given = image.data
        self._pixels = _named(image.data)
        self.name = image.name
        self._rgb = bool(image.rgb)
        self._size = plane_size(image)
        self._whole = _can_copy(image)
        self._results: dict[Index, str] = {}  # plane, or () for all -> unique id
        self._made: set[str] = set()  # results that were added, and not found
        self._sessions: dict[Index, Healing] = {}
        self._shown: tuple[Index, Window] | None = None  # what the patch holds
        self._flat = Placement((), flat(image, index), {}, self._rgb, image.name)
        result = self.result_for(image, index)
        with same_plane(viewer), kept_selection(viewer):
            self._patch = self._add_patch(result).unique_id
        with same_plane(viewer):
            self._brush = self._add_brush().unique_id

    # ------------------------------------------------------------ layers

    @property
    def brush(self) -> Labels | None:
        """Return the layer that the brush paints on, unless it is gone."""
        return find(self.viewer, self._brush)

    @property
    def patch(self) -> Image | None:
        """Return the small layer over the result, unless it is gone."""
        return find(self.viewer, self._patch)

    @property
    def results(self) -> list[Image]:
        """Return the layers with results that are still there."""
        found = (find(self.viewer, unique_id) for unique_id in self._results.values())
        return [layer for layer in found if layer is not None]

    @property
    def complete(self) -> bool:
        """Return whether none of the layers was removed."""
        return (
            self.brush is not None
            and self.patch is not None
            and len(self.results) == len(self._results)
        )

    def outdated(self, image: Image) -> bool:
        """Return whether the image was given other pixels since."""
        return image.data is not self._given

    def result(self, index: Index) -> Image | None:
        """Return the layer with the result of a plane."""
        return find(self.viewer, self._results.get(() if self._whole else index, ""))

    def result_for(self, image: Image, index: Index) -> Image:
        """Return the layer with the result of a plane; add it if there is none.

        Parameters
        ----------
        image : Image
            The source.
        index : tuple of int
            The plane.
        """
        found = self.result(index)
        if found is not None:
            return found
        key = () if self._whole else index
        layer = find_own(self.viewer, self._purpose(key))
        if layer is None:
            layer = self._add_result(image, key)
            self._made.add(layer.unique_id)
        self._results[key] = layer.unique_id
        return layer

    def session(self, image: Image, index: Index) -> Healing:
        """Return the healing of a plane; begin it if there is none.

        Parameters
        ----------
        image : Image
            The source.
        index : tuple of int
            The plane.
        """
        if index not in self._sessions:
            data = self.result_for(image, index).data
            view = data[index] if self._whole else data[(0,) * len(index)]
            original = plane_at(image, index).read()
            self._sessions[index] = Healing(original, rgb=self._rgb, result=view)
        return self._sessions[index]

    def _purpose(self, key: Index) -> Purpose:
        return Purpose("heal", str(self.source), key, self._pixels, "healed")

    def _add_result(self, image: Image, key: Index) -> Image:
        placement = Placement.of(image, key)
        data = image.data if self._whole else _plane_of(image, key)
        spatial = placement.spatial
        if self._whole:
            spatial = Placement.of(image, ()).spatial
        with same_plane(self.viewer), kept_selection(self.viewer):
            layer = self.viewer.add_image(
                np.array(data),
                name=f"{self.name} healed",
                rgb=self._rgb,
                **spatial,
                **placement.display,
            )
        sign(layer, self._purpose(key))
        return layer

    def _add_patch(self, result: Image) -> Image:
        shape = (1, 1, *data_of(result).shape[result.ndim :])
        return self.viewer.add_image(
            np.zeros(shape, dtype=data_of(result).dtype),
            name=f"{self.name} heal patch",
            rgb=self._rgb,
            visible=False,
            metadata={PREVIEW: True},
            **self._flat.spatial,
            **_display(result),
        )

    def _add_brush(self) -> Labels:
        brush = self.viewer.add_labels(
            np.zeros(self._size, dtype=np.uint8),
            name=f"{self.name} heal brush",
            colormap=_colormap(),
            opacity=1.0,
            metadata={PREVIEW: True},
            **self._flat.spatial,
        )
        brush.brush_size = max(5, min(self._size) // 100)
        brush.selected_label = STROKE
        brush.mode = "paint"
        adjusting = _brush_size_with_alt()
        if adjusting in brush.mouse_move_callbacks:
            brush.mouse_move_callbacks.remove(adjusting)
        return brush

    # ------------------------------------------------------------ showing

    def show(self, index: Index, window: Window) -> None:
        """Show a window of the result of the plane in view, at once.

        Parameters
        ----------
        index : tuple of int
            The plane.
        window : Window
            What was changed.
        """
        patch, result, session = self.patch, self.result(index), self._sessions.get(index)
        if patch is None or result is None or session is None:
            return
        if self._shown is not None:
            before, earlier = self._shown
            joined = window.union(earlier)
            if before != index or joined.area > _MOST:
                self.refresh()
            else:
                window = joined
        if window.area > _MOST:
            result.refresh()
            return
        self._shown = index, window
        patch.data = session.result[window.slices].copy()
        patch.translate = self._flat.at(window).spatial["translate"]
        for name, value in _display(result).items():
            if not np.array_equal(getattr(patch, name), value):
                setattr(patch, name, value)
        if patch.visible != result.visible:
            patch.visible = result.visible

    def refresh(self) -> None:
        """Draw the result's layer anew, and take the patch away."""
        if self._shown is None:
            return
        index, _ = self._shown
        self._shown = None
        result, patch = self.result(index), self.patch
        if result is not None:
            result.refresh()
        if patch is not None:
            patch.visible = False

    def put(self, window: Window, labels: NDArray[np.uint8]) -> None:
        """Write labels into a window of what the brush paints on.

        Parameters
        ----------
        window : Window
            Where to.
        labels : (h, w) array
            What is to stand there.
        """
        if self.brush is not None:
            put(self.brush, window, labels)

    def put_all(self, labels: NDArray[np.uint8]) -> None:
        """Replace all that the brush paints on, for another plane."""
        brush = self.brush
        if brush is not None and (brush.data.any() or labels.any()):
            brush.data[...] = labels
            brush.refresh()

    def close(self, bound: Callable[[Layer], None]) -> None:
        """Take patch and brush away, and results that nothing was done to.

        Parameters
        ----------
        bound : callable
            Takes what was bound to a layer off it.
        """
        self.refresh()
        touched = {
            self._results.get(() if self._whole else index, "")
            for index, session in self._sessions.items()
            if session.invented
        }
        gone: list[Layer | None] = [self.brush, self.patch]
        for key, unique_id in self._results.items():
            layer = find(self.viewer, unique_id)
            if layer is not None and unique_id in self._made - touched:
                gone.append(layer)
            elif layer is not None:
                bound(layer)
                self._sign(layer, key)
        with kept_selection(self.viewer):
            for each in gone:
                if each is not None and each in self.viewer.layers:
                    self.viewer.layers.remove(each)

    def _sign(self, layer: Layer, key: Index) -> None:
        invented = {
            ",".join(map(str, index)): session.invented
            for index, session in self._sessions.items()
            if session.invented and (self._whole or index == key)
        }
        layer.metadata[PROVENANCE] = {"made by": "healing", "invented pixels": invented}
        sign(layer, self._purpose(key))


def _named(data: Any) -> str:  # noqa: ANN401 - any array type
    """Return what stands for the pixels of an image: what was healed of others is no result."""
    return str(checksum(data)) if isinstance(data, np.ndarray) else str(getattr(data, "name", ""))


def _plane_of(image: Image, index: Index) -> NDArray[Any]:
    """Return one plane with axes of length 1 for those of its stack."""
    plane = plane_at(image, index).read()
    return plane[(np.newaxis,) * len(index)]


def _can_copy(image: Image) -> bool:
    """Return whether the result can be a copy of all of a stack."""
    data = data_of(image)
    if not isinstance(data, np.ndarray):
        return False
    return image.ndim == 2 or data.nbytes < _MEMORY * free_memory("cpu")


def _display(result: Image) -> dict[str, Any]:
    """Return what the patch takes over from the result, so that nobody can tell them apart."""
    names = ["gamma", "interpolation2d", "opacity"]
    if not result.rgb:
        names += ["contrast_limits", "colormap"]
    return {name: getattr(result, name) for name in names}


def _brush_size_with_alt() -> Callable[..., None]:
    """Return what changes the brush's size where Alt is to choose a source."""
    from napari.layers import Labels

    return Labels.brush_size_on_mouse_move


def _colormap() -> DirectLabelColormap:
    from napari.utils.colormaps import DirectLabelColormap

    clear = colours.CLEAR
    return DirectLabelColormap(color_dict={None: clear, 0: clear, **_COLOURS})
