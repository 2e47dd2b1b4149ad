"""Masks that are no labels layers yet: image layers that show one, and files.

`mask_of_image` and `mask_of_file` add labels layers, read by the rules of the command line;
`MaskBar` is what the docks show below their choice of a mask.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.errors import GreyfillError, GreyfillWarning
from napari_greyfill.files import orientation_of, read_mask_as_stored
from napari_greyfill.image.painted import looks_like_mask, painted_in
from napari_greyfill.masks import Finding, about_hole
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.choosing import is_made_here
from napari_greyfill.viewer.layers.keeping import same_plane
from napari_greyfill.viewer.masks.edits import EDITS
from napari_greyfill.viewer.widgets.failures import outcome_shown
from napari_greyfill.viewer.widgets.parts import button
from napari_greyfill.viewer.widgets.texts import MASK_BAR as TEXTS

if TYPE_CHECKING:
    from napari.layers import Image, Labels
    from napari.viewer import Viewer

__all__ = ["MaskBar", "mask_images", "mask_of_file", "mask_of_image"]

_LARGEST = 20_000_000  # values; larger layers, and lazy ones, are not looked into
_ELSEWHERE = (
    "The mask is not seen where its pixels are on the image: it has another scale, place or "
    "rotation. It is used pixel by pixel; give it those of the image, or press New mask."
)
_FILTER = "Masks (*.png *.tif *.tiff *.jpg *.jpeg *.bmp *.gif *.webp *.roi *.zip);;All files (*)"


def mask_images(viewer: Viewer, image: Image | None) -> list[Image]:
    """Return the image layers of an image's size that look like a mask.

    Parameters
    ----------
    viewer : Viewer
        Whose layers.
    image : Image or None
        None if none is chosen.
    """
    import napari.layers

    if image is None or image not in viewer.layers:
        return []
    size = planes.plane_size(image)
    return [
        layer
        for layer in viewer.layers
        if isinstance(layer, napari.layers.Image)
        and layer is not image
        and not is_made_here(layer)
        and _is_plane(layer, size)
        and looks_like_mask(layer.data)
    ]


def _is_plane(layer: Image, size: tuple[int, int]) -> bool:
    data = layer.data
    plain = isinstance(data, np.ndarray) and data.size <= _LARGEST
    return plain and layer.ndim == 2 and planes.plane_size(layer) == size


def mask_of_image(viewer: Viewer, layer: Image) -> tuple[Labels, list[str]]:
    """Add a labels layer of what an image layer shows as painted, and say how it was read.

    Parameters
    ----------
    viewer : Viewer
        Where the labels go.
    layer : Image
        Shows a mask.

    Raises
    ------
    BadMaskError
        If it is not clear what is painted.
    """
    data = np.asarray(layer.data)
    alpha = data[..., 3] if data.ndim == 3 and data.shape[-1] == 4 else None
    values = data[..., :3] if data.ndim == 3 else data
    painted = painted_in(values, alpha, name=layer.name)
    return _added(viewer, painted.mask, f"{layer.name} as mask", layer), list(painted.said)


def mask_of_file(viewer: Viewer, path: Path, image: Image) -> tuple[Labels, list[str]]:
    """Add a labels layer of a mask file, turned as an image lies, and say how it was read.

    Parameters
    ----------
    viewer : Viewer
        Where the labels go.
    path : Path
        A picture, or regions of ImageJ.
    image : Image
        What the mask is for.

    Raises
    ------
    GreyfillError
        As `read_mask` does.
    """
    size = planes.plane_size(image)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", GreyfillWarning)
        mask = read_mask_as_stored(path, size, _orientation(image, size))
    said = [str(w.message) for w in caught if issubclass(w.category, GreyfillWarning)]
    return _added(viewer, mask, path.stem, image), said


def _orientation(image: Image, size: tuple[int, int]) -> int:
    """Return how an image layer's file says it is to be turned, if napari did not turn it."""
    path = image.source.path
    if path is None or not Path(path).is_file():
        return 1
    try:
        orientation, stored = orientation_of(path)
    except GreyfillError:  # another reader opened it, such as that of a microscope
        return 1
    return orientation if stored == size else 1


def _added(viewer: Viewer, mask: NDArray[Any], name: str, like: Image) -> Labels:
    """Add a flat mask that lies on an image, or on every plane of a stack."""
    data = mask.astype(np.uint8) if mask.dtype.kind == "b" else mask.astype(np.int32)
    spatial = planes.flat(like, planes.plane_index(like, viewer))
    with same_plane(viewer):
        return viewer.add_labels(data, name=name, **spatial)


class MaskBar(QWidget):
    """Below the choice of a mask: what is odd about it, and where else a mask may come from.

    Signals
    -------
    inverted
        The mask was changed.
    """

    inverted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._choices: _Choices | None = None
        self._listed: tuple[object, ...] = ()
        self._found: list[Image] = []
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.invert = button("Invert mask", TEXTS["invert"], self.invert_mask)
        self.source = button("Mask from…", TEXTS["source"])
        self.menu = QMenu(self.source)
        self.source.setMenu(self.menu)
        self._row = QHBoxLayout()
        self._row.addWidget(self.source)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._row)
        layout.addWidget(self.sentence)
        layout.addWidget(self.invert)
        self._say([])

    def begin_with(self, made: QPushButton) -> None:
        """Put a button before the others."""
        self._row.insertWidget(0, made)

    def bind(
        self,
        viewer: Viewer,
        image: Callable[[], Image | None],
        mask: Callable[[], Labels | None],
        choose: Callable[[Labels], object],
    ) -> None:
        """Tell the bar about the dock it is in.

        Parameters
        ----------
        viewer : napari.viewer.Viewer
            The viewer that the dock belongs to.
        image, mask : callable
            Return the layers that are chosen.
        choose : callable
            Choose a labels layer as the mask.
        """
        self._choices = _Choices(viewer, image, mask, choose)

    def refresh(self) -> None:
        """Look at image and mask anew."""
        if self._choices is None:
            return
        image, mask = self._choices.image(), self._choices.mask()
        self.source.setEnabled(image is not None)
        self._list(image)
        self._say(self._choices.findings(image, mask))
        if mask is None and self._found:
            self._tell(
                f"The layer “{self._found[0].name}” looks like a mask; Mask from… makes it one."
            )

    def _say(self, findings: list[Finding]) -> None:
        self._tell(" ".join(finding.sentence for finding in findings))
        self.invert.setVisible(any(finding.remedy == "invert" for finding in findings))

    def _tell(self, text: str) -> None:
        self.sentence.setText(text)
        self.sentence.setVisible(bool(text))

    def _list(self, image: Image | None) -> None:
        """List the layers that look like a mask, if other layers are there than before."""
        assert self._choices is not None
        viewer = self._choices.viewer
        named = ((layer.unique_id, layer.name, id(layer.data)) for layer in viewer.layers)
        there = (image, *named)
        if there == self._listed and self.menu.actions():
            return
        self._listed = there
        self._found = mask_images(viewer, image)
        self.menu.clear()
        for layer in self._found:
            action = self.menu.addAction(f"Layer {layer.name}")
            action.triggered.connect(lambda _=False, layer=layer: self.use_image(layer))
        self.menu.addAction("Open mask file…").triggered.connect(lambda _=False: self._ask_file())

    def use_image(self, layer: Image) -> None:
        """Make a mask of an image layer, and choose it."""
        if self._choices is not None:
            viewer = self._choices.viewer
            self._use(lambda: mask_of_image(viewer, layer))

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open mask file", "", _FILTER)
        if path:
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """Make a mask of a file, and choose it."""
        if self._choices is None or (image := self._choices.image()) is None:
            return
        viewer = self._choices.viewer
        self._use(lambda: mask_of_file(viewer, path, image))

    def _use(self, make: Callable[[], tuple[Labels, list[str]]]) -> None:
        from napari.utils.notifications import show_info

        assert self._choices is not None
        outcome = outcome_shown(make)
        if outcome is None:
            return
        mask, said = outcome
        self._choices.choose(mask)
        for sentence in said:
            show_info(sentence)

    def invert_mask(self) -> None:
        """Turn the mask of the plane in view, as one step that Undo takes back."""
        if self._choices is not None and self._choices.invert():
            self.inverted.emit()


@dataclass(frozen=True)
class _Choices:
    """What is chosen in the dock that a bar is in."""

    viewer: Viewer
    image: Callable[[], Image | None]
    mask: Callable[[], Labels | None]
    choose: Callable[[Labels], object]

    def findings(self, image: Image | None, mask: Labels | None) -> list[Finding]:
        """Return what is odd about the plane of the mask in view."""
        if planes.not_ready(self.viewer, image, mask):
            return []
        assert image is not None
        assert mask is not None
        plane = planes.plane_at(mask, planes.plane_index(image, self.viewer), image).read()
        found = about_hole(plane)
        if plane.any() and planes.lies_elsewhere(mask, image):
            found.append(Finding(_ELSEWHERE))
        return found

    def invert(self) -> bool:
        image, mask = self.image(), self.mask()
        if planes.not_ready(self.viewer, image, mask):
            return False
        assert image is not None
        assert mask is not None
        source = planes.plane_at(mask, planes.plane_index(image, self.viewer), image)
        plane = np.asarray(source.read())
        planes.edit_mask(mask, source.index, EDITS["invert"](plane, max(1, mask.selected_label)))
        return True
