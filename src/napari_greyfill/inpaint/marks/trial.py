"""A mark laid over known pixels and taken back there, where the truth is at hand."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.base import Hole
from napari_greyfill.inpaint.marks.evidence import agreement, unevenness
from napari_greyfill.inpaint.marks.fitting import continued, explained
from napari_greyfill.inpaint.marks.mark import Mark, Scene, grey_of

__all__ = ["Errors", "Trial", "errors_of", "noise_of", "trials", "zones"]

TRIALS = 2
FULL = 0.8  # cover of what is no longer the mark's rim
MORE = (4, 12, 24)  # pixels that a place may be farther away than it has to


@dataclass(frozen=True)
class Errors:
    """Root mean squares in a mark's rim and in the rest of it, in the units of the picture."""

    rim: float
    rest: float


@dataclass(frozen=True)
class Trial:
    """What came of one place.

    Attributes
    ----------
    error, smooth_error, filling : Errors
        Of taking the mark back, of doing so with a share of light for every place, and of filling.
    off, smooth_off : Errors
        How far what was taken back lies off the fill.
    agrees : float
        How well the fine structure of the truth goes with the fill.
    uneven : float
        How far, over larger parts, what was taken back lies off the fill.
    """

    error: Errors
    smooth_error: Errors
    filling: Errors
    off: Errors
    smooth_off: Errors
    agrees: float
    uneven: float


def trials(
    scene: Scene, support: Hole, mark: Mark, compute: Compute
) -> Generator[float, None, list[Trial]]:
    """Lay a mark over known pixels, and take it back there, at up to two places.

    Parameters
    ----------
    scene : Scene
        What is recorded.
    support : (H, W) bool array
        Where the mark is.
    mark : Mark
        What it does.
    compute : Compute
        Says when to stop.
    """
    done: list[Trial] = []
    for down, right in _places(scene):
        compute.check()
        yield 0.5 + 0.2 * len(done)
        other = scene.moved(down, right, mark)
        there = np.roll(support, (down, right), (0, 1))
        fill = yield from continued(other, there, compute)
        found = explained(other, there, fill, fades=mark.replaces)
        smooth = explained(other, there, fill, fades=mark.replaces, smooth=True)
        if found is None or smooth is None:
            continue
        truth = scene.recorded
        lit, evened = found.behind(other.recorded), smooth.behind(other.recorded)
        done.append(
            Trial(
                errors_of(found, lit, truth),
                errors_of(found, evened, truth),
                errors_of(found, fill, truth),
                errors_of(found, lit, fill),
                errors_of(found, evened, fill),
                agreement(other, found, fill, truth),
                unevenness(other, found, fill),
            )
        )
        if len(done) == TRIALS:
            break
    return done


def zones(mark: Mark) -> tuple[Hole, Hole]:
    """Return the rim of a mark, which is hardest to take back, and the rest of it."""
    rest = mark.cover > FULL
    return (mark.cover > 0.02) & ~rest, rest


def errors_of(mark: Mark, plane: NDArray[np.floating], truth: NDArray[np.floating]) -> Errors:
    """Return how far two planes differ where a mark is.

    Parameters
    ----------
    mark : Mark
        Where to look.
    plane, truth : float arrays
        As recorded.
    """
    square = np.atleast_3d((plane - truth) ** 2).mean(axis=-1, dtype=np.float64)
    rim, rest = (float(np.sqrt(square[z].mean())) if z.any() else 0.0 for z in zones(mark))
    return Errors(rim, rest)


def noise_of(scene: Scene, mark: Mark) -> float:
    """Return how much more noise there is in what was taken back than around it.

    Parameters
    ----------
    scene : Scene
        What is recorded.
    mark : Mark
        What is taken back.
    """
    near = ndimage.binary_dilation(scene.own, iterations=16) & ~scene.own & ~scene.lost
    part = ndimage.binary_erosion(mark.cover > 0.95)
    if min(np.count_nonzero(part), np.count_nonzero(near)) < 24:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]]) / 6
    rough = np.abs(ndimage.convolve(grey_of(mark.behind(scene.recorded)), kernel))
    own, around = (1.4826 * float(np.median(rough[where])) for where in (part, near))
    return float(np.sqrt(max(own**2 - around**2, 0.0)))


def _places(scene: Scene) -> list[tuple[int, int]]:
    """Return moves of the painted piece to known pixels, the shortest first, well apart."""
    rows, columns = np.nonzero(scene.own)
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    downs, rights = ({0, -n, n, -(n // 2), n // 2} for n in (height, width))
    moves = {
        (down + more * int(np.sign(down)), right + more * int(np.sign(right)))
        for down in downs
        for right in rights
        for more in MORE
    }
    chosen: list[tuple[int, int]] = []
    for move in sorted(moves - {(0, 0)}, key=lambda move: (move[0] ** 2 + move[1] ** 2, move)):
        apart = all(
            abs(move[0] - down) >= height / 2 or abs(move[1] - right) >= width / 2
            for down, right in chosen
        )
        if apart and scene.has_room(*move):
            chosen.append(move)
    return chosen
