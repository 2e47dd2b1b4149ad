"""Where the result of a stack too large for memory is kept: a row of the Fill dock."""

from __future__ import annotations

import os
from importlib.util import find_spec
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from napari_greyfill.image.layer import data_of
from napari_greyfill.stack.about import Found, found_at
from napari_greyfill.stack.keeping import journal_of
from napari_greyfill.stack.result import IN_MEMORY
from napari_greyfill.viewer.widgets.texts import STACK as TEXTS

if TYPE_CHECKING:
    from napari.layers import Layer

__all__ = ["StoreRow", "beside", "is_large", "stem_of"]

_SUFFIX = ".ome.zarr"


class StoreRow(QWidget):
    """The name of a folder, and a button to choose one; empty keeps the result in memory.

    Signals
    -------
    changed
        Another folder was chosen or typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("in memory")
        self.edit.setMinimumWidth(40)
        self.browse = QPushButton("…")
        self.browse.setMaximumWidth(28)
        for each in (self.edit, self.browse):
            each.setToolTip(TEXTS["store"])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit)
        layout.addWidget(self.browse)
        self._first: Path | None = None  # what was suggested
        self._layer = ""  # unique id of the layer that it was suggested for
        self._looked: tuple[Any, Found] = (None, Found())
        self._own = False  # somebody chose another one
        self.edit.textEdited.connect(lambda _: self._type())
        self.browse.clicked.connect(lambda: self._browse())

    @property
    def path(self) -> Path | None:
        """Return where to keep the result; None keeps it in memory."""
        text = self.edit.text().strip()
        if self.isHidden() or not text:
            return None
        path = Path(text).expanduser().absolute()
        return path if path.suffix == ".zarr" else path.with_name(path.name + _SUFFIX)

    @property
    def exact(self) -> bool:
        """Return whether somebody chose the folder; a suggestion may get a number."""
        return self._own

    @property
    def wanted(self) -> Path | None:
        """Return the path to begin with: what was chosen, or the first suggestion."""
        return self.path if self._own or self.path is None else self._first

    def follow(self, image: Layer | None) -> None:
        """Suggest a folder for a stack; hide the row of a small one in memory.

        Parameters
        ----------
        image : Layer or None
            The chosen image.
        """
        shown = image is not None and is_large(image)
        self.setVisible(shown)
        if not shown or image is None or image.unique_id == self._layer:
            return
        self._layer, self._own = image.unique_id, False
        data = data_of(image)
        large = prod(map(int, data.shape)) * np.dtype(data.dtype).itemsize > IN_MEMORY
        self._first = beside(image) if large and _can_store() else None
        self._show(self._first)

    def take(self, path: Path) -> None:
        """Show where a run really keeps its result."""
        if self.path != path:
            self._show(path)

    def choose(self, path: Path) -> None:
        """Choose a folder, as the button does."""
        self._own = True
        self._show(path)
        self.changed.emit()

    def restore_default(self) -> None:
        """Suggest again what was suggested first."""
        self._own = False
        self._show(self._first)

    def found(self) -> Found:
        """Return what lies there."""
        path = self.path
        if path is None:
            return Found()
        now = (path, *map(_stamp, (path, path / "zarr.json", journal_of(path))))
        if now != self._looked[0]:
            self._looked = now, found_at(path)
        return self._looked[1]

    def _show(self, path: Path | None) -> None:
        self.edit.setText("" if path is None else str(path))
        self.edit.setCursorPosition(len(self.edit.text()))  # its end tells more

    def _type(self) -> None:
        self._own = True
        self.changed.emit()

    def _browse(self) -> None:
        start = self.path or self._first or Path.home() / f"filled{_SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            "Keep the result in",
            str(start),
            f"OME-Zarr (*{_SUFFIX})",
            options=QFileDialog.Option.DontConfirmOverwrite,  # nothing is written over
        )
        if chosen:
            self.choose(Path(chosen))


def is_large(layer: Layer) -> bool:
    """Return whether a layer's pixels are read in parts, or too many for a second array.

    Parameters
    ----------
    layer : Layer
        With any array.
    """
    data = data_of(layer)
    if not isinstance(data, np.ndarray) or isinstance(data, np.memmap):
        return True
    return bool(data.nbytes > IN_MEMORY)


def beside(layer: Layer, suffix: str = _SUFFIX) -> Path:
    """Return where the result of a layer goes by default: beside the file that it came from.

    Without a file, or where nothing can be written, it is the home folder.

    Parameters
    ----------
    layer : Layer
        Of the image.
    suffix : str
        Of the name.
    """
    told: Any = getattr(getattr(layer, "source", None), "path", None)
    path = Path(str(told)) if told else None
    if path is not None:
        stores = [each for each in (path, *path.parents) if each.suffix == ".zarr"]
        path = stores[-1] if stores else path  # not into a store
    if path is not None and path.exists() and os.access(path.parent, os.W_OK):
        return path.with_name(f"{stem_of(path)} filled{suffix}")
    name = "".join(c if c.isalnum() or c in "-_ " else "_" for c in layer.name).strip() or "stack"
    return Path.home() / f"{name} filled{suffix}"


def stem_of(path: Path) -> str:
    """Return a file's name without suffixes, those of two parts included."""
    name = path.name
    for suffix in (".ome.zarr", ".zarr", ".ome.tiff", ".ome.tif", path.suffix):
        if suffix and name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name


def _stamp(path: Path) -> Any:  # noqa: ANN401 - what changes when a file does
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _can_store() -> bool:
    return all(find_spec(name) is not None for name in ("zarr", "ome_zarr"))
