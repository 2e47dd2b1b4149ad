"""The learned correction as an inpainter: its weights, its tiles."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.padding import fit_to_size
from napari_greyfill.image.tiles import tight_tiles
from napari_greyfill.inpaint.base import Fill, Hole, Inpainter, Plane
from napari_greyfill.inpaint.correction.features import features, features_of_frames, spread
from napari_greyfill.inpaint.correction.network import MULTIPLE_OF, Network
from napari_greyfill.inpaint.selective import extrapolated
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.inpaint.surroundings import Limits, biharmonic, by_channel

__all__ = ["Correction", "corrected", "correction_of", "with_correction"]

Stack = NDArray[np.float32]
Holes = NDArray[np.bool_]

TILE = 192
HALO = 32
LARGEST = 4.0  # correction, in standard deviations of the known pixels


class Correction(Inpainter):
    """The spectral fill, corrected by a small network that learned from drawn scenes.

    The network sees the spectral, the biharmonic and the frequency-selective fill and adds to
    the first what it has learned about edges and lines, and about which to trust where. Runs
    in numpy, tile by tile. Data, recipe and limits are in ``docs/model_card_correction.md``.
    """

    unit = False
    speck_weights = (0.0, 0.0, 0.0, 1.0)

    def run(
        self, plane: Plane, hole: Hole, unknown: Hole | None = None
    ) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`."""
        yield 0.0
        if not hole.any():
            return Fill(plane.copy())
        work = by_channel(lambda channel: biharmonic(channel, hole, self.compute), plane)
        smooth = yield from scaled(work, 0.0, 0.1)
        members = with_correction(plane, smooth, hole, self.compute)
        return Fill((yield from scaled(members, 0.1, 1.0))[-1])


def with_correction(
    plane: Plane, smooth: Plane, hole: Hole, compute: Compute
) -> Generator[float, None, list[Plane]]:
    """Return the spectral, the frequency-selective and the corrected fill, within their limits.

    Parameters
    ----------
    plane, smooth : (H, W) or (H, W, 3) float32 arrays
        The plane, and its biharmonic fill with the known pixels.
    hole : (H, W) bool array
        True where pixels are to be filled.
    compute : Compute
        Says where to run, and when to stop.
    """
    limits = Limits(plane, hole)
    work = by_channel(lambda channel: Spectral(compute).fill_channel(channel, hole), plane)
    spectral = limits.clamp((yield from scaled(work, 0.0, 0.4)))
    work = by_channel(lambda channel: extrapolated(channel, hole, compute), spectral)
    selective = limits.clamp((yield from scaled(work, 0.4, 0.8)))
    work = by_channel(
        lambda a, b, c: corrected(a, b, c, hole, compute), spectral, smooth, selective
    )
    return [spectral, selective, limits.clamp((yield from scaled(work, 0.8, 1.0)))]


def corrected(
    spectral: Plane, smooth: Plane, selective: Plane, hole: Hole, compute: Compute
) -> Generator[float, None, Plane]:
    """Return the corrected spectral fill of one channel of any range, yielding the progress.

    Parameters
    ----------
    spectral, smooth, selective : (H, W) float32 arrays
        The spectral, biharmonic and frequency-selective fills; all hold the known pixels.
    hole : (H, W) bool array
        True where pixels are to be filled.
    compute : Compute
        Says when to stop.
    """
    result = spectral.copy()
    parts = list(tight_tiles(hole, TILE, HALO))
    for index, (core, frame) in enumerate(parts):
        yield index / len(parts)
        compute.check()
        missing = hole[frame.slices]
        if missing.all():  # nothing to compare with
            continue
        fills = [fill[frame.slices] for fill in (spectral, smooth, selective)]
        change = _correction(fills, missing)
        own = hole[core.slices]
        result[core.slices][own] += change[core.within(frame)][own]
    return result


def _correction(fills: Sequence[Plane], hole: Hole) -> Plane:
    height, width = hole.shape
    fitted, missing = fit_to_size(np.stack(fills, -1), hole, multiple_of=MULTIPLE_OF)
    _, deviation = spread(fills[0], hole)
    spectral, smooth, selective = np.moveaxis(fitted, -1, 0)
    change = _network()(features(spectral, smooth, selective, missing))
    bounded = np.clip(change, -LARGEST, LARGEST) * deviation
    return np.asarray(bounded[:height, :width], dtype=np.float32)


def correction_of(
    spectral: Stack, smooth: Stack, selective: Stack, missing: Holes, depth: NDArray[np.floating]
) -> Stack:
    """Return the corrections of N frames at a time.

    Parameters
    ----------
    spectral, smooth, selective : (N, S, S) float32 arrays
        S is a multiple of 8.
    missing : (N, S, S) bool array
        True where a fill is and no known pixel.
    depth : (N, S, S) array
        Distances to what is known.
    """
    seen, deviation = features_of_frames(spectral, smooth, selective, missing, depth)
    return np.asarray(np.clip(_network()(seen), -LARGEST, LARGEST) * deviation)


@cache
def _network() -> Network:
    """Return the network with the weights that come with the package."""
    from safetensors.numpy import load

    source = files("napari_greyfill.inpaint.correction") / "correction.safetensors"
    return Network(load(source.read_bytes()))
