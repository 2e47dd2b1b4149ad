"""The spectral fill as an inpainter: where to start from, coarse to fine, tile by tile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from typing import ClassVar

import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.depth import depth
from napari_greyfill.image.resample import enlarged, halved
from napari_greyfill.image.tiles import Tile, tight_tiles
from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane
from napari_greyfill.inpaint.spectral.solve import System, conditional_mean
from napari_greyfill.inpaint.spectral.solve_torch import conditional_means
from napari_greyfill.inpaint.spectral.spectrum import GENTLEST, Spectra
from napari_greyfill.inpaint.surroundings import biharmonic, by_channel, clamped

__all__ = ["Spectral"]


class Spectral(Inpainter):
    """The mean of all fills that are likely under the image's own power spectra.

    Every part of the plane is taken for a stationary Gaussian field with the power spectrum
    of what is known around it; the fill is the conditional mean of the hole given what is
    known, as in kriging, drawn towards a first fill. Stripes and weaves go on through the hole,
    edges less so.

    Solving is iterative and starts near the solution: from biharmonic where the hole is thin,
    otherwise from this same fill at half the resolution. Tiles keep time in step with the hole
    and memory bounded. Colours are filled as luma and two colour differences, each with spectra
    of its own.

    Parameters
    ----------
    compute : Compute, optional
        Says where to run, and when to stop.
    gentlest : float, optional
        The slope of the power law that the spectra fall with at least; 0 for what need not be
        a picture.

    References
    ----------
    C. E. Rasmussen and C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006,
    section 2.2 (the conditional mean); B. Galerne and A. Leclaire, "Texture Inpainting Using
    Efficient Gaussian Conditional Simulation", SIAM J. Imaging Sciences 10(3), 2017,
    doi 10.1137/16M1109047.
    """

    unit = False
    speck_weights = (0.0, 1.0, 0.0, 0.0)
    THIN: ClassVar[float] = 4.0  # deepest hole, in pixels, that starts from biharmonic
    SMALL: ClassVar[int] = 48  # longest side of planes that start from it whatever the hole
    ITERATIONS: ClassVar[int] = 400  # at most; some 35 are enough for most tiles
    TILE: ClassVar[tuple[int, int]] = (48, 128)  # shortest and longest side of a tile
    TILES: ClassVar[int] = 6  # along a plane's longer side, between those
    HALO: ClassVar[int] = 24  # 16 loses up to 6 dB where something repeats, as in a lattice
    DEEPEST: ClassVar[int] = 16  # pixels; what lies deeper keeps the coarser fill
    TOGETHER: ClassVar[int] = 64  # most tiles solved at a time in torch, which bounds memory

    def __init__(self, compute: Compute | None = None, *, gentlest: float = GENTLEST) -> None:
        super().__init__(compute)
        self.gentlest = gentlest

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        yield 0.0
        if not hole.any():
            return Fill(plane.copy())
        filled = yield from by_channel(lambda channel: self.fill_channel(channel, hole), plane)
        return Fill(clamped(filled, plane, hole))

    def fill_channel(self, plane: Plane, hole: Hole) -> Generator[float, None, Plane]:
        """Fill one (H, W) channel of any range; see `Inpainter.run`.

        Parameters
        ----------
        plane : (H, W) float32 array
            What is in the hole does not count.
        hole : (H, W) bool array
            True where pixels are to be filled.
        """
        self.compute.check()
        start = yield from scaled(self._start(plane, hole), 0.0, 0.4)
        return (yield from scaled(self._solved(start, hole), 0.4, 1.0))

    def _start(self, plane: Plane, hole: Hole) -> Generator[float, None, Plane]:
        thin = depth(hole, self.THIN + 1).max() <= self.THIN
        if thin or max(hole.shape) <= self.SMALL:
            return (yield from biharmonic(plane, hole, self.compute))
        small, small_hole = halved(plane, ~hole)
        coarse = yield from self.fill_channel(small, small_hole)
        start = plane.copy()
        start[hole] = enlarged(coarse, plane.shape)[hole]
        return start

    def _solved(self, start: Plane, hole: Hole) -> Generator[float, None, Plane]:
        """Solve for the rim of the hole, tile by tile.

        A tile deep in the hole knows too little to agree with its neighbours.
        """
        spectra = Spectra(start, hole, gentlest=self.gentlest)
        rim = self._rim(hole)
        side = int(np.clip(max(rim.shape) // self.TILES, *self.TILE))
        parts = list(tight_tiles(rim, side, self.HALO))
        batches = self._batches(parts) if self.compute.in_torch else [[part] for part in parts]
        result, done = start.copy(), 0
        for batch in batches:
            end = done + len(batch)
            work = self._solved_tiles(start, rim, spectra, batch)
            solved = yield from scaled(work, done / len(parts), end / len(parts))
            for (core, frame), filled in zip(batch, solved, strict=True):
                result[core.slices] = filled[core.within(frame)]
            done = end
        return result

    def _rim(self, hole: Hole) -> Hole:
        """Return the part of the hole that is solved for: all of a plane of a single tile."""
        if max(hole.shape) <= self.TILE[0]:
            return hole
        return np.asarray(hole & (depth(hole, self.DEEPEST + 1) <= self.DEEPEST))

    def _solved_tiles(
        self, start: Plane, hole: Hole, spectra: Spectra, parts: Sequence[Tile]
    ) -> Generator[float, None, list[Plane]]:
        """Solve tiles of one shape in torch, or a single one in numpy."""
        cut = [
            (start[frame.slices], hole[frame.slices], spectra.near(core)) for core, frame in parts
        ]
        if self.compute.in_torch:
            systems = [System.of(*each) for each in cut]
            work = conditional_means(systems, self.compute, iterations=self.ITERATIONS)
            return (yield from work)
        (only,) = cut
        single = conditional_mean(*only, self.compute, iterations=self.ITERATIONS)
        return [(yield from single)]

    def _batches(self, parts: Sequence[Tile]) -> Iterator[list[Tile]]:
        """Yield tiles whose frames are of one shape, as many as go together."""
        alike = defaultdict(list)
        for part in parts:
            alike[part.frame.shape].append(part)
        for some in alike.values():
            for first in range(0, len(some), self.TOGETHER):
                yield some[first : first + self.TOGETHER]
