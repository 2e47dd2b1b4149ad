"""The pictures of a data set and their masks: find them, choose some, read them.

A data set is any folder with pictures in it or below it: the flat folder of CelebA, the folders of
Places365 with one for each kind of scene, or your own.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import resolved
from napari_greyfill.errors import (
    BadMaskError,
    GreyfillWarning,
    UnreadableFileError,
    UnsupportedImageError,
)
from napari_greyfill.files import ImageFile, read_image, read_mask
from napari_greyfill.files.pairs import is_mask_of, without_masks
from napari_greyfill.files.suffixes import PICTURE_SUFFIXES, is_picture_name
from napari_greyfill.masks import hole_from_mask, random_mask
from napari_greyfill.study.settings import StudySettings

__all__ = ["SMALLEST", "Subject", "chosen_pictures", "find_pictures", "read_subject", "real_path"]

SMALLEST = 32  # pixels; in a smaller picture there is next to nothing to fill from


@dataclass(frozen=True, eq=False)
class Subject:
    """A picture with its mask.

    Attributes
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array
    hole : (H, W) bool array
    notes : list of str
        What reading them warned of.
    """

    image: NDArray[Any]
    hole: NDArray[np.bool_]
    notes: list[str]


def find_pictures(folder: Path, leave_out: Sequence[Path] = ()) -> list[str]:
    """Return every picture in a folder and below, as paths from the folder with slashes.

    Parameters
    ----------
    folder : Path
        Where to begin.
    leave_out : sequence of Path
        Folders not to look into, such as one with masks. Hidden files and folders never count,
        and neither do files whose names say that they are the masks of others.

    Raises
    ------
    UnreadableFileError
        If there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise UnreadableFileError(f"{folder} {what}; give a folder of pictures.")
    closed = {resolved(path) for path in leave_out}
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and resolved(Path(here) / name) not in closed
        )
        found += [
            (Path(here) / name).relative_to(folder) for name in names if is_picture_name(name)
        ]
    found, _ = without_masks(found)
    if not found:
        kinds = ", ".join(PICTURE_SUFFIXES)
        raise UnreadableFileError(
            f"There is no picture in {folder} ({kinds}); choose another folder."
        )
    return sorted(path.as_posix() for path in found)


def chosen_pictures(names: Sequence[str], count: int, seed: int) -> list[str]:
    """Return so many pictures at random; all for a count of 0.

    The same seed chooses the same pictures; a larger count adds to them, and so do new files.

    Parameters
    ----------
    names : sequence of str
        Every picture there is.
    count : int
        0 for all of them.
    seed : int
        0 or more.
    """
    if not count:
        return list(names)
    drawn = sorted(names, key=lambda name: _draw(name, seed))
    return sorted(drawn[:count])


def _draw(name: str, seed: int) -> int:
    """Return a number that looks random and depends on nothing but name and seed."""
    digest = hashlib.sha256(f"{seed} {name}".encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big")


def read_subject(name: str, settings: StudySettings) -> Subject:
    """Read a picture and its mask, or generate one.

    Parameters
    ----------
    name : str
        Of the picture, a path from the folder of pictures.
    settings : StudySettings
        Where pictures and masks come from.

    Raises
    ------
    GreyfillError
        If the picture cannot be used, with the reason.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", GreyfillWarning)
        picture = read_image(settings.dataset_path / name)
        image = picture.array
        height, width = image.shape[:2]
        if min(height, width) < SMALLEST:
            raise UnsupportedImageError(
                f"{height} x {width} pixels are too few; choose pictures of {SMALLEST} and more."
            )
        hole = _mask_of(name, picture, settings)
    return Subject(image, hole, [f"{name}: {warning.message}" for warning in caught])


def _mask_of(name: str, picture: ImageFile, settings: StudySettings) -> NDArray[np.bool_]:
    if not settings.masks:
        seed = _draw(name, settings.options.seed) % 2**32
        shape = (picture.array.shape[0], picture.array.shape[1])
        return random_mask(shape, settings.mask_kind, share=settings.share, seed=seed)
    path = mask_file(name, Path(settings.masks), picture.path)
    painted = read_mask(path, picture, frame=settings.mask_frame, invert=settings.invert)
    return hole_from_mask(painted)


def mask_file(name: str, folder: Path, picture: Path | None = None) -> Path:
    """Return the one mask of a picture: of the same name, or of that with "mask" added.

    Masks may lie as the pictures do, all in one folder, or beside the pictures.

    Parameters
    ----------
    name : str
        The picture's, as `find_pictures` returns it.
    folder : Path
        Where the masks are.
    picture : Path, optional
        The picture's file, which is never its own mask.

    Raises
    ------
    UnreadableFileError
        If there is none.
    BadMaskError
        If it is not clear which one.
    """
    for beside in dict.fromkeys((folder / Path(name).parent, folder)):
        if not beside.is_dir():
            continue
        found = _masks_in(beside, Path(name), picture)
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise BadMaskError(f"{names} in {beside} are both its mask; remove one of them.")
        if found:
            return found[0]
    stem = Path(name).stem
    raise UnreadableFileError(f"There is no mask {stem} or {stem}_mask in {folder}; add one.")


def _masks_in(folder: Path, name: Path, picture: Path | None) -> list[Path]:
    """Return the masks of a picture in one folder; the same name comes first."""
    own = None if picture is None else real_path(picture)
    files = [
        path
        for path in sorted(folder.iterdir())
        if is_picture_name(path) and real_path(path) != own
    ]
    same = [path for path in files if path.stem == name.stem]
    if same and not (own is not None and own.parent == real_path(folder)):
        return same
    return [path for path in files if is_mask_of(path.name, name.name)]


def real_path(path: Path) -> Path:
    """Return a path without links; unlike `Path.resolve`, a loop of links is no error."""
    return Path(os.path.realpath(path))
