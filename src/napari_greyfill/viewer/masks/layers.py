"""The layers of the Masks dock: the preview, shapes and labels as masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.viewer.layers import planes as layers
from napari_greyfill.viewer.layers.colours import CLEAR, MASKED, with_opacity
from napari_greyfill.viewer.layers.keeping import kept_selection, same_plane
from napari_greyfill.viewer.layers.planes import PREVIEW, Placement, find

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Shapes
    from napari.viewer import Viewer

__all__ = ["MaskPreview", "mask_plane", "shapes_mask"]

Mask = NDArray[np.bool_]
_COLOURS = {None: CLEAR, 0: CLEAR, 1: with_opacity(MASKED)}


@dataclass
class MaskPreview:
    """A labels layer that shows what would be masked; nobody can choose it as a mask."""

    viewer: Viewer
    _id: str = ""
    _placement: Placement | None = None

    @property
    def layer(self) -> Labels | None:
        """Return the layer while it is shown."""
        return find(self.viewer, self._id) if self._id else None

    @property
    def was_deleted(self) -> bool:
        """Return whether somebody else removed the layer."""
        return bool(self._id) and self.layer is None

    def show(self, found: Mask, placement: Placement) -> None:
        """Show a mask; the selected layer stays selected.

        Parameters
        ----------
        found : (H, W) bool array
            What to show.
        placement : Placement
            Where the plane lies in the layer.
        """
        data = placement.stacked(found.view(np.uint8))
        layer = self.layer
        if layer is None:
            self._add(data, placement)
            return
        if layer.data.shape == data.shape:
            layer.data[...] = data
            layer.refresh()
        else:
            layer.data = data
        if placement is not self._placement:
            for name, value in placement.spatial.items():
                setattr(layer, name, value)
            self._placement = placement

    def hide(self) -> None:
        """Take the layer away."""
        layer = self.layer
        self._id = ""
        if layer is not None:
            with kept_selection(self.viewer):
                self.viewer.layers.remove(layer)

    def _add(self, data: NDArray[np.uint8], placement: Placement) -> None:
        from napari.utils.colormaps import DirectLabelColormap

        with kept_selection(self.viewer), same_plane(self.viewer):
            layer = self.viewer.add_labels(
                data.copy(),
                name="Mask preview",
                colormap=DirectLabelColormap(color_dict=_COLOURS),
                opacity=0.6,
                metadata={PREVIEW: True},
                **placement.spatial,
            )
            layer.editable = False
            self._id, self._placement = layer.unique_id, placement


def mask_plane(mask: Labels, index: tuple[int, ...], image: Image) -> NDArray[Any]:
    """Return a copy of the plane of a mask that belongs to an image's plane.

    Parameters
    ----------
    mask : Labels
        The mask's layer.
    index : tuple of int
        Which plane of the image.
    image : Image
        The image's layer.
    """
    return np.array(layers.plane_at(mask, index, image).read())


def shapes_mask(shapes: Shapes, image: Image, index: tuple[int, ...]) -> Mask:
    """Return the pixels of an image's plane that shapes cover, wherever the layers lie.

    Shapes that lie on another plane do not count; shapes of fewer dimensions lie on every one.

    Parameters
    ----------
    shapes : Shapes
        The layer of shapes.
    image : Image
        The image's layer.
    index : tuple of int
        Which plane of the image.
    """
    from napari.layers import Shapes

    size = layers.plane_size(image)
    corners, kinds, widths = [], [], []
    rows = zip(shapes.data, shapes.shape_type, shapes.edge_width, strict=True)
    for vertices, kind, width in rows:
        world = np.array([shapes.data_to_world(vertex) for vertex in vertices])
        full = np.zeros((len(world), image.ndim))
        shared = min(image.ndim, world.shape[1])
        full[:, -shared:] = world[:, -shared:]
        if shared < image.ndim:  # shapes for every plane
            lead = image.data_to_world((*index, 0, 0))
            full[:, : image.ndim - shared] = lead[: image.ndim - shared]
        own = np.array([image.world_to_data(vertex) for vertex in full])
        if shared == image.ndim and not np.array_equal(np.rint(own[0, :-2]), index):
            continue
        corners.append(own[:, -2:])
        kinds.append(kind)
        widths.append(width)
    if not corners:
        return np.zeros(size, dtype=bool)
    flat = Shapes(corners, shape_type=kinds, edge_width=widths)
    return np.asarray(flat.to_masks(size).any(axis=0))
