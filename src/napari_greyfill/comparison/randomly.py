"""Compare on several random masks in place of one that is painted.

One hole says how well a method fills that hole. Several say how well it fills such holes, and how
sure that is.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.checks import array_of, callable_of, choice_of, flag_of, whole_of
from napari_greyfill.comparison.comparing import compare_steps
from napari_greyfill.comparison.configuration import Choices, Names
from napari_greyfill.comparison.mask_comparison import MaskComparison
from napari_greyfill.comparison.result import Comparison
from napari_greyfill.comparison.row import Row
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event, Note, Progress, Result
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import GreyfillWarning, ShapeMismatchError
from napari_greyfill.image.arrays import ImageLike, MaskLike, channels_last, described
from napari_greyfill.image.layer import data_of
from napari_greyfill.image.picture import plane_of
from napari_greyfill.masks import RANDOM_KINDS, hole_from_mask, random_mask
from napari_greyfill.masks.random import Share
from napari_greyfill.pipeline.options import SHARED, FillOptions, SharedChoices
from napari_greyfill.pipeline.signatures import takes_options

__all__ = ["compare_masks", "compare_masks_steps", "usual_share"]

_SHARES = (0.005, 0.25)  # between which the share of a painted mask is taken over


@takes_options(*SHARED)
def compare_masks_steps(
    image: ImageLike,
    mask: MaskLike | None = None,
    *,
    count: int = 10,
    kind: str = "free-form",
    share: Share = None,
    methods: Names = None,
    pipelines: Names = None,
    colorizers: Names = None,
    rgb: bool | None = None,
    channel_axis: int | None = None,
    done: Sequence[Row] = (),
    cancelled: CancelCheck = never,
    **options: Unpack[SharedChoices],
) -> Generator[Event, None, MaskComparison]:
    """Compare on random masks step by step; takes what `compare_masks` takes.

    Names are checked at once, before the first step. After each mask comes a `Result` with the
    comparison so far.

    Parameters
    ----------
    image, mask, count, kind, share, methods, pipelines, colorizers, rgb, channel_axis
        As in `compare_masks`.
    done : sequence of Row
        What an earlier run, cancelled, has found (`MaskComparison.each`): masks that all ways have
        filled are not filled again.
    cancelled : callable
        As in `compare_steps`.
    <options>

    Yields
    ------
    Event

    Examples
    --------
    >>> from skimage import data
    >>> photo = data.camera()[:96, :96]
    >>> steps = compare_masks_steps(photo, count=2, share=0.05, methods="biharmonic")
    >>> fractions = [event.fraction for event in steps]
    >>> fractions[-1], fractions == sorted(fractions)
    (1.0, True)
    """
    shared = FillOptions(**options)  # type: ignore[arg-type]  # checked there
    callable_of("cancelled", cancelled)
    flag_of("rgb", rgb)
    choice_of("kind of mask", kind, RANDOM_KINDS)
    names = (_listed(methods), _listed(pipelines), _listed(colorizers))
    Choices.of(*names)
    pixels, rgb = channels_last(image, channel_axis, rgb=rgb)
    rgb = getattr(image, "rgb", None) if rgb is None else rgb
    plane = plane_of(array_of("image", data_of(pixels)), rgb=rgb)
    painted = _painted(plane, mask, shared)
    run = _Run(
        plane=plane,
        painted=painted,
        count=whole_of("count", count, low=1),
        kind=kind,
        share=usual_share(painted) if share is None else share,
        names=names,
        rgb=rgb,
        options=replace(shared, labels=None),  # those of the mask, which are looked at above
        cancelled=cancelled,
    )
    return run.work(done)


@takes_options(*SHARED)
def compare_masks(
    image: ImageLike,
    mask: MaskLike | None = None,
    *,
    count: int = 10,
    kind: str = "free-form",
    share: Share = None,
    methods: Names = None,
    pipelines: Names = None,
    colorizers: Names = None,
    rgb: bool | None = None,
    channel_axis: int | None = None,
    **options: Unpack[SharedChoices],
) -> MaskComparison:
    """Fill random holes of one image in several ways, and return means with their intervals.

    The image is its own reference. What a mask says is damaged in it is filled as well, holds no
    random hole, and is not measured.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array, or a napari Image layer
        As in `fill`.
    mask : (H, W) array, or a napari Labels layer, optional
        What is damaged in the image; by default nothing.
    count : int
        How many masks. More of them begin with the same ones.
    kind : str
        As in `random_mask`.
    share : float or (float, float), optional
        As in `random_mask`; by default that of the mask, between 0.5 % and 25 %, or without a mask
        the usual one of the kind.
    methods, pipelines, colorizers
        As in `compare`. "auto" is the method that suits the first mask.
    rgb, channel_axis
        As in `fill`.
    <options>

    Returns
    -------
    MaskComparison
        Its rows are means over the masks.

    Raises
    ------
    GreyfillError
        As in `compare` and `random_mask`.

    Warns
    -----
    GreyfillWarning
        As in `compare`.

    Notes
    -----
    Intervals are of the mean over such masks on this image (bootstrap, percentiles, Efron and
    Tibshirani 1993, chapter 13); with fewer than about ten masks they are too narrow. They say
    nothing about other images.

    Examples
    --------
    >>> from skimage import data
    >>> found = compare_masks(data.camera()[:96, :96], count=3, share=0.05, methods="biharmonic")
    >>> [(row.combination.method, row.count) for row in found.rows]
    [('biharmonic', 3)]
    >>> low, high = found.rows[0].intervals["hole_psnr"]
    >>> low < found.rows[0].metrics["hole_psnr"] < high
    True
    """
    found = exhaust(
        compare_masks_steps(
            image,
            mask,
            count=count,
            kind=kind,
            share=share,
            methods=methods,
            pipelines=pipelines,
            colorizers=colorizers,
            rgb=rgb,
            channel_axis=channel_axis,
            **options,
        )
    )
    for note in found.notes:
        warnings.warn(note, GreyfillWarning, stacklevel=2)
    return found


def usual_share(painted: NDArray[np.bool_] | None) -> float | None:
    """Return how much random masks cover: as much as is painted, within limits; None for nothing.

    Parameters
    ----------
    painted : (H, W) bool array or None
        What is painted.
    """
    if painted is None:
        return None
    return float(np.clip(np.count_nonzero(painted) / painted.size, *_SHARES))


def _listed(names: Names) -> Names:
    """Return names that can be read more than once."""
    return names if names is None or isinstance(names, str) else list(names)


def _painted(
    plane: NDArray[Any], mask: MaskLike | None, options: FillOptions
) -> NDArray[np.bool_] | None:
    """Return what is damaged, checked."""
    if mask is None:
        return None
    painted = hole_from_mask(data_of(mask), labels=options.labels)
    if painted.shape != plane.shape[:2]:
        raise ShapeMismatchError(
            f"The mask is {described(painted)} and the image {described(plane)}; choose a mask "
            "of the image's size."
        )
    return painted


@dataclass(eq=False)
class _Run:
    """One comparison on random masks: what it was given, and what it has to say."""

    plane: NDArray[Any]
    painted: NDArray[np.bool_] | None
    count: int
    kind: str
    share: Share
    names: tuple[Names, Names, Names]  # of methods, pipelines and colorizers
    rgb: bool | None
    options: FillOptions
    cancelled: CancelCheck
    notes: list[str] = field(default_factory=list)
    each: list[Row] = field(default_factory=list)

    def work(self, done: Sequence[Row]) -> Generator[Event, None, MaskComparison]:
        """Yield every event, and return the comparison."""
        holes = np.zeros(self.plane.shape[:2], bool)
        for number in range(self.count):
            name = f"mask {number + 1}"
            hole = self._hole(number)
            holes |= hole
            before = [row for row in done if row.picture == name]
            if before and not any(row.error for row in before):
                self.each += before
            else:
                yield from self._one(hole, number, name)
            if number == 0:  # what "auto" stands for
                found = dict.fromkeys(row.combination.method for row in self.each)
                self.names = (list(found), *self.names[1:])
            so_far = MaskComparison.of(self.each, holes, tuple(self.notes), self.options.seed)
            yield Result(f"{name} of {self.count}", (number + 1) / self.count, so_far)
        return so_far

    def _hole(self, number: int) -> NDArray[np.bool_]:
        size, seed = self.plane.shape[:2], self.options.seed + number
        return random_mask(
            size, self.kind, share=self.share, seed=seed, keep_clear_of=self.painted
        )

    def _one(
        self, hole: NDArray[np.bool_], number: int, name: str
    ) -> Generator[Event, None, None]:
        """Compare on one mask and keep its rows, without the images."""
        work = compare_steps(
            self.plane,
            hole if self.painted is None else hole | self.painted,
            methods=self.names[0],
            pipelines=self.names[1],
            colorizers=self.names[2],
            reference=self._reference(),
            rgb=self.rgb,
            cancelled=self.cancelled,
            **self.options.shared(),
        )
        found = yield from self._told(work, number, name)
        self.each += [replace(row, picture=name, result=None) for row in found.rows]

    def _reference(self) -> Any:  # noqa: ANN401 - as `compare` takes it
        """Return the image, in which what is damaged has no value."""
        if self.painted is None:
            return self.plane
        damaged = self.painted if self.plane.ndim == 2 else self.painted[..., None]
        hidden = np.broadcast_to(damaged, self.plane.shape) | np.ma.getmaskarray(self.plane)
        return np.ma.MaskedArray(np.asarray(self.plane), hidden)

    def _told(
        self, work: Generator[Event, None, Comparison], number: int, name: str
    ) -> Generator[Event, None, Comparison]:
        """Say on which mask; notes come once, and finished fills as progress."""
        while True:
            try:
                event = next(work)
            except StopIteration as stop:
                found: Comparison = stop.value
                return found
            if isinstance(event, Note):
                if event.text not in self.notes:
                    self.notes.append(event.text)
                    yield event
                continue
            fraction = (number + event.fraction) / self.count
            yield Progress(f"{name} of {self.count}, {event.text}", fraction)
