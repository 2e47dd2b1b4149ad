"""What the Masks dock makes of a picture and a mask: masked images, as layers and as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qtpy.QtWidgets import QFileDialog, QMessageBox, QWidget

from napari_greyfill.errors import GreyfillError
from napari_greyfill.masks import masked_images
from napari_greyfill.masks.outputs import HoleValue
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.own import Purpose
from napari_greyfill.viewer.layers.results import ResultImage, put_image
from napari_greyfill.viewer.masks.layers import mask_plane

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Layer
    from napari.viewer import Viewer

__all__ = ["MaskedLayers", "MaskedPlane", "ask_and_save"]


@dataclass(frozen=True, eq=False)
class MaskedPlane:
    """A plane of an image, the mask on it, and what the hole is to hold.

    Attributes
    ----------
    index : tuple of int
        Where the plane lies in the image.
    """

    image: Image
    mask: Labels
    index: tuple[int, ...]
    value: HoleValue

    def as_image(self, role: Literal["grey", "colour"]) -> ResultImage:
        """Return the grey-masked or the colour-masked image.

        Raises
        ------
        GreyfillError
            As in `masked_images`.
        """
        made = masked_images(
            planes.plane_at(self.image, self.index).read(),
            mask_plane(self.mask, self.index, self.image),
            value=self.value,
            rgb=bool(self.image.rgb),
        )
        data = made.grey if role == "grey" else made.colour
        rgb = role == "colour" and bool(self.image.rgb)
        return ResultImage(f"{role}-masked", data, rgb, visible=True)

    def save(self, folder: Path, *, force: bool = False) -> str:
        """Write mask and masked images into a folder, and return a sentence about it.

        Parameters
        ----------
        folder : Path
            Made if it is not there.
        force : bool
            Whether files that exist may be replaced.

        Raises
        ------
        GreyfillError
            As in `write_triple`.
        """
        from napari_greyfill.datasets import write_triple

        written = write_triple(
            folder,
            "_".join([_file_name(self.image.name), *map(str, self.index)]),
            planes.plane_at(self.image, self.index).read(),
            mask_plane(self.mask, self.index, self.image),
            value=self.value,
            rgb=bool(self.image.rgb),
            made_by={"layer": self.mask.name, "plane": list(self.index)},
            force=force,
        )
        return f"Wrote {written.mask.name} and three more to {folder}."


@dataclass
class MaskedLayers:
    """The masked images as layers; pressed again, a button updates the layer it made."""

    viewer: Viewer

    def show(self, masked: MaskedPlane, role: Literal["grey", "colour"]) -> Layer:
        """Add or update one of the masked images; raises as `MaskedPlane.as_image` does.

        Parameters
        ----------
        masked : MaskedPlane
            The plane and its mask.
        role : {"grey", "colour"}
            Which of the two images.
        """
        purpose = Purpose("masked", masked.image.unique_id, masked.index, role=role)
        placement = planes.Placement.of(masked.image, masked.index)
        return put_image(self.viewer, purpose, placement, masked.as_image(role))


def ask_and_save(parent: QWidget, masked: MaskedPlane) -> str:
    """Ask for a folder, and before anything in it is overwritten, and write there.

    Parameters
    ----------
    parent : QWidget
        What the dialogs belong to.
    masked : MaskedPlane
        What is to be written.

    Returns
    -------
    str
        A sentence about what was written; empty if no folder was chosen.

    Raises
    ------
    GreyfillError
        As in `MaskedPlane.save`.
    """
    chosen = QFileDialog.getExistingDirectory(parent, "Folder for mask and masked images")
    if not chosen:
        return ""
    try:
        return masked.save(Path(chosen))
    except GreyfillError as error:
        question = f"{error}\n\nOverwrite?"
        if "exists" in str(error) and QMessageBox.question(parent, "Save", question) == _YES:
            return masked.save(Path(chosen), force=True)
        raise


_YES = QMessageBox.StandardButton.Yes


def _file_name(name: str) -> str:
    """Return a layer's name as a file may have it."""
    return "".join(c if c.isalnum() or c in "-_. " else "_" for c in name).strip(" .") or "image"
