"""Small pictures of what went into a study and what came out, for its contact sheet."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from napari_greyfill.atomic import reason_of, replacing
from napari_greyfill.comparison import Combination, Row
from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.image.values import value_range
from napari_greyfill.study.folder import StudyFolder
from napari_greyfill.study.pictures import Subject

__all__ = ["hole_in", "keep_inputs", "keep_result", "name_of", "read_small"]

ORIGINAL, WITH_HOLE = "original", "hole"
_SIDE = 160
_HOLE_COLOUR = (230, 0, 120)  # hardly found in pictures


def keep_inputs(folder: StudyFolder, picture: str, subject: Subject) -> None:
    """Keep the picture, and the picture with its hole painted over.

    Parameters
    ----------
    folder : StudyFolder
        Where they are kept.
    picture : str
        Its name.
    subject : Subject
        Picture and mask as they were read.
    """
    path = folder.thumbnail(picture, ORIGINAL)
    if path.is_file():
        return
    small = _small(subject.image)
    _write(path, small)
    rows, columns = (
        np.linspace(0, side - 1, length).round().astype(int)
        for side, length in zip(subject.hole.shape, small.shape[:2], strict=True)
    )
    colour = small if small.ndim == 3 else np.repeat(small[..., None], 3, axis=-1)
    painted = np.where(subject.hole[np.ix_(rows, columns)][..., None], _HOLE_COLOUR, colour)
    _write(folder.thumbnail(picture, WITH_HOLE), painted.astype(np.uint8))


def keep_result(folder: StudyFolder, picture: str, row: Row) -> None:
    """Keep a filled picture.

    Parameters
    ----------
    folder : StudyFolder
        Where it is kept.
    picture : str
        Its name.
    row : Row
        Has an image.
    """
    assert row.image is not None  # the caller has looked
    _write(folder.thumbnail(picture, name_of(row.combination)), _small(row.image))


def hole_in(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return the hole in a small picture with its hole painted over, by its colour."""
    return np.asarray((image[..., :3] == _HOLE_COLOUR).all(axis=-1), dtype=bool)


def name_of(combination: Combination) -> str:
    """Return what a combination's pictures are called."""
    parts = (combination.method, combination.pipeline, combination.colorizer)
    return "_".join(part for part in parts if part)


def read_small(path: Path) -> NDArray[np.uint8] | None:
    """Return a small picture, or None if it is not there or damaged."""
    try:
        with Image.open(path) as image:
            return np.asarray(image)
    except (OSError, SyntaxError, ValueError):  # as Pillow says that it is damaged
        return None


def _small(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Return a picture in 8 bits, without alpha, at most 160 pixels long."""
    colours = image[..., :3] if image.ndim == 3 else image
    step = max(1, max(image.shape[:2]) // (2 * _SIDE))  # the rest is averaged
    values = np.ascontiguousarray(colours[::step, ::step])
    if values.dtype != np.uint8:
        finite = np.nan_to_num(values) if values.dtype.kind == "f" else values
        unit = value_range(finite).to_clipped_unit(finite)
        values = (255 * unit).round().astype(np.uint8)
    small = Image.fromarray(values)
    small.thumbnail((_SIDE, _SIDE))
    return np.asarray(small)


def _write(path: Path, image: NDArray[np.uint8]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            encoded = BytesIO()
            Image.fromarray(image).save(encoded, "PNG")
            file.write(encoded.getbuffer())
    except OSError as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); make room, then go on with --resume."
        ) from error
