"""The default: several faithful fills, weighed by how well they do on this image."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.colour import luma
from napari_greyfill.image.holdout import HoldOut, contrast, moved_hole
from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane
from napari_greyfill.inpaint.correction import with_correction
from napari_greyfill.inpaint.diffusion import Biharmonic
from napari_greyfill.inpaint.simplex import Weights, simplex_weights

__all__ = ["Blend", "Blended", "contrast_ratio", "member_fills", "mixed"]

MOST_UNLIKE = 10.0  # ratio of contrasts that is still believed


@dataclass(frozen=True, eq=False)
class Blended:
    """What the blend did, with all that it was made of.

    Attributes
    ----------
    fill : Fill
    weights : (4,) array
        Of the members, in the order of `Blend.PRIOR`.
    members : tuple of (H, W) or (H, W, 3) float32 array
        Their fills of the plane.
    holdout : HoldOut or None
        Where they were tried; None if there was no room.
    tried : tuple of float32 array
        Their fills of the hold-out's window, of luma.
    """

    fill: Fill
    weights: Weights
    members: tuple[Plane, ...] = ()
    holdout: HoldOut | None = None
    tried: tuple[Plane, ...] = ()


class Blend(Inpainter):
    """A weighted mean of fills whose errors differ, with weights fitted to the image.

    The members are biharmonic, spectral, frequency-selective and corrected spectral. The hole
    is moved to known places and filled there by each ("hold-out holes"); the weights with the
    least squared error there, none negative, are averaged with fixed ones (`PRIOR`) that were
    best over many pictures. Where there is no room for one, those count alone. The error
    of a weighted mean is at most the weighted mean of the errors.

    The expected error is the root mean square error in the hold-out holes (for colours, of luma),
    times how much rougher the surroundings of the hole are than those of the hold-out; and never
    below how far the members are apart in the hole itself, as where it hides the top of a bead.

    References
    ----------
    L. Breiman, "Stacked Regressions", Machine Learning 24, 1996, doi 10.1007/BF00117832
    (weights that are not negative); the rest is this project's own.
    """

    unit = False
    PRIOR: ClassVar[tuple[float, ...]] = (0.1, 0.05, 0.0, 0.85)
    # share of the fitted weights, chosen on the tuning half: one half costs 0.04 to 0.08 dB in the
    # mean, and 0.4 to 1 dB in the worst case
    TRUST: ClassVar[float] = 0.25
    speck_weights = PRIOR
    speck_trust = 0.5

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        return (yield from self.blended(plane, hole, unknown)).fill

    def blended(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Blended]:
        """Fill the hole as `run` does, and return all that the fill was made of.

        Parameters
        ----------
        plane : (H, W) or (H, W, 3) float32 array
            0 in the hole.
        hole : (H, W) bool array
            True where pixels are to be filled.
        unknown : (H, W) bool array, optional
            Pixels of the hole that nobody wants filled.
        """
        weights = np.array(self.PRIOR)
        if not hole.any():
            return Blended(Fill(plane.copy()), weights)
        expected: float | None = None
        tried: tuple[Plane, ...] = ()
        wanted = hole if unknown is None else hole & ~unknown
        holdout = moved_hole(hole, wanted)
        if holdout is not None:
            tried = tuple((yield from scaled(self._tried(plane, hole, holdout), 0.0, 0.4)))
            truth = _grey(plane[holdout.window.slices])
            errors = np.stack([(fill - truth)[holdout.pixels] for fill in tried])
            fitted = simplex_weights(errors.astype(np.float64))
            weights = (1 - self.TRUST) * weights + self.TRUST * fitted
            error = float(np.sqrt(np.mean((weights @ errors.astype(np.float64)) ** 2)))
            expected = error * contrast_ratio(plane, hole, holdout, wanted)
        fills = yield from scaled(member_fills(plane, hole, self.compute), 0.4, 1.0)
        if expected is not None:
            expected = max(expected, _apart(fills, weights, wanted))
        fill = Fill(mixed(fills, weights, plane, hole), expected)
        return Blended(fill, weights, tuple(fills), holdout, tried)

    def _tried(
        self, plane: Plane, hole: Hole, holdout: HoldOut
    ) -> Generator[float, None, list[Plane]]:
        """Return the members' fills of the hold-out's window, of luma."""
        truth = _grey(plane[holdout.window.slices])
        hidden = hole[holdout.window.slices] | holdout.pixels
        given = np.where(hidden, np.float32(0), truth)
        return (yield from member_fills(given, hidden, self.compute))


def member_fills(
    plane: Plane, hole: Hole, compute: Compute
) -> Generator[float, None, list[Plane]]:
    """Return the fills of all members, in the order of `Blend.PRIOR`, each within its limits.

    Parameters
    ----------
    plane : (H, W) or (H, W, 3) float32 array
        0 in the hole.
    hole : (H, W) bool array
        True where pixels are to be filled; at least one is, and one is known.
    compute : Compute
        Says where to run, and when to stop.
    """
    fill = yield from scaled(Biharmonic(compute).run(plane, hole), 0.0, 0.15)
    smooth = np.where(hole if plane.ndim == 2 else hole[..., None], fill.plane, plane)
    others = yield from scaled(with_correction(plane, smooth, hole, compute), 0.15, 1.0)
    return [smooth, *others]


def _grey(plane: Plane) -> Plane:
    return luma(plane) if plane.ndim == 3 else plane


def contrast_ratio(plane: Plane, hole: Hole, holdout: HoldOut, wanted: Hole) -> float:
    """Return how much rougher it is around the hole than around the hold-out.

    Parameters
    ----------
    plane : (H, W) or (H, W, 3) float32 array
        0 in the hole.
    hole : (H, W) bool array
        What is not known.
    holdout : HoldOut
        Of that plane.
    wanted : (H, W) bool array
        The part of the hole that is filled.

    Returns
    -------
    float
        From 0.1 to 10; 1 if it is all flat around the hold-out.
    """
    part = holdout.window.slices
    there = contrast(_grey(plane[part]), hole[part] | holdout.pixels, holdout.pixels)
    here = contrast(_grey(plane), hole, wanted)
    return float(np.clip(here / there, 1 / MOST_UNLIKE, MOST_UNLIKE)) if there > 0 else 1.0


def _apart(fills: Sequence[Plane], weights: Weights, wanted: Hole) -> float:
    """Return how far fills are from their weighted mean where wanted, root mean square."""
    inside = np.stack([_grey(fill)[wanted] for fill in fills]).astype(np.float64)
    return float(np.sqrt(np.mean(weights @ (inside - weights @ inside) ** 2)))


def mixed(fills: Sequence[Plane], weights: Weights, plane: Plane, hole: Hole) -> Plane:
    """Return the weighted mean of fills in the hole, nowhere beyond them by rounding.

    Parameters
    ----------
    fills : sequence of float32 arrays like `plane`
        One for each weight.
    weights : array
        None negative, 1 in sum.
    plane : (H, W) or (H, W, 3) float32 array
        What is taken outside the hole.
    hole : (H, W) bool array
        True where the fills count.
    """
    inside = np.stack([fill[hole] for fill in fills])
    mean = np.tensordot(weights.astype(np.float32), inside, 1)
    result = plane.copy()
    result[hole] = np.clip(mean, inside.min(axis=0), inside.max(axis=0))
    return result
