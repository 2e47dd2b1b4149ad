"""A guard against collapsed runs of learned colorizers.

Nothing supervises a network inside the hole, so that a run may end in a blob of a colour that
the picture does not have, however low its loss. `implausible` compares a result with what the
known pixels make plausible; `Guarded` repeats a collapsed run once with another seed, and
if that collapses as well, takes the result of a method that cannot collapse and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.colorization.base import Colorizer, Colours, Hole, Level, Plane
from napari_greyfill.colorization.propagation import Propagation
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust, translated
from napari_greyfill.image.colour import LUMA_WEIGHTS, chroma, luma

__all__ = ["COLLAPSED", "Guarded", "implausible"]

COLLAPSED = 0.1  # share of implausible hole pixels from which on a run counts as collapsed
_ENOUGH = 9  # of them; fewer are no evidence, a true colour may be as odd
_TAIL = 0.5  # percent of the known chroma at each end that does not count for its range
_ROOM = 0.05  # chroma beyond that range that is still plausible
_APART = 0.25  # in chroma, beside the picture's noise, from the colour that flows in from the rim,
_APART_COUNTS = 0.2  # which a learned colour may be for good reasons: this much of a pixel
_SAMPLE = 2**18  # known pixels that are looked at
_LUMA_OFF = 0.2  # from the grey that was given
_OTHER_SEED = 7919  # added to the seed for the second run

Make = Callable[[Compute], Colorizer]


class Guarded(Colorizer):
    """Runs a colorizer, and does not let a collapsed result pass unnoticed.

    Parameters
    ----------
    make : callable
        Makes the colorizer to guard from a `Compute`.
    compute : Compute, optional
    instead : callable, optional
        Makes the colorizer to take in place of one that collapsed twice. Without one, a
        collapsed result is returned as it is, with a note.
    title : str
        What notes call the guarded colorizer.
    instead_title : str
        What notes call the other.
    """

    def __init__(
        self,
        make: Make,
        compute: Compute | None = None,
        *,
        instead: Make | None = None,
        title: str = "The network",
        instead_title: str = "propagation",
    ) -> None:
        super().__init__(compute)
        self._make, self._instead = make, instead
        self._title, self._instead_title = title, instead_title

    def run(
        self, colour: Plane, grey: Plane, hole: Hole, hints: Hole | None = None
    ) -> Generator[Level, None, Colours]:
        """Colour the hole; see `Colorizer.run`."""
        instead, given = self._instead, (colour, grey, hole, hints)
        again = replace(self.compute, seed=self.compute.seed + _OTHER_SEED)
        for compute in (self.compute, again):
            work = self._make(compute).run(*given)
            # the finished share never falls, and only one run's levels are kept
            first = compute is self.compute
            found = yield from work if first else translated(work, _as_already_done)
            if implausible(found.plane, *given, self.compute) < COLLAPSED:
                return found
            if instead is None:
                return _noted(
                    found,
                    f"{self._title} seems to have collapsed into colours that the picture does "
                    "not have; choose another colorizer or another seed.",
                )
            yield Level("the colours collapsed", 1.0)
        assert instead is not None  # or the first collapse was returned
        work = instead(self.compute).run(*given)
        return _noted(
            (yield from translated(work, _as_already_done)),
            f"{self._title} collapsed twice into colours that the picture does not have, so "
            f"{self._instead_title} coloured this hole instead; another seed may work.",
        )


def _noted(found: Colours, note: str) -> Colours:
    return replace(found, notes=(*found.notes, note))


def _as_already_done(level: Level) -> tuple[Level]:
    return (replace(level, fraction=1.0, complete=False),)


def implausible(
    result: Plane,
    colour: Plane,
    grey: Plane,
    hole: Hole,
    hints: Hole | None = None,
    compute: Compute | None = None,
) -> float:
    """Return the share of the hole whose colours the known pixels do not make plausible.

    A pixel is implausible if its chroma lies outside the range of the known ones or its luma
    far from the grey that was given; it is a fifth of that if its chroma is only far from
    what flows in from the rim of the hole: further than chroma typically differs between
    neighbours. A few pixels, however odd, do not count.

    Parameters
    ----------
    result : (H, W, 3) float32 array in [0, 1]
        The colours to judge.
    colour, grey, hole
        What the colorizer was given.
    hints : (H, W) bool array, optional
        Known pixels whose colours are plausible however few they are.
    compute : Compute, optional
        Asked for cancelling.

    Returns
    -------
    float from 0 to 1
    """
    if not hole.any():
        return 0.0
    compute = compute or Compute()
    flowed = chroma(exhaust(Propagation(compute).run(colour, grey, hole)).plane[hole])
    compute.check()
    places = _some(np.flatnonzero(~hole))
    found, known = chroma(result[hole]), chroma(colour.reshape(-1, 3)[places])
    wanted = chroma(colour[hints & ~hole]) if hints is not None else found[:0]
    compute.check()
    outside = _outside(found, known, wanted)
    compute.check()
    off = np.abs(luma(result[hole]) - grey[hole]) > _LUMA_OFF
    apart = np.linalg.norm(found - flowed, axis=-1) > _APART + _noise(colour, hole, places)
    return max(_evident(outside | off), _APART_COUNTS * _evident(apart))


def _some(places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return all of the places, or so many that are drawn that they stand for the rest."""
    if len(places) <= _SAMPLE:
        return places
    return places[np.random.default_rng(0).integers(0, len(places), _SAMPLE)]


def _evident(implausible: NDArray[np.bool_]) -> float:
    """Return the share of pixels that are implausible, 0 if they are too few to tell."""
    return float(implausible.mean()) if np.count_nonzero(implausible) >= _ENOUGH else 0.0


def _noise(colour: Plane, hole: Hole, places: NDArray[np.intp]) -> float:
    """Return the median distance in chroma between known places and known neighbours."""
    width, flat = hole.shape[1], colour.reshape(-1, 3)
    beside = places[places % width < width - 1]
    below = places[places + width < hole.size]
    one, other = np.concatenate([[beside, beside + 1], [below, below + width]], axis=1)
    known = ~hole.ravel()[other]
    steps = np.linalg.norm(chroma(flat[other[known]] - flat[one[known]]), axis=-1)
    return float(np.median(steps)) if len(steps) else 0.0


def _outside(found: Plane, known: Plane, wanted: Plane) -> NDArray[np.bool_]:
    """Tell which (n, 2) chroma leave the known range of B - Y, R - Y or G - Y."""
    outside = np.zeros(len(found), dtype=bool)
    green = -LUMA_WEIGHTS[[2, 0]] / LUMA_WEIGHTS[1]
    for direction in np.stack([[1.0, 0.0], [0.0, 1.0], green]):
        values, extremes = found @ direction, wanted @ direction
        low, high = np.percentile(known @ direction, [_TAIL, 100 - _TAIL])
        outside |= values < extremes.min(initial=low) - _ROOM
        outside |= values > extremes.max(initial=high) + _ROOM
    return outside
