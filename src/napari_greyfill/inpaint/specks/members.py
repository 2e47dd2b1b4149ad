"""The members of the faithful blend on frames around specks, each solved at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from napari_greyfill.inpaint.correction import correction_of
from napari_greyfill.inpaint.selective import FRAME, continued_frames
from napari_greyfill.inpaint.specks.frames import INNER, MIDDLE, Frames, Stack
from napari_greyfill.inpaint.specks.solve import BIHARMONIC, conditional_means
from napari_greyfill.inpaint.specks.spectrum import Spectra

__all__ = ["MEMBERS", "members", "smooth", "spectra_of"]

MEMBERS = 4  # biharmonic, spectral, frequency-selective, correction
ROUNDS = 16  # of shrinking waves
_APART = 1e3  # between frames whose depths are measured together
assert FRAME == INNER


def smooth(frames: Frames) -> Stack:
    """Return the biharmonic fill of the middles of frames."""
    return frames.clamped(conditional_means(*frames.inner, BIHARMONIC))


def spectra_of(frames: Frames, smooth_fill: Stack) -> Spectra:
    """Return the spectra of frames, from the known pixels and a smooth fill of the middles."""
    filled = frames.values.copy()
    filled[:, MIDDLE, MIDDLE] = smooth_fill
    return Spectra.of(filled, frames.missing)


def members(frames: Frames, wanted: Sequence[bool]) -> list[Stack]:
    """Return the fills of the middles of frames by each member, in the order of the blend.

    Parameters
    ----------
    frames : Frames
        What surrounds the specks, and where they are.
    wanted : sequence of bool
        Which members count; in place of the others stands the smooth fill.
    """
    first = smooth(frames)
    if not any(wanted[1:]):
        return [first] * MEMBERS
    likely = first
    if wanted[1] or wanted[3]:
        likely = _spectral(frames, first)
    waves = _selective(frames) if wanted[2] or wanted[3] else first
    last = _corrected(frames, likely, first, waves) if wanted[3] else first
    return [first, likely, waves, last]


def _spectral(frames: Frames, first: Stack) -> Stack:
    spectra = spectra_of(frames, first)
    values, missing = frames.inner
    count = np.maximum(np.count_nonzero(~missing, axis=(1, 2)), 1)
    mean = (values.sum(axis=(1, 2), dtype=np.float64) / count)[:, None, None]
    centred = (values - mean).astype(np.float32)
    return frames.clamped(conditional_means(centred, missing, spectra.precision()) + mean)


def _selective(frames: Frames) -> Stack:
    return frames.clamped(continued_frames(*frames.inner, ROUNDS))


def _corrected(frames: Frames, likely: Stack, first: Stack, waves: Stack) -> Stack:
    missing = frames.inner[1]
    # a third axis of great steps: no pixel is near one of another frame
    depth = ndimage.distance_transform_edt(missing, sampling=(_APART, 1, 1))
    return frames.clamped(likely + correction_of(likely, first, waves, missing, depth))
