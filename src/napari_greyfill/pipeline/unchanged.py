"""Only what changed is filled again: what an earlier fill did with the very same input.

A region is looked up by a digest of all that its fill depends on: the pixels it is shown, what of
them is missing, and how it is filled. What earlier regions filled is among those pixels, so that a
region that sees another one is done anew as soon as that one comes out differently, and what is
kept is bit for bit what a fresh fill would give.

Nothing is kept of specks, which learn from each other and take next to no time, and nothing where
windows are filled several at a time, as on graphics cards: what comes of a window depends on the
others then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

import numpy as np

from napari_greyfill.compute.versions import version_of
from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import LazyPlane
from napari_greyfill.image.picture import Patch, Picture

__all__ = ["Done", "Memory", "key_of"]

_NEAR = 0.25  # of its width: how far the ends of a scale may move and still serve


@dataclass(frozen=True, eq=False)
class Done:
    """What came of one region in one stage.

    Attributes
    ----------
    patch : Patch
    errors : tuple of (float, int)
        The error to expect, and of how many pixels.
    confidence : Patch or None
        How sure the colours are.
    notes : tuple of str
        What was said.
    colourless : bool
        Whether no known pixel around had colour.
    levels : tuple of (str, Patch)
        What was shown on the way, by name.
    """

    patch: Patch
    errors: tuple[tuple[float, int], ...] = ()
    confidence: Patch | None = None
    notes: tuple[str, ...] = ()
    colourless: bool = True
    levels: tuple[tuple[str, Patch], ...] = field(default=(), repr=False)


class Memory:
    """What the regions of a fill came to, and of the fill before.

    Parameters
    ----------
    earlier : Memory, optional
        That of the fill before.
    picture : Picture, optional
        What was filled then.
    """

    def __init__(self, earlier: Memory | None = None, picture: Picture | None = None) -> None:
        self._earlier = {} if earlier is None else earlier._done
        self._picture = picture
        self._done: dict[bytes, Done] = {}
        self._regions: set[Window] = set()
        self._anew: set[Window] = set()

    @classmethod
    def of(cls, after: Any) -> Memory:  # noqa: ANN401 - what a caller passed
        """Return the memory for a fill after another.

        Parameters
        ----------
        after : FillResult or None
            The other; None without any.

        Raises
        ------
        BadParameterError
            If it is no result of a fill of one picture.
        """
        if after is None:
            return cls()
        earlier = getattr(after, "memory", None)
        steps = getattr(after, "steps", ())
        if not steps or not (earlier is None or isinstance(earlier, cls)):
            raise BadParameterError(
                "after takes what an earlier fill of a picture returned, a FillResult; leave it "
                "out to fill everything."
            )
        return cls(earlier, steps[-1].picture)

    @property
    def regions(self) -> int:
        """Return how many regions were asked for so far."""
        return len(self._regions)

    @property
    def anew(self) -> int:
        """Return how many of them were not known, in one stage at least."""
        return len(self._anew)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many regions there are, and how many were filled, for provenance."""
        return {"all": self.regions, "filled": self.anew}

    def find(self, key: bytes, region: Window) -> Done | None:
        """Return what came of a region when it was filled from the same; None if it was not.

        Parameters
        ----------
        key : bytes
            What `key_of` returned.
        region : Window
            Where it lies.
        """
        self._regions.add(region)
        found = self._earlier.get(key)
        if found is None:
            self._anew.add(region)
            return None
        done = replace(found, patch=Patch(region, found.patch.planes))
        if found.confidence is not None:
            done = replace(done, confidence=Patch(region, found.confidence.planes))
        self._done[key] = done
        return done

    def keep(self, key: bytes, done: Done) -> None:
        """Keep what came of a region for a fill after this one.

        Parameters
        ----------
        key : bytes
            Tells everything that the region's fill depends on.
        done : Done
            What came of it.
        """
        self._done[key] = done

    def let_go(self) -> None:
        """Hold nothing of the fill before any more, for this one is finished."""
        self._earlier, self._picture = {}, None

    def on_same_scale(self, picture: Picture) -> Picture:
        """Return a picture on the scale of the earlier one, if it is the same and that serves.

        The scale is that of the known pixels, so that a stroke more may move it a little. That
        changes nothing but rounding in any fill, but the pixels of all.

        Parameters
        ----------
        picture : Picture
            What is to be filled now.
        """
        before = self._picture
        if before is None or picture.values == before.values:
            return picture
        scale, now = before.values, picture.values
        most = _NEAR * scale.width
        near = abs(scale.low - now.low) <= most and abs(scale.high - now.high) <= most
        if not near or scale.own != now.own or not _same(before.original, picture.original):
            return picture
        return replace(picture, values=scale)


def key_of(how: Iterable[Any], *arrays: np.ndarray | None) -> bytes:
    """Return a digest of how something is filled, and from what.

    Parameters
    ----------
    how : iterable
        Numbers, texts and the like, whose `repr` tells them apart.
    *arrays : arrays, or None
        Their shapes and types count too.
    """
    digest = blake2b(repr((version_of("napari-greyfill"), *how)).encode(), digest_size=20)
    for array in arrays:
        if array is None:
            digest.update(b"none")
            continue
        digest.update(f"{array.dtype}{array.shape}".encode())
        whole = np.packbits(array) if array.dtype == bool else np.ascontiguousarray(array)
        digest.update(whole.data)
    return digest.digest()


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - arrays, or what reads them
    """Return whether two originals hold the same."""
    if isinstance(one, LazyPlane) or isinstance(other, LazyPlane):
        return isinstance(one, LazyPlane) and isinstance(other, LazyPlane) and one.same_as(other)
    if one is other:
        return True
    kind = one.dtype.kind
    if (one.shape, one.dtype) != (other.shape, other.dtype):
        return False
    return bool(np.array_equal(one, other, equal_nan=kind == "f"))
