"""How far a fill may be from the truth, learned from trials in the same picture.

The hole is moved to known places and filled there in the same way. What is found there, over a
local scale, holds for the hole as well, as far as the picture there is like the picture here:
that is what conformal prediction rests on. How much places differ is part of the answer.

References
----------
J. Lei et al., "Distribution-Free Predictive Inference for Regression", Journal of the American
Statistical Association 113, 2018, doi 10.1080/01621459.2017.1307116, section 5; the local scale
and the spread from place to place are this project's own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.events import Event, Progress
from napari_greyfill.compute.progress import translated
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.holdout import LEAST, is_compact, part_of
from napari_greyfill.image.picture import Picture
from napari_greyfill.image.regions import plan_regions
from napari_greyfill.image.trials import trial_holes
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.inpaint.uncertainty.errors import ErrorModel
from napari_greyfill.inpaint.uncertainty.scale import local_scale

__all__ = ["Reader", "Refill", "Uncertainty", "learned", "why_no_interval"]

SIDE = 256  # pixels of the part of a picture that trials are made in
BROAD = 384  # the same for one broad hole, which needs room to be moved
FILLS = 2  # trials of one part; where there are several parts, one each
PARTS = 4  # parts at most
# of errors, in amplitude, of holes in many pieces and of one piece; chosen on the tuning half
SHARED, SHARED_BY_ONE = 0.2, 0.65

Refill: TypeAlias = Callable[[Picture, CancelCheck], Generator[Event, None, NDArray[Any]]]
Reader: TypeAlias = Callable[[Window], NDArray[Any]]
Errors = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """What the trials of a fill have taught.

    Attributes
    ----------
    models : tuple of ErrorModel
        One for each channel.
    mixing : (C, C) array
        Makes independent errors such that channels err together as they did in the trials.
    shared : float
        Share of the errors that all pixels of a draw have in common, beyond what the spectrum of
        the surroundings says: a fill may be too dark as a whole.
    fills : int
        How many trials were filled.
    """

    models: tuple[ErrorModel, ...]
    mixing: NDArray[np.float64]
    shared: float
    fills: int


def why_no_interval(method: str, feather: float, picture: Picture) -> str:
    """Return why there is no interval for a fill, or an empty string.

    Parameters
    ----------
    method : str
        What filled.
    feather : float
        As in `fill`.
    picture : Picture
        What was filled.
    """
    info = INPAINTERS.info(method)
    if info.training is not None or info.uses_torch:
        return (
            f"{info.title} is a network, and trying it out in the picture would cost several of "
            "its fills without showing what it learned by heart; fill with a faithful method, "
            "such as auto with the look faithful."
        )
    if info.in_colour:
        return (
            f"{info.title} makes up what it shows, so its pixels have no error to expect; fill "
            "with the look faithful."
        )
    if feather:
        return (
            "A feathered fill shows some of what is under the mask, which no trial knows; fill "
            "with a feather of 0."
        )
    if picture.original.dtype.kind == "b":
        return "A picture of two values has no values between them; fill it as numbers."
    return ""


def learned(
    picture: Picture, read: Reader, refill: Refill, cancelled: CancelCheck
) -> Generator[Event, None, Uncertainty]:
    """Fill trial holes in known surroundings, and return what they teach.

    Parameters
    ----------
    picture : Picture
        With the hole.
    read : callable
        Returns a window of the filled image.
    refill : callable
        Fills another picture in the same way, and returns its image.
    cancelled : callable
        Asked inside long computations.

    Raises
    ------
    NothingKnownError
        If there is no room for a trial.
    """
    work = [(part, hole) for part in _parts(picture) for hole in _trials(picture, part)]
    parts = {part for part, _ in work}
    if len(parts) > 1:  # one trial each
        work = [next(each for each in work if each[0] == part) for part in sorted(parts)]
    count = int(np.count_nonzero(picture.hole))
    if not work and count < LEAST:
        raise NothingKnownError(
            f"A hole of {count} {'pixel' if count == 1 else 'pixels'} is too small to be tried "
            f"out elsewhere, so nothing is known about its errors; fill {LEAST} pixels or more at "
            "once."
        )
    if not work:
        raise NothingKnownError(
            "There is no known place where the hole could be tried out, so nothing is known about "
            "the errors; give more of the picture around the hole."
        )
    ratios: list[Errors] = []
    pieces: list[float] = []
    for index, (part, hole) in enumerate(work):
        fraction = index / len(work)
        yield Progress(f"trying the hole elsewhere, {index + 1}/{len(work)}", fraction)
        trial = _cut(picture, read, part, hole)
        filled = yield from _within(refill(trial, cancelled), fraction, 1 / len(work))
        found = _ratios(trial, filled)
        pieces.append(_pieces(picture.missing(part), picture.hole[part.slices]))
        ratios += _one_by_one(found, hole)
    usual = float(np.median(pieces))
    models = tuple(
        ErrorModel.learned([one[:, channel] for one in ratios], usual)
        for channel in range(ratios[0].shape[1])
    )
    shared = float(np.hypot(SHARED, SHARED_BY_ONE / np.sqrt(usual)))
    return Uncertainty(models, _mixing(np.concatenate(ratios)), shared, len(work))


def _parts(picture: Picture) -> list[Window]:
    """Return the parts of a picture that trials are made in, those with most hole."""
    shape = (picture.hole.shape[0], picture.hole.shape[1])
    regions = plan_regions(picture.hole, unknown=picture.unknown)
    sizes = [np.count_nonzero(picture.hole[region.core.slices]) for region in regions]
    order = np.argsort(sizes, kind="stable")[::-1][:PARTS]
    found = []
    for index in order:
        core = regions[index].core
        own = picture.hole[core.slices]
        if is_compact(own):
            spare = [(BROAD - side) // 2 for side in core.shape]
            window = core.expanded(max(64, *spare), shape)
        else:
            inner = part_of(own, SIDE).moved(core.y0, core.x0)
            spare = [(SIDE - side) // 2 for side in inner.shape]
            window = inner.expanded(max(32, *spare), shape)
        found.append(window)
    return list(dict.fromkeys(found))


def _trials(picture: Picture, part: Window) -> list[NDArray[np.bool_]]:
    wanted = picture.hole[part.slices]
    return trial_holes(picture.missing(part), wanted, FILLS)


def _cut(picture: Picture, read: Reader, part: Window, hole: NDArray[np.bool_]) -> Picture:
    """Return a part of a picture with another hole, whose own hole is unknown.

    What is unknown shows its fill, as it does where the hole itself is judged; no method takes
    anything from it.
    """
    return replace(
        picture,
        original=np.array(read(part)),
        hole=hole,
        unknown=picture.missing(part),
        invalid=0,
        kept=0,
        void=None,
        blend=None,
        given=(),
        revealed=False,
    )


def _within(
    work: Generator[Event, None, NDArray[Any]], start: float, share: float
) -> Generator[Event, None, NDArray[Any]]:
    """Pass on how far a trial is, as a part of the whole, and nothing else."""

    def told(event: Event) -> Iterator[Event]:
        if isinstance(event, Progress):
            yield Progress("trying the hole elsewhere", start + share * event.fraction)

    return translated(work, told)


def _ratios(trial: Picture, filled: NDArray[Any]) -> Errors:
    """Return the errors of a trial over their local scale, (pixels, channels)."""
    hole, missing = trial.hole, trial.missing(trial.whole)
    truth, found = trial.colours, filled[..., :3] if trial.kind == "rgba" else filled
    errors = found[hole].astype(np.float64) - truth[hole].astype(np.float64)
    if truth.dtype.kind in "iu":  # half a step more is within what rounding makes of an interval
        errors = np.sign(errors) * np.maximum(np.abs(errors) - 0.5, 0.0)
    scale = local_scale(trial.values.to_finite_unit(found), missing)[hole]
    ratios = errors / (scale * trial.values.width)
    return ratios.reshape(len(ratios), -1)


def _one_by_one(ratios: Errors, hole: NDArray[np.bool_]) -> list[Errors]:
    """Return the errors of a trial, in pieces that stand for places of their own."""
    labels, count = ndimage.label(hole)
    own = labels[hole]
    sizes = np.bincount(own, minlength=count + 1)[1:]
    large = np.flatnonzero(sizes >= 0.2 * sizes.max()) + 1
    if sizes.max() < LEAST or count > 4 or len(large) < 2:
        return [ratios]
    return [ratios[own == number] for number in large]


def _pieces(missing: NDArray[np.bool_], hole: NDArray[np.bool_]) -> float:
    """Return how many pieces of its own width a hole has, roughly."""
    depth = ndimage.distance_transform_edt(np.pad(missing, 1, mode="edge"))[1:-1, 1:-1]
    deepest = float(depth[hole].max(initial=1.0))
    return max(1.0, np.count_nonzero(hole) / (2 * deepest) ** 2)


def _mixing(ratios: Errors) -> NDArray[np.float64]:
    """Return the Cholesky factor of how channels err together."""
    if ratios.shape[1] == 1:
        return np.ones((1, 1))
    sizes = np.sqrt(np.mean(ratios**2, axis=0)) + 1e-12
    together = (ratios / sizes).T @ (ratios / sizes) / len(ratios)
    return np.linalg.cholesky(0.99 * together + 0.01 * np.eye(len(sizes)))
