"""Fill one hole by every combination that is asked for, and measure each.

`compare_steps` is the generator behind the API, the docks and the command line. What combinations
share is done once: a method fills the grey once for all colorizers, and the colour once for the
pipelines rgb-rgb and rgb-grey-rgb; what measuring needs of the reference is worked out once.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Unpack

from napari_greyfill.checks import callable_of, flag_of
from napari_greyfill.comparison.configuration import Choices, Names, combinations
from napari_greyfill.comparison.result import Comparison
from napari_greyfill.comparison.row import Row
from napari_greyfill.comparison.runner import filled_by_each
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event, Note, Progress, Result
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import GreyfillWarning
from napari_greyfill.image.arrays import ImageLike, MaskLike, channels_last
from napari_greyfill.image.picture import Picture
from napari_greyfill.image.specks import Plan
from napari_greyfill.masks import mostly_masked
from napari_greyfill.pipeline.hints import ColourHints, HintsOrLayer
from napari_greyfill.pipeline.job import FillJob, make_job
from napari_greyfill.pipeline.options import SHARED, FillOptions, SharedChoices
from napari_greyfill.pipeline.picture import read_picture
from napari_greyfill.pipeline.reference import Reference
from napari_greyfill.pipeline.signatures import takes_options
from napari_greyfill.pipeline.suggest import method_for

__all__ = ["compare", "compare_steps"]

NO_REFERENCE = "There is no reference, so nothing can be measured; choose the untouched picture."


@takes_options(*SHARED)
def compare_steps(
    image: ImageLike,
    mask: MaskLike,
    *,
    methods: Names = None,
    pipelines: Names = None,
    colorizers: Names = None,
    reference: ImageLike | None = "image",
    rgb: bool | None = None,
    channel_axis: int | None = None,
    hints: HintsOrLayer = None,
    done: Sequence[Row] = (),
    cancelled: CancelCheck = never,
    **options: Unpack[SharedChoices],
) -> Generator[Event, None, Comparison]:
    """Compare step by step; takes what `compare` takes.

    Names are checked at once, before the first step. Closing the generator cancels; `cancelled`
    is asked inside long computations, as in `fill_steps`, and ends them with `CancelledError`.
    Every row comes as a `Result` as soon as it is finished.

    Parameters
    ----------
    image, mask, methods, pipelines, colorizers, reference, rgb, channel_axis, hints
        As in `compare`.
    done : sequence of Row
        Rows that an earlier, cancelled comparison has finished: they are not filled again, and
        are part of the result.
    cancelled : callable
        Returns True to stop; asked in the thread that runs the generator.
    <options>

    Yields
    ------
    Event

    Examples
    --------
    >>> import numpy as np
    >>> from skimage import data
    >>> photo = data.camera()[:96, :96]
    >>> mask = np.zeros(photo.shape, dtype=bool)
    >>> mask[40:44, 20:80] = True
    >>> steps = compare_steps(photo, mask, methods=["biharmonic", "spectral"])
    >>> [event.value.combination.method for event in steps if isinstance(event, Result)]
    ['biharmonic', 'spectral']
    """
    shared = FillOptions(**options)  # type: ignore[arg-type]  # checked there
    callable_of("cancelled", cancelled)
    flag_of("rgb", rgb)
    Choices.of(methods, pipelines, colorizers)
    placed = None if hints is None else ColourHints.of(hints)
    names = (methods, pipelines, colorizers)
    image, rgb = channels_last(image, channel_axis, rgb=rgb)
    run = _Run(image, mask, names, shared, reference, rgb, channel_axis, placed, cancelled)
    return run.work(done)


@takes_options(*SHARED)
def compare(
    image: ImageLike,
    mask: MaskLike,
    *,
    methods: Names = None,
    pipelines: Names = None,
    colorizers: Names = None,
    reference: ImageLike | None = "image",
    rgb: bool | None = None,
    channel_axis: int | None = None,
    hints: HintsOrLayer = None,
    **options: Unpack[SharedChoices],
) -> Comparison:
    """Fill one hole by several methods, pipelines and colorizers, and compare the results.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array, or a napari Image layer
        As in `fill`.
    mask : (H, W) array, or a napari Labels layer
        Painted pixels (not 0) are filled.
    methods : str or iterable of str, optional
        See `methods`; by default every one that can run here. "auto" is the one that suits the
        hole, as in `fill`.
    pipelines : str or iterable of str, optional
        By default all three. Grey pictures are filled as they are, once by each method.
    colorizers : str or iterable of str, optional
        See `colorizers`; by default the one that "auto" stands for.
    reference : array, napari Image layer, "image" or None
        The true picture. "image" is the image itself, for holes painted on an intact picture: a
        warning says so where the mask covers damage. None measures nothing.
    rgb, channel_axis, hints
        As in `fill`.
    <options>

    Returns
    -------
    Comparison
        A method that fails has a row that says why; the others go on. Pixels without a value in
        image or reference are not measured.

    Raises
    ------
    GreyfillError
        If image, mask or reference do not fit, as in `fill` and `metrics`; `BadParameterError` for
        names that do not exist; `MissingWeightsError` if no method can run here.

    Warns
    -----
    GreyfillWarning
        If something was skipped or replaced, most of the picture is masked, or the image is its
        own reference and damaged under the mask.

    Examples
    --------
    >>> import numpy as np
    >>> from skimage import data
    >>> photo = data.astronaut()[:128, 128:256]
    >>> mask = np.zeros(photo.shape[:2], dtype=bool)
    >>> mask[60:64, 20:100] = True
    >>> comparison = compare(photo, mask, methods=["biharmonic"])
    >>> [row.combination.pipeline for row in comparison.rows]
    ['grey-rgb', 'rgb-grey-rgb', 'rgb-rgb']
    >>> all(row.metrics["hole_psnr"] > 20 for row in comparison.rows)
    True
    """
    comparison = exhaust(
        compare_steps(
            image,
            mask,
            methods=methods,
            pipelines=pipelines,
            colorizers=colorizers,
            reference=reference,
            rgb=rgb,
            channel_axis=channel_axis,
            hints=hints,
            **options,
        )
    )
    for note in comparison.notes:
        warnings.warn(note, GreyfillWarning, stacklevel=2)
    return comparison


@dataclass(eq=False)
class _Run:
    """One comparison: what it was given, and what it has to say."""

    image: ImageLike
    mask: MaskLike
    names: tuple[Names, Names, Names]  # of methods, pipelines and colorizers
    options: FillOptions
    reference: ImageLike | None
    rgb: bool | None
    channel_axis: int | None
    hints: ColourHints | None
    cancelled: CancelCheck
    notes: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)  # why a method was chosen

    def work(self, done: Sequence[Row]) -> Generator[Event, None, Comparison]:
        """Yield every event, and return the comparison."""
        yield Progress("reading the image")
        picture = read_picture(self.image, self.mask, self.options, rgb=self.rgb)
        truth = Reference.of(self.reference, picture, self.options, channel_axis=self.channel_axis)
        yield from self._noted(mostly_masked(picture.hole), 0.0)
        yield from self._noted("" if truth is None else truth.warning, 0.0)
        where = Plan(picture.hole, picture.unknown)
        plan = combinations(self._choices(picture, where), colour=picture.is_colour)
        rows = {row.combination: row for row in done if row.combination in plan}
        todo = [combination for combination in plan if combination not in rows]
        for event in filled_by_each(todo, lambda method: self._prepare(method, picture, where)):
            fraction = (len(plan) - len(todo) + event.fraction) / len(plan)
            if isinstance(event, Note):
                yield from self._noted(event.text, fraction)
            elif isinstance(event, Result):
                row = self._completed(event.value, truth)
                rows[row.combination] = row
                yield Result(event.text, fraction, row)
            else:
                yield replace(event, fraction=fraction)
        return Comparison(
            rows=tuple(rows[combination] for combination in plan),
            hole=picture.hole,
            why_no_metrics=NO_REFERENCE if truth is None else "",
            notes=tuple(self.notes),
        )

    def _choices(self, picture: Picture, where: Plan) -> Choices:
        """Return the choices, with the method that suits the hole in place of "auto"."""
        methods, pipelines, colorizers = self.names
        given = [methods] if isinstance(methods, str) else methods
        if given is None or "auto" not in (listed := list(given)):
            return Choices.of(*self.names)
        found, reason = method_for(picture, where, self.options)
        self.reasons[found] = reason
        return Choices.of(
            [found if name == "auto" else name for name in listed], pipelines, colorizers
        )

    def _prepare(self, method: str, picture: Picture, where: Plan) -> FillJob:
        """Return a job for the method."""
        options = replace(self.options, method=method)
        job = make_job(  # strict: rows have pipelines of their own, which no method may change
            picture, options, plan=where, hints=self.hints, cancelled=self.cancelled, strict=True
        )
        return replace(job, reason=self.reasons.get(method, ""))

    def _completed(self, row: Row, truth: Reference | None) -> Row:
        """Return a row with its metrics, and its colours where the user has them."""
        if row.result is None:
            return row
        found = {} if truth is None else truth.measured(row.result.image)
        result = replace(row.result, metrics=found, channel_axis=self.channel_axis)
        return replace(row, metrics=found, result=result)

    def _noted(self, note: str, fraction: float) -> Generator[Event, None, None]:
        """Hand out a note once."""
        if note and note not in self.notes:
            self.notes.append(note)
            yield Note(note, fraction)
