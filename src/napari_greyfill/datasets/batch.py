"""From a folder of pictures to a folder of triples, whatever the folder holds."""

from __future__ import annotations

import os
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import reason_of, resolved
from napari_greyfill.datasets.triples import Triple, warn_if_mostly_masked, write_triple
from napari_greyfill.errors import (
    BadParameterError,
    GreyfillError,
    GreyfillWarning,
    UnreadableFileError,
    UnwritablePathError,
)
from napari_greyfill.files.base import ImageFile
from napari_greyfill.files.pairs import without_masks
from napari_greyfill.files.reading import read_image
from napari_greyfill.files.suffixes import PICTURE_SUFFIXES, is_picture_name
from napari_greyfill.masks.outputs import HoleValue

__all__ = [
    "SMALLEST",
    "BatchReport",
    "MaskMaker",
    "PictureOutcome",
    "mask_pictures",
    "pictures_in",
]

SMALLEST = 16  # pixels a side; there is nothing to mask in less
# makes a mask for a picture, and says how it was made; the number is the picture's own seed
MaskMaker = Callable[[ImageFile, int], tuple[NDArray[np.bool_], dict[str, Any]]]


@dataclass(frozen=True)
class PictureOutcome:
    """What became of one picture.

    Attributes
    ----------
    picture : Path
    written : Triple or None
    share : float
        Masked share of the picture; 0 if it was skipped.
    problem : str
        Why it was skipped; empty if it was not.
    warnings : tuple of str
    """

    picture: Path
    written: Triple | None = None
    share: float = 0.0
    problem: str = ""
    warnings: tuple[str, ...] = ()


@dataclass
class BatchReport:
    """What became of all pictures, in order."""

    outcomes: list[PictureOutcome] = field(default_factory=list)

    @property
    def done(self) -> list[PictureOutcome]:
        """Return the pictures that have a triple now."""
        return [outcome for outcome in self.outcomes if outcome.written is not None]

    @property
    def skipped(self) -> list[PictureOutcome]:
        """Return the pictures that have none."""
        return [outcome for outcome in self.outcomes if outcome.written is None]


def pictures_in(folder: str | os.PathLike[str]) -> list[Path]:
    """Return the picture files of a folder, in the order of their names; not of its folders.

    Files whose names say that they are the masks of others are none.

    Raises
    ------
    UnreadableFileError
        If there is no such folder, or it holds no picture.
    """
    folder = Path(folder)
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise UnreadableFileError(
            f"The folder {folder} cannot be read ({error.strerror}); choose another one."
        ) from error
    pictures, _ = without_masks([path for path in files if is_picture_name(path)])
    if not pictures:
        raise UnreadableFileError(
            f"The folder {folder} holds no picture; these count: {', '.join(PICTURE_SUFFIXES)}."
        )
    return pictures


def mask_pictures(
    pictures: Sequence[Path],
    folder: str | os.PathLike[str],
    make_mask: MaskMaker,
    *,
    seed: int = 0,
    value: HoleValue = "black",
    force: bool = False,
    expect_little: bool = True,
) -> Generator[PictureOutcome, None, BatchReport]:
    """Make a mask for each picture and write its triple; skip what cannot be done.

    Every picture has a seed of its own, made from `seed` and its file name, so that it keeps
    its mask when others come or go. Where two pictures differ by their suffix only, the suffix
    becomes part of the names of their files.

    Parameters
    ----------
    pictures : sequence of Path
        Files to make masks for.
    folder : path
        Must not be the folder of a picture.
    make_mask : callable
        ``make_mask(image_file, seed) -> mask, how it was made``.
    seed : int
        Together with the name of a picture it decides on its mask.
    value : "black", "white", "mean" or float
        As in `masked_images`.
    force : bool
        Whether existing files may be overwritten.
    expect_little : bool
        Whether to warn where most of a picture is masked.

    Yields
    ------
    PictureOutcome

    Returns
    -------
    BatchReport

    Raises
    ------
    BadParameterError
        If the triples would go among the pictures.
    """
    try:
        target = resolved(Path(folder))
        inside = any(resolved(path).parent == target for path in pictures)
    except OSError as error:
        raise UnwritablePathError(
            f"{folder} cannot be used ({reason_of(error)}); choose another folder."
        ) from error
    if inside:
        raise BadParameterError(
            f"{folder} is where the pictures are; choose another folder for what is made of them."
        )
    report = BatchReport()
    for path, name in zip(pictures, _names(pictures), strict=True):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", GreyfillWarning)
            outcome = _masked(path, name, folder, make_mask, seed, value, force, expect_little)
        notes = tuple(str(w.message) for w in caught if issubclass(w.category, GreyfillWarning))
        outcome = PictureOutcome(
            path, outcome.written, outcome.share, outcome.problem, tuple(dict.fromkeys(notes))
        )
        report.outcomes.append(outcome)
        yield outcome
    return report


def _masked(
    path: Path,
    name: str,
    folder: str | os.PathLike[str],
    make_mask: MaskMaker,
    seed: int,
    value: HoleValue,
    force: bool,
    expect_little: bool,
) -> PictureOutcome:
    try:
        picture = read_image(path)
        _require_size(picture)
        own_seed = _own_seed(seed, path.name)
        hole, how = make_mask(picture, own_seed)
        written = write_triple(folder, name, picture, hole, value=value, made_by=how, force=force)
        if expect_little:
            warn_if_mostly_masked(path.name, hole)
    except GreyfillError as error:
        return PictureOutcome(path, problem=str(error))
    return PictureOutcome(path, written, float(hole.mean()))


def _require_size(picture: ImageFile) -> None:
    height, width = picture.array.shape[:2]
    if min(height, width) < SMALLEST:
        raise UnreadableFileError(
            f"{picture.path.name} has {height} x {width} pixels, which is too little to mask; "
            f"choose pictures of {SMALLEST} pixels a side or more."
        )


def _own_seed(seed: int, name: str) -> int:
    """Return a seed for one file; its spelling in capitals does not matter."""
    own = zlib.crc32(name.lower().encode(errors="surrogateescape"))
    sequence = np.random.SeedSequence([seed, own])
    return int(sequence.generate_state(1)[0])


def _names(pictures: Sequence[Path]) -> list[str]:
    """Return a different name for every picture: its stem, if that is enough."""
    stems = Counter(path.stem.lower() for path in pictures)
    taken: Counter[str] = Counter()
    names = []
    for path in pictures:
        alone = stems[path.stem.lower()] == 1
        name = path.stem if alone else f"{path.stem}_{path.suffix[1:].lower()}"
        taken[name.lower()] += 1
        count = taken[name.lower()]
        names.append(name if count == 1 else f"{name}-{count}")
    return names
