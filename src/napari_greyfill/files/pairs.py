"""Which files are the mask of another, by their names.

LaMa and its followers write ``image0.png`` and ``image0_mask001.png``; others ``image0-mask.png``,
``image0.mask.png`` or ``mask_image0.png``, or put masks into a folder of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from pathlib import PurePath
from typing import TypeAlias, TypeVar

__all__ = ["is_mask_of", "is_named_mask", "without_masks"]

_FOLDERS = ("mask", "masks", "_mask", "_masks")
_AFTER = re.compile(r"(?P<stem>.+?)[ _.\-]?masks?[ _.\-]?\d*", re.IGNORECASE)
_BEFORE = re.compile(r"masks?[ _.\-](?P<stem>.+)", re.IGNORECASE)
P = TypeVar("P", bound=PurePath)
Places: TypeAlias = Set[tuple[PurePath, str]]


def is_mask_of(name: str, picture: str) -> bool:
    """Return whether a file's name says that it is the mask of a picture.

    Parameters
    ----------
    name, picture : str
        Names of files, with their suffixes.
    """
    return PurePath(picture).stem.lower() in _stems(name)


def is_named_mask(name: str) -> bool:
    """Return whether a file's name says that it is a mask."""
    return bool(_stems(name)) or PurePath(name).stem.lower() in _FOLDERS


def without_masks(paths: Iterable[P]) -> tuple[list[P], list[P]]:
    """Part pictures from masks.

    A mask is a file with the mask's name of another that lies beside it, or a file in a folder
    for masks, unless there is nothing else.

    Parameters
    ----------
    paths : iterable of paths
        Files of one or more folders.

    Returns
    -------
    list, list
        The pictures and the masks, in their order.
    """
    every = list(paths)
    there: Places = {(path.parent, path.stem.lower()) for path in every}
    masks = [path for path in every if _lies_among_masks(path) or _has_picture(path, there)]
    if len(masks) == len(every):
        masks = [path for path in every if _has_picture(path, there)]
    found = set(masks)
    return [path for path in every if path not in found], masks


def _has_picture(path: PurePath, there: Places) -> bool:
    own = path.stem.lower()
    return any((path.parent, stem) in there for stem in _stems(path.name) if stem != own)


def _lies_among_masks(path: PurePath) -> bool:
    return any(part.lower() in _FOLDERS for part in path.parts[:-1])


def _stems(name: str) -> set[str]:
    """Return the stems of the pictures that a file of this name may be the mask of."""
    stem = PurePath(name).stem
    found = [form.fullmatch(stem) for form in (_AFTER, _BEFORE)]
    return {match["stem"].lower() for match in found if match}
