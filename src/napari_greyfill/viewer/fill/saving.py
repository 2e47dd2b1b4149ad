"""Takes a result home: a file beside its source that keeps what the source's file says."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtWidgets import QFileDialog, QWidget

from napari_greyfill.errors import GreyfillError, UnwritablePathError

if TYPE_CHECKING:
    from napari.layers import Image

__all__ = ["Saving", "ask_where", "source_path"]

_KINDS = "Pictures (*.png *.tif *.tiff *.jpg *.jpeg *.webp *.bmp)"


@dataclass(frozen=True, eq=False)
class Saving:
    """What is written where; it knows neither viewer nor widgets.

    Attributes
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array
    mask : (H, W) bool array
    path : Path
        Of the result; its suffix says in which format.
    source : Path or None
        The file the image came from, if there is one.
    """

    image: NDArray[Any]
    mask: NDArray[np.bool_]
    path: Path
    source: Path | None = None

    @property
    def mask_path(self) -> Path:
        """Return where the mask goes: beside the result."""
        return self.path.with_name(f"{self.path.stem} mask.png")

    def write(self) -> str:
        """Write the result and its mask, and return a sentence about it.

        EXIF data, colour profile and pixel size are those of the source's file, as far as the
        format takes them.

        Raises
        ------
        UnwritablePathError
            If a file cannot be written, or is the source itself.
        """
        from napari_greyfill.files import lost_metadata, read_image, write_image

        if self.source is not None and self.path.resolve() == self.source.resolve():
            raise UnwritablePathError(
                f"{self.path.name} is the picture itself, which is kept; choose another name."
            )
        like = None
        if self.source is not None:
            try:
                like = read_image(self.source)
            except GreyfillError:  # a stack, or opened by another reader: only pixels are kept
                like = None
        lost = lost_metadata(self.path, like) if like is not None else []
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            write_image(self.path, self.image, like)
            write_image(self.mask_path, self.mask.astype(np.uint8) * 255)
        said = [f"Saved {self.path.name} and {self.mask_path.name} in {self.path.parent}."]
        said += [f"{each.message}" for each in told]
        if self.source is not None and like is None:
            said.append(f"What {self.source.name} says besides pixels could not be read.")
        if lost:
            said.append(f"Not kept by this format: {', '.join(lost)}.")
        return " ".join(said)


def source_path(image: Image | None) -> Path | None:
    """Return the file that an image layer was read from; None if it is gone or there was none."""
    path = getattr(getattr(image, "source", None), "path", None)
    return Path(path) if path and Path(path).is_file() else None


def ask_where(parent: QWidget, source: Path | None, name: str) -> Path | None:
    """Ask where to save a result; beside its source, and in its format, unless told otherwise.

    Parameters
    ----------
    parent : QWidget
        What the dialog belongs to.
    source : Path or None
        The file the image came from.
    name : str
        The name of the result's layer.

    Returns
    -------
    Path or None
        None if the dialog was left.
    """
    from napari_greyfill.files.writing import require_writable

    suggested = Path.home() / f"{_file_name(name)}.png"
    if source is not None:
        suggested = source.with_name(f"{source.stem} filled{source.suffix}")
        try:
            require_writable(suggested)
        except UnwritablePathError:
            suggested = suggested.with_suffix(".tif")
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save the result", str(suggested), _KINDS)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_suffix(suggested.suffix)


def _file_name(name: str) -> str:
    """Return a layer's name as a file may have it."""
    return "".join(c if c.isalnum() or c in "-_. " else "_" for c in name).strip(" .") or "result"
