"""Where a pixel of a result comes from: the picture, or one of the ways of inventing it."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from napari_greyfill.inpaint import INPAINTERS

__all__ = ["Origin", "invented", "origin_of"]

_LEARNED = ("correction", "blend")  # smooth fills that the small network of this package corrects


class Origin(IntEnum):
    """Where a pixel of the result comes from."""

    PICTURE = 0
    INFERRED = 1  # from what surrounds it: a smooth fill
    CORRECTED = 2  # by what a network learned
    COPIED = 3  # from another place of the picture
    RECORDED = 4  # from what was recorded there under a mark that lets light pass

    @property
    def words(self) -> str:
        """Return what was done to make it up, for people; empty for the picture itself."""
        return _WORDS[self]


_WORDS = {
    Origin.PICTURE: "",
    Origin.INFERRED: "inferred from around",
    Origin.CORRECTED: "corrected by a network",
    Origin.COPIED: "copied from elsewhere",
    Origin.RECORDED: "recorded there, the mark corrected",
}


@lru_cache  # asked for every stroke, and looking a method up takes longer than painting it
def origin_of(method: str) -> Origin:
    """Return where the pixels that a method fills come from.

    Parameters
    ----------
    method : str
        See `methods`.
    """
    info = INPAINTERS.info(method)
    if info.in_colour:
        return Origin.COPIED
    return Origin.CORRECTED if info.name in _LEARNED or info.uses_torch else Origin.INFERRED


def invented(pixels: int, size: int, origin: Origin = Origin.PICTURE) -> str:
    """Return such as "9,958 invented pixels, 3.2 % of this plane, copied from elsewhere.".

    Parameters
    ----------
    pixels, size : int
        How many are invented, of how many.
    origin : Origin, optional
        How they were made up, if all were in one way.
    """
    percent = 100 * pixels / max(size, 1)
    share = f"{percent:.1f}" if percent >= 1 or not percent else f"{percent:.1g}"
    noun = "pixel" if pixels == 1 else "pixels"
    how = f", {origin.words}" if origin.words else ""
    return f"{pixels:,} invented {noun}, {share} % of this plane{how}."
