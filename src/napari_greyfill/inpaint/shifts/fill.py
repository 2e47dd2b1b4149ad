"""The fill of few shifts, from the coarsest scale to the finest.

References
----------
Y. Pritch, E. Kav-Venaki, S. Peleg, "Shift-Map Image Editing", ICCV 2009, doi
10.1109/ICCV.2009.5459159; K. He, J. Sun, "Image Completion Approaches Using the Statistics of
Similar Patches", IEEE PAMI 36(12), 2014, doi 10.1109/TPAMI.2014.2330611. The mirror image, the
guides, the palette, and the weights of the blending are this project's own.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.shifts.atlas import NO_SOURCE, Atlas, pyramid
from napari_greyfill.inpaint.shifts.blending import blended
from napari_greyfill.inpaint.shifts.candidates import (
    has_sources,
    inner_rim,
    patch_shifts,
    rim_shifts,
    statistics_shifts,
    without_doubles,
)
from napari_greyfill.inpaint.shifts.chords import chord_guide
from napari_greyfill.inpaint.shifts.energy import Energy
from napari_greyfill.inpaint.shifts.labels import chosen, refined
from napari_greyfill.inpaint.shifts.lines import Line, add_lines, line_shifts, straight_lines
from napari_greyfill.inpaint.shifts.palette import Palette

__all__ = ["ShiftMap"]

Indices = NDArray[np.int64]

COARSE = 150  # longest side of the coarsest scale, about, in pixels
RIM_RADIUS, FINE_RADIUS = 3, 2  # windows at the coarsest scale and at the others
SECOND_ROUND = 60  # shifts that a first fill suggests


class ShiftMap:
    """Fills a hole with parts of the picture, each moved as a whole.

    At about 150 pixels the hole is cut into parts by minimum cuts over some 80 shifts of the
    picture and its mirror image; at each finer scale the parts are aligned and their borders cut
    anew. In the end they are copied and fitted to each other by a Poisson solve that gives up
    where they do not fit.

    Parameters
    ----------
    compute : Compute
        Its seed decides the order in which shifts are tried.
    thorough : bool
        Whether a first fill suggests more shifts for a second one.
    """

    def __init__(self, compute: Compute, *, thorough: bool = False) -> None:
        self.compute, self.thorough = compute, thorough

    def run(self, plane: Plane, lost: Hole, hole: Hole) -> Generator[float, None, Plane | None]:
        """Return the filled plane, or None if too little is known for parts of it to be moved.

        Parameters
        ----------
        plane : (H, W, C) float32 array
            In [0, 1], nearly all of it.
        lost, hole : (H, W) bool arrays
            What cannot be copied, and the part of it that is to be filled.
        """
        halvings = max(0, round(float(np.log2(max(hole.shape) / COARSE))))
        rng = np.random.default_rng(self.compute.seed)
        scales = pyramid(plane, lost, hole, halvings)
        while len(scales) > 1 and scales[-1].targets.size == 0:  # thinner than a coarse pixel
            scales.pop()
        start = yield from scaled(self._coarsest(scales[-1], rng), 0.0, 0.6)
        if start is None:
            return None
        shifts = start
        finer = list(zip(scales[:0:-1], scales[-2::-1], strict=True))
        for number, (coarse, atlas) in enumerate(finer):
            begin, end = (0.6 + 0.35 * (number + step) / len(finer) for step in (0, 1))
            work = refined(coarse, shifts, Energy(atlas, FINE_RADIUS), self.compute)
            shifts = yield from scaled(work, begin, end)
            atlas.forget()
        yield 0.95
        filled = plane.copy()
        filled[hole] = blended(scales[0], shifts, self.compute)
        yield 1.0
        return filled

    def _coarsest(
        self, atlas: Atlas, rng: np.random.Generator
    ) -> Generator[float, None, Indices | None]:
        """Return the shifts of the coarsest targets, (n, 2)."""
        yield 0.0
        if not has_sources(atlas):
            return None
        statistics = statistics_shifts(atlas, rng, self.compute)
        yield 0.2
        shifts = without_doubles(np.concatenate([statistics, rim_shifts(atlas, self.compute)]))
        yield 0.35
        if len(shifts) == 0:
            return None
        hole = atlas.hole[:, : atlas.width]
        lines = self._lines(atlas)
        guide = add_lines(chord_guide(atlas.picture, atlas.lost, hole), lines, hole)
        straight, beside = line_shifts(lines, atlas.lost, hole)
        straight, beside = _unlike(straight, beside, shifts)
        anywhere = np.ones((len(shifts), atlas.targets.size), bool)
        shifts, allowed = np.concatenate([shifts, straight]), np.concatenate([anywhere, beside])
        yield 0.45
        palette = Palette(atlas, rng)
        energy = Energy(atlas, RIM_RADIUS)
        alone = energy.expected(shifts, guide, palette)
        alone[~allowed] += NO_SOURCE
        yield 0.5
        end = 0.75 if self.thorough else 1.0
        work = chosen(energy, shifts, alone, rng, self.compute, last=len(straight))
        labels = yield from scaled(work, 0.5, end)
        if self.thorough:
            filled = atlas.picture.copy()
            filled[atlas.hole[:, : atlas.width]] = blended(atlas, shifts[labels], self.compute)
            used, labels = np.unique(labels, return_inverse=True)
            more = patch_shifts(atlas, filled, SECOND_ROUND, self.compute)
            first = shifts[used]
            shifts = without_doubles(np.concatenate([first, more]))  # the first stay in front
            alone = energy.expected(shifts, guide, palette)
            alone[: len(used)][~allowed[used]] += NO_SOURCE
            work = chosen(energy, shifts, alone, rng, self.compute, start=labels, sweeps=2)
            labels = yield from scaled(work, end, 1.0)
        return np.asarray(shifts[labels])

    def _lines(self, atlas: Atlas) -> list[Line]:
        hole = atlas.hole[:, : atlas.width]
        row, column = np.divmod(inner_rim(atlas), atlas.shape[1])
        return straight_lines(atlas.picture, atlas.lost, hole, row * atlas.width + column)


def _unlike(
    shifts: Indices, beside: NDArray[np.bool_], others: Indices
) -> tuple[Indices, NDArray[np.bool_]]:
    """Return the shifts that are not among others, and where they are tried."""
    new = ~(shifts[:, None] == others).all(axis=2).any(axis=1)
    return shifts[new], beside[new]
