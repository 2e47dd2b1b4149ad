"""What it costs to copy a pixel from elsewhere: at the rim, between copies, against the guide."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import csr_array

from napari_greyfill.inpaint.shifts.atlas import NO_SOURCE, Atlas, cost, squares
from napari_greyfill.inpaint.shifts.chords import Guide
from napari_greyfill.inpaint.shifts.palette import Palette

__all__ = ["Energy"]

Indices = NDArray[np.int64]
Values = NDArray[np.float32]

SEAM = 0.0005  # cost of a seam where copies are the same
UNKNOWN_RIM = 0.05  # of a known pixel that a shift moves to where nothing is known
GUIDE, MOST_GUIDE = 0.5, 0.03
GUIDE_BLUR = 0.7  # sigma, in pixels
PALETTE = 0.06


class Energy:
    """The costs of shifts for the targets of one scale.

    Parameters
    ----------
    atlas : Atlas
    radius : int
        Of the window in which a target is compared with what is known around it, in pixels.
    """

    def __init__(self, atlas: Atlas, radius: int) -> None:
        self.atlas, self.radius = atlas, radius

    @cached_property
    def _rim(self) -> tuple[Indices, csr_array]:
        """Return the known pixels near targets, and which of them each target looks at."""
        atlas, radius = self.atlas, self.radius
        known = ~atlas.unknown
        known[:, atlas.width :] = False
        near = ndimage.maximum_filter(atlas.hole, 2 * radius + 1) & known
        band = np.flatnonzero(near)
        number = np.full(near.size, -1, dtype=np.int32)
        number[band] = np.arange(band.size)
        height, width = atlas.shape
        row, column = np.divmod(atlas.targets, width)
        rows, columns = [], []
        for down in range(-radius, radius + 1):
            for right in range(-radius, radius + 1):
                y, x = row + down, column + right
                inside = (y >= 0) & (y < height) & (x >= 0) & (x < atlas.width)
                other = number[np.where(inside, y * width + x, 0)]
                good = np.flatnonzero(inside & (other >= 0))
                rows.append(good)
                columns.append(other[good])
        one, other = np.concatenate(rows), np.concatenate(columns)
        ones = np.full(one.size, 1 / (2 * radius + 1), np.float32)
        shape = (atlas.targets.size, band.size)
        return band, csr_array((ones, (one, other)), shape=shape)

    def rim(self, targets: Indices, shift: Indices) -> Values:
        """Return how badly a shift continues what is known around targets.

        Parameters
        ----------
        targets : (n,) int array
            Numbers of targets.
        shift : (2,) int array
            Down and right, in pixels.
        """
        band, windows = self._rim
        mine = windows[targets]
        if mine.nnz == 0:
            return np.zeros(targets.size, np.float32)
        seen, inverse = np.unique(mine.indices, return_inverse=True)
        places = band[seen]
        sources, good = self.atlas.sources(places, shift)
        features = self.atlas.features
        apart = cost(squares(features[sources] - features[places]))
        apart = np.where(good, apart, np.float32(UNKNOWN_RIM))
        mine = csr_array((mine.data, inverse, mine.indptr), shape=(targets.size, seen.size))
        return np.asarray(mine @ apart, dtype=np.float32)

    def alone(self, targets: Indices, shift: Indices) -> Values:
        """Return what a shift costs targets by themselves, apart from any guide.

        Parameters
        ----------
        targets : (n,) int array
            Numbers of targets.
        shift : (2,) int array
            Down and right, in pixels.
        """
        _, good = self.atlas.sources(self.atlas.targets[targets], shift)
        return np.where(good, np.float32(0), np.float32(NO_SOURCE)) + self.rim(targets, shift)

    def expected(self, shifts: Indices, guide: Guide | None, palette: Palette | None) -> Values:
        """Return what each of some shifts costs each target by itself, (shifts, targets).

        Parameters
        ----------
        shifts : (k, 2) int array
            Down and right, in pixels.
        guide, palette : optional
            What colours are expected, and which are at home where.
        """
        atlas = self.atlas
        everything = np.arange(atlas.targets.size)
        found = np.empty((len(shifts), atlas.targets.size), np.float32)
        sigma = (GUIDE_BLUR, GUIDE_BLUR, 0)
        blurred = ndimage.gaussian_filter(atlas.colours, sigma, mode="nearest")
        blurred = blurred.reshape(-1, blurred.shape[-1])
        inside = atlas.hole[:, : atlas.width]
        for number, shift in enumerate(shifts):
            found[number] = self.alone(everything, shift)
            sources, good = atlas.sources(atlas.targets, shift)
            if guide is not None:
                away = np.minimum(squares(blurred[sources] - guide.colours[inside]), MOST_GUIDE)
                found[number] += good * (GUIDE * guide.weight[inside] * away)
            if palette is not None:
                foreign = palette.foreign[palette.cluster[sources], everything]
                found[number] += good * (PALETTE * foreign)
        return found

    def seams(self, p: Indices, q: Indices, first: Indices, second: Indices) -> Values:
        """Return what neighbours cost that are copied by different shifts.

        Parameters
        ----------
        p, q : (n,) int arrays
            Numbers of neighbouring targets.
        first, second : (n, 2) int arrays
            Their shifts.
        """
        atlas, features = self.atlas, self.atlas.features
        found = np.full(p.size, SEAM, np.float32)
        for place in (atlas.targets[p], atlas.targets[q]):
            one, two = (atlas.sources(place, shift)[0] for shift in (first, second))
            found += cost(squares(features[one] - features[two]))
        return np.where((first == second).all(axis=1), np.float32(0), found)
