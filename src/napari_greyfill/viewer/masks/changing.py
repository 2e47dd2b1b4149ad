"""Changes to the mask that is chosen in the dock Masks, each one step that Undo takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QObject, Signal

from napari_greyfill.masks import about_hole
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.masks import edits
from napari_greyfill.viewer.masks.form import MasksForm
from napari_greyfill.viewer.masks.layers import counted, mask_plane, shapes_mask
from napari_greyfill.viewer.threads.background import Background

if TYPE_CHECKING:
    from napari.layers import Image, Labels
    from napari.viewer import Viewer

__all__ = ["MaskChanges"]

Mask = NDArray[np.bool_]
_On: TypeAlias = "tuple[Labels | None, Image, tuple[int, ...]]"  # mask, image, plane of the image


class MaskChanges(QObject):
    """Changes the chosen mask on the plane in view.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
        Whose layers.
    form : MasksForm
        What is chosen; it says what came of a change.
    background : Background
        Where slow changes are made.
    parent : QObject
        It goes with it.

    Signals
    -------
    changed
        A mask was changed.
    used
        What was found is in a mask, and need be shown no more.
    """

    changed = Signal()
    used = Signal()

    def __init__(
        self, viewer: Viewer, form: MasksForm, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.viewer = viewer
        self.form = form
        self.background = background

    def why_not(self, mask: Labels | None = None) -> str:
        """Return why nothing can be done to a mask (default: to a new one), or nothing."""
        image = self.form.image.layer
        return planes.not_ready(self.viewer, image, image if mask is None else mask)

    def place(self) -> tuple[Image, tuple[int, ...]]:
        """Return the image and where its displayed plane lies."""
        image = self.form.image.layer
        assert image is not None
        return image, planes.plane_index(image, self.viewer)

    def new_mask(self) -> Labels | None:
        """Add an empty mask to paint on and choose it."""
        image = self.form.image.layer
        if image is None:
            return None
        each = not self.form.each.isHidden() and self.form.each.isChecked()
        mask = planes.new_mask(self.viewer, image, each_plane=each)
        self.choose(mask)
        return mask

    def choose(self, mask: Labels) -> None:
        """Choose a mask that was made."""
        self.form.refresh_layers()
        self.form.target.choose(mask)

    def mask_of_each_plane(self, image: Image) -> Labels:
        """Add a mask with a plane for each of the image, and choose it."""
        mask = planes.new_mask(self.viewer, image, each_plane=True)
        self.choose(mask)
        return mask

    def apply_shapes(self) -> None:
        """Use the area of the chosen shapes layer."""
        shapes = self.form.hand.shapes.layer
        if shapes is not None and not self.why_not(self.form.target.layer):
            self.use(shapes_mask(shapes, *self.place()))

    def apply_labels(self) -> None:
        """Use objects of the chosen labels layer."""
        other = self.form.hand.labels.layer
        if other is None or (reason := self.why_not(other)):
            self.form.status.setText("" if other is None else reason)
            return
        try:
            text = self.form.hand.names.text().strip()
            wanted = edits.parsed_labels(text) if text else None
        except ValueError:
            self.form.status.setText("Write labels with commas between, as in 1, 3-5.")
            return
        image, index = self.place()
        plane = mask_plane(other, index, image)
        self.use((plane != 0) if wanted is None else np.isin(plane, wanted))

    def use(self, found: Mask, how: str = "", on: _On | None = None) -> None:
        """Put what was found into a mask, as one step of its history.

        Parameters
        ----------
        found : (H, W) bool array
            What was found.
        how : str
            "replace", "add" or "remove"; by default as the form says.
        on : (Labels or None, Image or None, tuple of int), optional
            Mask, image and plane; by default those in view.
        """
        mask, image, index = on or (self.form.target.layer, *self.place())
        if mask is None and image == self.form.image.layer:
            mask = self.new_mask()
        if mask is None or planes.not_ready(self.viewer, image, mask):
            return
        where = planes.plane_at(mask, index, image).index
        how = how or self.form.how.currentData()
        label = max(1, int(mask.selected_label))
        plane = edits.applied(mask_plane(mask, index, image), found, how, label)
        self._write(mask, where, plane)
        self.used.emit()

    def edit(self, name: str, size: float) -> None:
        """Change the plane in view by one of the named edits.

        Parameters
        ----------
        name : str
            Of the edit, such as "grow".
        size : float
            A distance or a number of pixels.
        """
        mask = self.form.target.layer
        if mask is None or self.why_not(mask):
            return
        size = max(1, int(mask.selected_label)) if name == "invert" else size
        self._change(mask, lambda plane: edits.EDITS[name](plane, size))

    def combine(self, name: str) -> None:
        """Combine the mask with the chosen other layer."""
        mask, other = self.form.target.layer, self.form.edit.other.layer
        if mask is None or other is None or (reason := self.why_not(other)):
            self.form.status.setText("Choose two masks." if not (mask and other) else reason)
            return
        image, index = self.place()
        painted = mask_plane(other, index, image) != 0
        label = max(1, int(mask.selected_label))
        self._change(mask, lambda plane: edits.COMBINATIONS[name](plane, painted, label))

    def _change(self, mask: Labels, make: Callable[[NDArray[Any]], NDArray[Any]]) -> None:
        """Make a plane anew in the thread; start again if it was painted on meanwhile."""
        image, index = self.place()
        where, before = planes.plane_at(mask, index, image).index, mask_plane(mask, index, image)

        def use(plane: NDArray[Any]) -> None:
            if mask not in self.viewer.layers:
                return
            if np.array_equal(planes.plane_at(mask, where).read(), before):
                self._write(mask, where, plane)
            else:
                self._change(mask, make)

        self.background.ask("edit", lambda: make(before), use)

    def _write(self, mask: Labels, where: tuple[int, ...], plane: NDArray[Any]) -> None:
        planes.edit_mask(mask, where, plane)
        odd = about_hole(plane != 0)
        question = " Is the mask the wrong way round? Invert mask turns it." if odd else ""
        self.form.status.setText(f"Masked: {counted(plane != 0)}.{question}")
        self.changed.emit()
