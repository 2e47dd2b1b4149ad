"""What a task has looked at: a checksum of every window it read, so that old results can be told.

A run that goes on must not trust pixels that were filled from what is no longer there, and a stack
of a hundred gigabytes cannot be read in full to find out. What a task gives depends on the windows
that it read, so these, and no others, are read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window

__all__ = ["Seen", "Witness"]

Index = tuple[int, ...]
Places = tuple[tuple[Window, tuple[Index, ...]], ...]


@dataclass(frozen=True)
class Seen:
    """Where a task has read, and a checksum of all of it.

    Attributes
    ----------
    image, mask : tuple of (Window, tuple of Index)
        Windows of the stack and of its mask, each with the planes that it was read of.
    digest : str
    """

    image: Places
    mask: Places
    digest: str

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {"image": _listed(self.image), "mask": _listed(self.mask), "digest": self.digest}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Seen:
        """Return what `to_dict` made a dictionary of.

        Raises
        ------
        Exception
            As what it is made of does, if it is none: lookups, types and values.
        """
        return cls(_placed(values["image"]), _placed(values["mask"]), str(values["digest"]))


class Witness:
    """Notes what a task reads, each window once, whatever the order."""

    def __init__(self) -> None:
        self._image: dict[tuple[Window, Index], bytes] = {}
        self._mask: dict[tuple[Window, Index], bytes] = {}
        self._more: dict[str, bytes] = {}

    def image(self, index: Index, window: Window, values: NDArray[Any]) -> None:
        """Note a window of a plane of the stack.

        Parameters
        ----------
        index : tuple of int
            Of the plane.
        window : Window
            Of the plane.
        values : array
            What was read there, which may be masked.
        """
        if (window, index) not in self._image:
            self._image[window, index] = _digest(values)

    def mask(self, own: Index, window: Window, hole: NDArray[np.bool_]) -> None:
        """Note a window of the mask.

        Parameters
        ----------
        own : tuple of int
            What the mask knows the plane by.
        window : Window
            Of the plane.
        hole : (h, w) bool array
            What is painted there.
        """
        if (window, own) not in self._mask:
            self._mask[window, own] = _digest(np.packbits(hole))

    def more(self, name: str, values: NDArray[Any]) -> None:
        """Note something else that a result depends on.

        Parameters
        ----------
        name : str
            What it is.
        values : array
            Its values.
        """
        self._more[name] = _digest(values)

    @property
    def seen(self) -> Seen:
        """Return all that was noted."""
        digest = blake2b(digest_size=16)
        for noted in (self._image, self._mask):
            for (window, index), own in sorted(noted.items()):
                digest.update(repr((window, index)).encode() + own)
        for name, own in sorted(self._more.items()):
            digest.update(name.encode() + own)
        return Seen(_grouped(self._image), _grouped(self._mask), digest.hexdigest())


def _digest(values: NDArray[Any]) -> bytes:
    digest = blake2b(np.ascontiguousarray(values).tobytes(), digest_size=16)
    masked = np.ma.getmask(values)
    if masked is not np.ma.nomask:
        digest.update(np.packbits(masked).tobytes())
    return digest.digest()


def _grouped(places: Iterable[tuple[Window, Index]]) -> Places:
    found: dict[Window, list[Index]] = {}
    for window, index in sorted(places):
        found.setdefault(window, []).append(index)
    return tuple((window, tuple(indices)) for window, indices in found.items())


def _listed(places: Places) -> list[list[Any]]:
    return [
        [[window.y0, window.y1, window.x0, window.x1], [list(index) for index in indices]]
        for window, indices in places
    ]


def _placed(listed: Iterable[Any]) -> Places:
    return tuple(
        (Window(*map(int, sides)), tuple(tuple(map(int, index)) for index in indices))
        for sides, indices in listed
    )
