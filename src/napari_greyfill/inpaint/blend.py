"""The default: several faithful fills, weighed by how well they do on this image."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.colour import luma
from napari_greyfill.image.holdout import HoldOut, contrast, moved_hole
from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane
from napari_greyfill.inpaint.correction import with_correction
from napari_greyfill.inpaint.diffusion import Biharmonic
from napari_greyfill.inpaint.simplex import Weights, simplex_weights

__all__ = ["Blend"]

MOST_UNLIKE = 10.0  # ratio of contrasts that is still believed


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
    TRUST: ClassVar[float] = 0.5  # share of the fitted weights
    speck_weights = PRIOR
    speck_trust = TRUST

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        if not hole.any():
            return Fill(plane.copy())
        weights = np.array(self.PRIOR)
        expected: float | None = None
        wanted = hole if unknown is None else hole & ~unknown
        holdout = moved_hole(hole, wanted)
        if holdout is not None:
            errors = yield from scaled(self._errors(plane, hole, holdout), 0.0, 0.4)
            weights = (1 - self.TRUST) * weights + self.TRUST * simplex_weights(errors)
            error = float(np.sqrt(np.mean((weights @ errors) ** 2)))
            expected = error * _contrast_ratio(plane, hole, holdout, wanted)
        fills = yield from scaled(_fills(plane, hole, self.compute), 0.4, 1.0)
        if expected is not None:
            expected = max(expected, _apart(fills, weights, wanted))
        return Fill(_mixed(fills, weights, plane, hole), expected)

    def _errors(
        self, plane: Plane, hole: Hole, holdout: HoldOut
    ) -> Generator[float, None, NDArray[np.float64]]:
        """Return the error of each member at the hold-out's pixels, (members, pixels)."""
        truth = _grey(plane[holdout.window.slices])
        hidden = hole[holdout.window.slices] | holdout.pixels
        given = np.where(hidden, np.float32(0), truth)
        fills = yield from _fills(given, hidden, self.compute)
        return np.stack([(fill - truth)[holdout.pixels] for fill in fills]).astype(np.float64)


def _fills(plane: Plane, hole: Hole, compute: Compute) -> Generator[float, None, list[Plane]]:
    """Return the fills of all members, in the order of `Blend.PRIOR`, each within its limits."""
    fill = yield from scaled(Biharmonic(compute).run(plane, hole), 0.0, 0.15)
    smooth = np.where(hole if plane.ndim == 2 else hole[..., None], fill.plane, plane)
    others = yield from scaled(with_correction(plane, smooth, hole, compute), 0.15, 1.0)
    return [smooth, *others]


def _grey(plane: Plane) -> Plane:
    return luma(plane) if plane.ndim == 3 else plane


def _contrast_ratio(plane: Plane, hole: Hole, holdout: HoldOut, wanted: Hole) -> float:
    """Return how much rougher it is around the hole than around the hold-out."""
    part = holdout.window.slices
    there = contrast(_grey(plane[part]), hole[part] | holdout.pixels, holdout.pixels)
    here = contrast(_grey(plane), hole, wanted)
    return float(np.clip(here / there, 1 / MOST_UNLIKE, MOST_UNLIKE)) if there > 0 else 1.0


def _apart(fills: Sequence[Plane], weights: Weights, wanted: Hole) -> float:
    """Return how far fills are from their weighted mean where wanted, root mean square."""
    inside = np.stack([_grey(fill)[wanted] for fill in fills]).astype(np.float64)
    return float(np.sqrt(np.mean(weights @ (inside - weights @ inside) ** 2)))


def _mixed(fills: Sequence[Plane], weights: Weights, plane: Plane, hole: Hole) -> Plane:
    """Return the weighted mean of fills in the hole, nowhere beyond them by rounding."""
    inside = np.stack([fill[hole] for fill in fills])
    mean = np.tensordot(weights.astype(np.float32), inside, 1)
    result = plane.copy()
    result[hole] = np.clip(mean, inside.min(axis=0), inside.max(axis=0))
    return result
