"""The dock Masks: paint masks, find them in the picture, draw them at random, change them.

`MasksDock` connects the form (`MasksForm`), what finds masks (`MaskFinder`), the thread in which
that happens (`Background`), the mouse (`Pointer`) and the layers (`MaskPreview`, `MaskedLayers`,
`layers.edit_mask`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Signal
from qtpy.QtGui import QHideEvent, QShowEvent
from qtpy.QtWidgets import QVBoxLayout
from superqt.utils import QSignalThrottler

from napari_greyfill.errors import GreyfillError
from napari_greyfill.masks import about_hole
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.masks import edits
from napari_greyfill.viewer.masks.all_planes import Changes, work_on_all
from napari_greyfill.viewer.masks.finder import MaskFinder
from napari_greyfill.viewer.masks.form import MasksForm
from napari_greyfill.viewer.masks.layers import MaskPreview, mask_plane, shapes_mask
from napari_greyfill.viewer.masks.outputs import MaskedLayers, MaskedPlane, ask_and_save
from napari_greyfill.viewer.masks.pointer import Pixel, Pointer
from napari_greyfill.viewer.threads.background import Background
from napari_greyfill.viewer.widgets.dock import Dock
from napari_greyfill.viewer.widgets.failures import show_failure
from napari_greyfill.viewer.widgets.scroll import VerticalScroll

if TYPE_CHECKING:
    import napari.viewer
    from napari.layers import Image, Labels, Layer

__all__ = ["MasksDock"]

Mask = NDArray[np.bool_]
_On: TypeAlias = "tuple[Labels | None, Image, tuple[int, ...]]"  # mask, image, plane of the image
_THROTTLE = 30  # milliseconds between looks at a moving slider


class MasksDock(Dock):
    """Makes and changes masks of an image layer.

    Parameters
    ----------
    napari_viewer : napari.viewer.Viewer

    Signals
    -------
    mask_changed
        The mask was changed by a button of this dock.
    previewed
        The preview shows what is chosen now.
    """

    mask_changed = Signal()
    previewed = Signal()

    def __init__(self, napari_viewer: napari.viewer.Viewer) -> None:
        super().__init__()
        self.viewer = napari_viewer
        self.form = MasksForm(napari_viewer)
        self.preview = MaskPreview(napari_viewer)
        self.outputs = MaskedLayers(napari_viewer)
        self.background = Background(self)
        self.pointer = Pointer(
            napari_viewer, lambda: self.form.image.layer, self._pick, self._drag
        )
        self.finder = MaskFinder(napari_viewer, self.form)
        self._watched: Layer | None = None
        self._out_of_sight = False
        self._dismissed = False  # the user deleted the preview, and changed nothing since
        self._asked = QSignalThrottler(QSignalThrottler.EmissionPolicy.Trailing, self)
        self._asked.setTimeout(_THROTTLE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(VerticalScroll(self.form))
        self._connect()
        self.form.refresh_layers()

    def _connect(self) -> None:
        form = self.form
        form.layers_changed.connect(self.refresh)
        form.found_changed.connect(self._preview_anew)
        form.tabs.currentChanged.connect(lambda _: self._preview_anew())
        form.new_mask_wanted.connect(self.new_mask)
        form.apply_wanted.connect(self.apply)
        form.apply_all_wanted.connect(self.apply_to_all)
        form.mask_bar.bind(
            self.viewer,
            lambda: form.image.layer,
            lambda: form.target.layer,
            self._choose_mask,
        )
        form.mask_bar.inverted.connect(self._tell_change)
        form.hand.tool_wanted.connect(self.take_tool)
        form.hand.rectangle_wanted.connect(self._draw_rectangle)
        form.hand.shapes_wanted.connect(self.apply_shapes)
        form.hand.labels_wanted.connect(self.apply_labels)
        form.picture.picking.connect(lambda wanted: self.pointer.listen(picking=wanted))
        form.edit.edit_wanted.connect(self.edit)
        form.edit.combination_wanted.connect(self.combine)
        form.grey_wanted.connect(lambda: self.show_masked("grey"))
        form.colour_wanted.connect(lambda: self.show_masked("colour"))
        form.save_wanted.connect(self._ask_and_save)
        self._asked.triggered.connect(self._start_preview)
        self.background.failed.connect(self._show_failure)
        for emitter in ("current_step", "ndisplay", "order"):
            self._follow(getattr(self.viewer.dims.events, emitter), self._changed)

    # ------------------------------------------------------------ what is chosen

    def reset_choices(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        """List the layers anew; napari calls it when layers come, go or are renamed."""
        if self.closed:
            return
        if self.preview.was_deleted:
            self._dismissed = True
        self.form.refresh_layers()

    def why_not(self, mask: Labels | None = None) -> str:
        """Return why nothing can be done to a mask (default: to a new one), or nothing."""
        image = self.form.image.layer
        return planes.not_ready(self.viewer, image, image if mask is None else mask)

    def refresh(self) -> None:
        """Bring buttons, the sentence above them and the preview up to date."""
        self._watch(self.form.image.layer)
        reason = self.why_not(self.form.target.layer)
        self.form.enable(not reason, has_mask=self.form.target.layer is not None)
        if not reason and self.form.tab is self.form.edit and self.form.target.layer is None:
            reason = "Choose the mask to edit."
        self.form.status.setText(reason)
        self.form.mask_bar.refresh()
        self._ask_preview()

    def _changed(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        if not self.closed:  # viewer and layers outlive a closed dock
            self.refresh()

    def _watch(self, image: Layer | None) -> None:
        """Look at a picture anew when its data are replaced."""
        if image == self._watched:
            return
        if self._watched is not None:
            self._watched.events.data.disconnect(self._forget)
        if image is not None:
            image.events.data.connect(self._forget)
        self._watched = image
        self.form.picture.set_pixel(None)
        self.pointer.listen(picking=self.pointer.picking)

    def _forget(self, event: Any = None) -> None:  # noqa: ANN401 - napari's event
        if not self.closed:
            self.finder.forget()
            self._ask_preview()

    def _place(self) -> tuple[Image, tuple[int, ...]]:
        """Return the image and where its displayed plane lies."""
        image = self.form.image.layer
        assert image is not None
        return image, planes.plane_index(image, self.viewer)

    # ------------------------------------------------------------ preview

    def _ask_preview(self) -> None:
        """Look soon; a moving slider is looked at again and again, not only at its end."""
        self._asked.throttle()

    def _preview_anew(self) -> None:
        """Look soon, for what is found is something else now."""
        self._dismissed = False
        self._ask_preview()

    def _start_preview(self) -> None:
        hidden = self._out_of_sight or self._dismissed
        find = self._work() if self.form.preview_wanted() and not hidden else None
        if find is None:
            self.hide_preview()
            return
        image, index = self._place()
        placement = planes.Placement.of(image, index)
        self.background.ask("preview", find, lambda found: self._show(found, placement))

    def _work(self) -> Callable[[], Mask] | None:
        """Return what finds the mask of the tab in front, ready to run in the thread."""
        if self.why_not():
            return None
        try:
            find = self.finder.work()
        except GreyfillError as error:
            self._show_failure(error)
            return None
        if find is None and self.form.tab is self.form.picture:
            self.form.status.setText("Click on the picture, on what is to be masked.")
        return find

    def _show(self, found: Mask, placement: planes.Placement) -> None:
        self.preview.show(found, placement)
        self.form.status.setText(f"Preview: {_counted(found)}.")
        self.previewed.emit()

    def hide_preview(self) -> None:
        """Take the preview away, and whatever was still to be shown."""
        self.background.drop("preview")
        self.preview.hide()

    def _show_failure(self, error: Exception) -> None:
        """Say a known error in the dock; show anything else as a bug."""
        self.preview.hide()
        self.form.status.setText(str(error))
        if not isinstance(error, GreyfillError):
            show_failure(error)

    # ------------------------------------------------------------ changing the mask

    def new_mask(self) -> Labels | None:
        """Add an empty mask to paint on and choose it."""
        image = self.form.image.layer
        if image is None:
            return None
        each = not self.form.each.isHidden() and self.form.each.isChecked()
        mask = planes.new_mask(self.viewer, image, each_plane=each)
        self._choose_mask(mask)
        return mask

    def apply(self) -> None:
        """Use what the tab in front finds, on the plane that is in view now."""
        find, mask = self._work(), self.form.target.layer
        if find is None:
            return
        image, index = self._place()

        def use(found: Mask) -> None:
            if image in self.viewer.layers and (mask is None or mask in self.viewer.layers):
                self._use(found, on=(mask, image, index))

        self.background.ask("apply", find, use)

    def apply_to_all(self) -> None:
        """Use what the tab in front finds in every plane of the stack."""
        image, mask, how = self._place()[0], self.form.target.layer, self.form.how.currentData()
        numbers = {index: number for number, index in enumerate(planes.plane_indices(image))}
        if self._work() is None:
            return
        work = work_on_all(
            lambda index: self.finder.work_at(index, numbers[index]), image, mask, how
        )

        def use(changes: Changes) -> None:
            if image in self.viewer.layers and (mask is None or mask in self.viewer.layers):
                changes.write(mask or self._mask_of_each_plane(image))
                self.hide_preview()
                text = f"Masked: {changes.masked:,} pixels in {changes.planes} planes."
                self.form.status.setText(text)
                self._tell_change()

        self.form.status.setText(f"Looking at {len(numbers)} planes…")
        self.background.ask("apply", work, use)

    def _mask_of_each_plane(self, image: Image) -> Labels:
        mask = planes.new_mask(self.viewer, image, each_plane=True)
        self._choose_mask(mask)
        return mask

    def apply_shapes(self) -> None:
        """Use the area of the chosen shapes layer."""
        shapes = self.form.hand.shapes.layer
        if shapes is not None and not self.why_not(self.form.target.layer):
            self._use(shapes_mask(shapes, *self._place()))

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
        image, index = self._place()
        plane = mask_plane(other, index, image)
        self._use((plane != 0) if wanted is None else np.isin(plane, wanted))

    def _use(self, found: Mask, how: str = "", on: _On | None = None) -> None:
        """Put what was found into a mask, by default that in view, as one step of its history."""
        mask, image, index = on or (self.form.target.layer, *self._place())
        if mask is None and image == self.form.image.layer:
            mask = self.new_mask()
        if mask is None or planes.not_ready(self.viewer, image, mask):
            return
        where = planes.plane_at(mask, index, image).index
        how = how or self.form.how.currentData()
        label = max(1, int(mask.selected_label))
        plane = edits.applied(mask_plane(mask, index, image), found, how, label)
        self._write(mask, where, plane)
        self.hide_preview()

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
        image, index = self._place()
        painted = mask_plane(other, index, image) != 0
        label = max(1, int(mask.selected_label))
        self._change(mask, lambda plane: edits.COMBINATIONS[name](plane, painted, label))

    def _change(self, mask: Labels, make: Callable[[NDArray[Any]], NDArray[Any]]) -> None:
        """Make a plane anew in the thread; start again if it was painted on meanwhile."""
        image, index = self._place()
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
        self.form.status.setText(f"Masked: {_counted(plane != 0)}.{question}")
        self._tell_change()

    def _choose_mask(self, mask: Labels) -> None:
        self.form.refresh_layers()
        self.form.target.choose(mask)

    def _tell_change(self) -> None:
        self.form.mask_bar.refresh()
        self.mask_changed.emit()

    # ------------------------------------------------------------ by hand

    def take_tool(self, mode: str) -> None:
        """Paint on the mask with one of napari's own tools."""
        mask = self.form.target.layer or self.new_mask()
        if mask is not None:
            self.form.hand.rectangle.setChecked(False)
            self.viewer.layers.selection.active = mask
            mask.mode = mode

    def _draw_rectangle(self, wanted: bool) -> None:
        self.pointer.listen(drawing=wanted and not self.why_not(self.form.target.layer))

    def _drag(self, start: Pixel, end: Pixel, unfinished: bool) -> None:
        (y0, y1), (x0, x1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
        image, index = self._place()
        found = np.zeros(planes.plane_size(image), dtype=bool)
        found[y0 : y1 + 1, x0 : x1 + 1] = True
        if unfinished:
            self.preview.show(found, planes.Placement.of(image, index))
            return
        self.form.hand.rectangle.setChecked(False)
        self.preview.hide()
        self._use(found, "remove" if self.form.how.currentData() == "remove" else "add")

    def _pick(self, pixel: Pixel) -> None:
        self.form.picture.set_pixel(pixel)

    # ------------------------------------------------------------ outputs

    def _masked(self) -> MaskedPlane | None:
        """Return the displayed plane and the mask on it; None if there is none that fits."""
        mask = self.form.target.layer
        if mask is None or self.why_not(mask):
            return None
        image, index = self._place()
        return MaskedPlane(image, mask, index, self.form.hole.currentData())

    def show_masked(self, role: Literal["grey", "colour"]) -> None:
        """Add the grey-masked or the colour-masked image as a layer."""
        masked = self._masked()
        if masked is None:
            return
        try:
            self.outputs.show(masked, role)
        except GreyfillError as error:
            self._show_failure(error)

    def _ask_and_save(self) -> None:
        masked = self._masked()
        if masked is None:
            return
        try:
            text = ask_and_save(self, masked)
        except GreyfillError as error:
            self._show_failure(error)
            return
        if text:
            self.form.status.setText(text)

    # ------------------------------------------------------------ coming and going

    def hideEvent(self, event: QHideEvent) -> None:
        """Take preview and mouse back while the dock is out of sight."""
        self._out_of_sight = True
        self._rest()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Show the preview again."""
        super().showEvent(event)
        self._out_of_sight = False
        self._ask_preview()

    def _let_go(self) -> None:
        self._watch(None)
        self.background.leave()
        self._rest()

    def _rest(self) -> None:
        self._asked.cancel()
        self.form.hand.rectangle.setChecked(False)
        self.form.picture.pick.setChecked(False)
        self.pointer.listen()
        self.hide_preview()


def _counted(found: Mask) -> str:
    return f"{np.count_nonzero(found):,} pixels ({found.mean():.1%})"
